/** Walks the page envelope. A page past the end repeats the last one, so only `hasNext` and an advancing number count. */
import type { PageEnvelope } from "./resources/wire.ts";

export interface Page<Item> {
  readonly envelope: PageEnvelope;
  readonly items: readonly Item[];
}

/**
 * All items of all pages, fetched as they are asked for.
 *
 * @param fetchPage gets a page by its number, from 1
 * @see https://docs.nectarclimate.com/developer-guide/pagination
 */
export async function* eachItem<Item>(
  fetchPage: (page: number) => Promise<Page<Item>>,
): AsyncGenerator<Item, void, undefined> {
  let last = 0;
  for (let page = 1; ; page += 1) {
    const { envelope, items } = await fetchPage(page);
    if (envelope.currentPage <= last) return;
    last = envelope.currentPage;
    yield* items;
    if (!envelope.hasNext) return;
  }
}

/**
 * All items of all pages, for whom one that is missed matters. What is deleted meanwhile moves others to a page that was
 * read before, so that several pages are read twice and what either reading showed is taken.
 *
 * @returns each once; some of them may be gone by now
 */
export async function everyItem<Item extends { readonly id: string }>(
  fetchPage: (page: number) => Promise<Page<Item>>,
): Promise<readonly Item[]> {
  const found = new Map<string, Item>();
  let pages = 0;
  const read = async () => {
    const counted = (page: number) => {
      pages += 1;
      return fetchPage(page);
    };
    for await (const item of eachItem(counted)) found.set(item.id, item);
  };
  await read();
  if (pages > 1) await read();
  return [...found.values()];
}

export interface Taken<Item> {
  readonly items: readonly Item[];
  /** Whether the limit left others out. */
  readonly isCut: boolean;
}

/** The first items, up to a limit. One more is looked for, which may need one more page, so that what is cut is known. */
export async function takeFirst<Item>(
  items: AsyncIterable<Item>,
  limit = Infinity,
): Promise<Taken<Item>> {
  const found = await take(items, limit + 1);
  return { items: found.slice(0, limit), isCut: found.length > limit };
}

/** The first items, up to a limit; no page is fetched that is not needed for them. */
async function take<Item>(items: AsyncIterable<Item>, limit = Infinity): Promise<Item[]> {
  const taken: Item[] = [];
  for await (const item of items) {
    taken.push(item);
    if (taken.length >= limit) break;
  }
  return taken;
}
