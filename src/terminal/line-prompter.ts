/**
 * Asks questions a line each, for screen readers and terminals that can't redraw. Only ever appends, writes no escape
 * byte, and leaves the editing of a line to the terminal itself.
 */
import { StringDecoder } from "node:string_decoder";
import { ESCAPE_SEQUENCES, GoBack, InterruptedError } from "../errors.ts";
import type { Input } from "./open-streams.ts";
import type { PrompterOptions } from "./prompter.ts";
import {
  confirmReader,
  inputEnded,
  isBack,
  matchesTerm,
  numberReader,
  type Prompter,
  type Reader,
  type SelectQuestion,
  textReader,
} from "./questions.ts";
import { printable } from "./sanitize.ts";

/** Up to this many choices are numbered within the question, if they fit; up to `MOST_LISTED` in lines above it. */
const MOST_IN_LINE = 3;
const LINE_WIDTH = 78;
const MOST_LISTED = 20;

/** Creates a prompter that reads and writes lines. */
export function createLinePrompter({
  streams,
  signal,
}: Pick<PrompterOptions, "streams" | "signal">): Prompter {
  const { stderr } = streams;
  const lines = openLines(() => streams.stdin, signal);
  const write = (text: string) => stderr.write(text);

  /** Asks until the answer is valid. A wrong one gets one line. */
  const ask = async <T>(
    prompt: string,
    question: { readonly canGoBack?: boolean | undefined; readonly message: string },
    isHidden: boolean,
    reader: Reader<T>,
  ): Promise<T> => {
    signal.throwIfAborted();
    for (;;) {
      let typed: string;
      try {
        typed = await lines.next(isHidden, () => write(prompt));
      } catch (error) {
        // Whatever comes next must not continue the line of the question.
        write("\n");
        throw error;
      }
      if (isHidden) write("\n");
      const isLeft = question.canGoBack === true && typed === ESCAPE;
      if (isLeft || isBack(question, typed)) throw new GoBack();
      const text = isHidden ? edited(typed) : edited(typed).trim();
      const value = text === "" ? (reader.default ?? "") : text;
      const problem = reader.check(value);
      if (problem === null) return reader.value(value);
      write(`${printable(problem)}\n`);
    }
  };

  return {
    text(question) {
      const { message, hint, optional, default: start } = question;
      const extra = hint ?? (optional && start === undefined ? "optional" : null);
      const asked = extra === null ? message : `${message}, ${extra}`;
      return ask(promptOf(asked, start), question, false, textReader(question));
    },
    secret(question) {
      const check = (value: string) =>
        value === "" ? "Enter a value." : (question.validate?.(value) ?? null);
      const reader = { default: undefined, check, show: () => "", value: (text: string) => text };
      return ask(promptOf(`${question.message}, not shown`), question, true, reader);
    },
    select<T extends string>(question: SelectQuestion<T>) {
      const { message, choices } = question;
      const start = choices.findIndex(({ value }) => value === question.default);
      const inBrackets = start < 0 ? undefined : String(start + 1);
      const numbered = choices.map(({ name }, index) => `${index + 1} ${printable(name)}`);
      const reader = choiceReader(question, inBrackets);
      const inLine = promptOf(`${message}: ${numbered.join(", ")}`, inBrackets);
      // A comma in a name would look like the next choice.
      const isPlain = !choices.some(({ name }) => name.includes(","));
      if (choices.length <= MOST_IN_LINE && isPlain && inLine.length <= LINE_WIDTH) {
        return ask(inLine, question, false, reader);
      }
      write(`${printable(message)}:\n`);
      for (const [index, { description }] of choices.slice(0, MOST_LISTED).entries()) {
        const more = description === undefined ? "" : `, ${printable(description)}`;
        write(`${numbered[index]}${more}\n`);
      }
      if (choices.length > MOST_LISTED) write(`and ${choices.length - MOST_LISTED} more\n`);
      return ask(promptOf("Number, or part of a name", inBrackets), question, false, reader);
    },
    confirm(question) {
      const { message } = question;
      const asked = `${message}${/[?.]$/.test(message) ? "" : ","} yes or no`;
      const start = question.default ? "yes" : "no";
      return ask(promptOf(asked, start), question, false, confirmReader(question));
    },
    number(question) {
      const { message, min, max } = question;
      const asked = `${message}, ${min} to ${max}`;
      return ask(
        promptOf(asked, String(question.default)),
        question,
        false,
        numberReader(question),
      );
    },
  };
}

function promptOf(message: string, start?: string): string {
  return printable(start === undefined ? `${message}: ` : `${message} [${start}]: `, 2000);
}

/** Reads the number of a choice, the beginning of its name, or a part that only it has. */
function choiceReader<T extends string>(
  { choices, no }: SelectQuestion<T>,
  start: string | undefined,
): Reader<T> {
  const find = (text: string): readonly number[] => {
    if (/^[0-9]+$/.test(text)) {
      const index = Number(text) - 1;
      if (index >= 0 && index < choices.length) return [index];
    }
    const all = [...choices.keys()];
    if (/^no?$/i.test(text) && no !== undefined) {
      return all.filter((index) => choices[index]?.value === no);
    }
    if (text === "") return [];
    const term = text.toLowerCase();
    const nameOf = (index: number) => choices[index]?.name.toLowerCase() ?? "";
    const exact = all.filter((index) => nameOf(index) === term);
    if (exact.length === 1) return exact;
    const beginning = all.filter((index) => nameOf(index).startsWith(term));
    if (beginning.length === 1) return beginning;
    return choices.flatMap((choice, index) => (matchesTerm(choice, term) ? [index] : []));
  };
  const choiceOf = (text: string): T | undefined => choices[find(text)[0] ?? -1]?.value;
  return {
    default: start,
    check(text) {
      const found = find(text);
      if (found.length === 1) return null;
      if (found.length === 0) return `Enter a number from 1 to ${choices.length}.`;
      const names = found
        .slice(0, MOST_LISTED)
        .map((index) => `${index + 1} ${printable(choices[index]?.name ?? "")}`);
      const more = found.length > MOST_LISTED ? ` and ${found.length - MOST_LISTED} more` : "";
      return `Several match: ${names.join(", ")}${more}.`;
    },
    show: (text) => text,
    value(text) {
      const value = choiceOf(text);
      if (value === undefined) throw new Error("a choice was accepted that does not exist");
      return value;
    },
  };
}

const ESCAPE = "\x1b";
const CTRL_C = "\x03";
const CTRL_D = "\x04";

interface Lines {
  /**
   * The next line, without its end.
   *
   * @param isHidden whether the terminal must not show what is typed
   * @param show shows the question, once nothing would be echoed any more
   * @throws InterruptedError at the end of the input, and for Ctrl-C
   */
  next(isHidden: boolean, show: () => void): Promise<string>;
}

/** Reads lines from a terminal. What was typed ahead is kept for the next question. */
function openLines(open: () => Input, signal: AbortSignal): Lines {
  const decoder = new StringDecoder("utf8");
  let rest = "";

  /** The next line if all of it is there; its end is removed with it. */
  const takeLine = (end: RegExp): { readonly line: string; readonly by: string } | null => {
    const found = end.exec(rest);
    if (found === null) return null;
    const line = rest.slice(0, found.index);
    rest = rest.slice(found.index + found[0].length);
    return { line, by: found[0] };
  };

  const read = (input: Input, end: RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      const release = () => {
        input.pause();
        input.off("data", onData).off("end", onEnd).off("close", onEnd);
        signal.removeEventListener("abort", onAbort);
      };
      const stop = (error: unknown) => {
        release();
        reject(error);
      };
      const onAbort = () => stop(signal.reason);
      const onEnd = () => stop(inputEnded());
      /** @returns whether there is a line */
      const settle = (): boolean => {
        const found = takeLine(end);
        if (found === null) return false;
        release();
        if (found.by === CTRL_C) reject(new InterruptedError("sigint"));
        else if (found.by === CTRL_D) reject(inputEnded());
        else resolve(found.line);
        return true;
      };
      const onData = (chunk: Buffer | string) => {
        rest += typeof chunk === "string" ? chunk : decoder.write(chunk);
        settle();
      };
      if (settle()) return;
      if (!input.readable) return onEnd();
      input.on("data", onData).on("end", onEnd).on("close", onEnd);
      signal.addEventListener("abort", onAbort, { once: true });
      input.resume();
    });

  return {
    async next(isHidden, show) {
      const input = open();
      if (!isHidden) {
        show();
        return read(input, /\r?\n/);
      }
      // In raw mode the terminal echoes nothing, and Ctrl-C comes as a character.
      input.setRawMode?.(true);
      try {
        show();
        return await read(input, /\r\n?|\n|\x03|\x04/);
      } finally {
        input.setRawMode?.(false);
      }
    },
  };
}

/** A typed line without escape sequences and controls; in raw mode, backspace and Ctrl-U are applied here. */
function edited(typed: string): string {
  let kept: string[] = [];
  for (const character of typed.replace(ESCAPE_SEQUENCES, "")) {
    if (character === "\b" || character === "\x7f") kept.pop();
    else if (character === "\x15") kept = [];
    else if (character >= " ") kept.push(character);
  }
  return kept.join("");
}
