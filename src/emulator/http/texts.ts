/** JSON that is put together from the texts of parts, so that a long list of what seldom changes is not written anew. */
import type { Context } from "hono";

/** How many texts one memory holds, so that it never grows with the number of objects. */
const MOST = 1000;

/** How many texts find no place before the memory begins anew: of those that it holds, few may be in use by then. */
const PATIENCE = 100 * MOST;

/** How many parts of a long list are written at once. */
const PIECE = 100;

/** Remembers the texts of objects that are never changed, only replaced. */
export class Texts<Key extends object> {
  #known = new WeakMap<Key, { readonly of: unknown; readonly text: string }>();
  #asked = 0;

  /**
   * @param of what else the text depends on; another one makes it anew
   * @param write is asked for a text that is not known
   */
  of(key: Key, of: unknown, write: () => string): string {
    const known = this.#known.get(key);
    if (known !== undefined && known.of === of) return known.text;
    const text = write();
    if (known === undefined) this.#asked += 1;
    if (this.#asked > PATIENCE) {
      this.#known = new WeakMap();
      this.#asked = 1;
    }
    if (known !== undefined || this.#asked <= MOST) this.#known.set(key, { of, text });
    return text;
  }
}

/** The text of an object with one more field at its end. */
export function withField(object: object, name: string, text: string): string {
  const start = JSON.stringify(object).slice(0, -1);
  return `${start}${start === "{" ? "" : ","}${JSON.stringify(name)}:${text}}`;
}

/** Answers 200 with JSON that is text already. */
export function answerText(c: Context, text: string): Response {
  return c.body(text, 200, { "content-type": "application/json" });
}

/**
 * Answers 200 with a JSON list. A long one goes out in pieces as they are taken, so that it is never in memory as a whole.
 * @param parts each gives the text of one item, and is asked once
 */
export function answerList(c: Context, parts: readonly (() => string)[]): Response {
  const textOf = (from: number) =>
    parts
      .slice(from, from + PIECE)
      .map((part) => part())
      .join(",");
  if (parts.length <= PIECE) return answerText(c, `[${textOf(0)}]`);
  const encoder = new TextEncoder();
  let next = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const begin = next === 0 ? "[" : ",";
      const text = textOf(next);
      next += PIECE;
      const isLast = next >= parts.length;
      controller.enqueue(encoder.encode(`${begin}${text}${isLast ? "]" : ""}`));
      if (isLast) controller.close();
    },
  });
  return c.body(body, 200, { "content-type": "application/json" });
}
