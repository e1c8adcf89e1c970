/** Asks questions in place, with keys. Draws on stderr, so that stdout stays data. Whether one may ask is decided elsewhere. */
import { GoBack, InterruptedError } from "../errors.ts";
import type { Input, Writable } from "./open-streams.ts";
import type { Palette } from "./palette.ts";
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
import type { Streams } from "./streams.ts";

export interface PrompterOptions {
  /** Opened by the first question only. */
  readonly streams: Pick<Streams, "stdin" | "stderr">;
  readonly signal: AbortSignal;
  /** Whether the terminal shows symbols outside ASCII; default true. */
  readonly unicode?: boolean | undefined;
}

const CANCEL_ERRORS: ReadonlySet<string> = new Set([
  "ExitPromptError",
  "CancelPromptError",
  "AbortPromptError",
]);

/** With more choices than this, the user can type to filter them. */
const MOST_LISTED = 15;

/** Creates a prompter. The prompt library is loaded by the first prompt. */
export function createPrompter(options: PrompterOptions): Prompter {
  const colors = options.streams.stderr.palette;
  const unicode = options.unicode ?? true;
  const theme = promptTheme(colors, unicode);
  const load = () => import("@inquirer/prompts");

  /** A prompt with a typed answer, which `reader` interprets. */
  const line = async <T>(
    question: { readonly message: string; readonly canGoBack?: boolean | undefined },
    brackets: string | null,
    reader: Reader<T>,
  ): Promise<T> => {
    const { input } = await load();
    const suffix = brackets === null ? "" : ` ${colors.dim(`(${printable(brackets)})`)}`;
    const config = {
      message: `${printable(question.message)}${suffix}`,
      ...(reader.default === undefined ? {} : { default: printable(reader.default) }),
      validate: (typed: string) => isBack(question, typed) || (reader.check(typed.trim()) ?? true),
      transformer: (typed: string, { isFinal }: { isFinal: boolean }) =>
        !isFinal || isBack(question, typed) ? typed : colors.cyan(reader.show(typed.trim())),
      theme,
    };
    const typed = await ask(options, escapeKey(question), (context) => input(config, context));
    if (isBack(question, typed)) throw new GoBack();
    return reader.value(typed.trim());
  };

  return {
    text: (question) =>
      line(
        question,
        question.hint ?? (question.optional ? "optional" : null),
        textReader(question),
      ),
    async secret(question) {
      const { password } = await load();
      const check = question.validate;
      const config = {
        message: printable(question.message),
        mask: "*",
        // Otherwise a keystroke could reveal the secret.
        toggleMask: false,
        validate: (typed: string) => isBack(question, typed) || (check?.(typed) ?? true),
        theme,
      };
      const typed = await ask(options, escapeKey(question), (context) => password(config, context));
      if (isBack(question, typed)) throw new GoBack();
      return typed;
    },
    async select<T extends string>(question: SelectQuestion<T>) {
      const { select, search } = await load();
      const choices = question.choices.map(({ value, name, description }) => ({
        value,
        name: printable(name),
        ...(description === undefined ? {} : { description: printable(description) }),
      }));
      const start = question.default === undefined ? {} : { default: question.default };
      const config = {
        ...{ message: printable(question.message), ...start, pageSize: MOST_LISTED },
      };
      const { canGoBack, no } = question;
      const shortcut: Shortcut<T> = (key, text) => {
        if (canGoBack && text === "<") return goBack;
        // A habit from questions with yes or no; otherwise Enter after it would take the first choice.
        if (no !== undefined && text.toLowerCase() === "n") return () => no;
        return escapeKey(question)(key, text);
      };
      return ask(options, shortcut, (context) => {
        if (choices.length <= MOST_LISTED) return select<T>({ ...config, choices, theme }, context);
        const source = (term: string | undefined) =>
          choices.filter((choice) => matchesTerm(choice, term ?? ""));
        const ownTheme = promptTheme(colors, unicode, true);
        return search<T>({ ...config, source, theme: ownTheme }, context);
      });
    },
    confirm: (question) =>
      line(question, question.default ? "Y/n" : "y/N", confirmReader(question)),
    number: (question) =>
      line(question, `${question.min} to ${question.max}`, numberReader(question)),
  };
}

/** What a key leads to at once: a function that returns the answer, or throws. */
type Shortcut<T> = (key: { readonly name?: string | undefined }, text: string) => (() => T) | null;

function goBack(): never {
  throw new GoBack();
}

function escapeKey({ canGoBack }: { readonly canGoBack?: boolean | undefined }): Shortcut<never> {
  return (key) => (canGoBack && key.name === "escape" ? goBack : null);
}

/** Runs one prompt. @throws GoBack; InterruptedError if cancelled; the signal's reason */
async function ask<T>(
  { streams, signal }: PrompterOptions,
  shortcut: Shortcut<T>,
  question: (context: {
    readonly input: Input;
    readonly output: Writable;
    readonly signal: AbortSignal;
    readonly clearPromptOnDone: boolean;
  }) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const input = streams.stdin;
  const output = streams.stderr.raw;
  const closed = new AbortController();
  const cut = new AbortController();
  const early: { answer: (() => T) | null } = { answer: null };
  const watch = watchForEnd(input, () => closed.abort());
  const onKey = (text: string | undefined, key: { readonly name?: string }): void => {
    early.answer ??= shortcut(key, text ?? "");
    if (early.answer !== null) cut.abort();
  };
  input.on("keypress", onKey);
  try {
    const either = AbortSignal.any([signal, closed.signal, cut.signal]);
    return await question({
      ...{ input, output, signal: either },
      // A question that the user goes back from has no answer to show.
      get clearPromptOnDone() {
        return early.answer === goBack;
      },
    });
  } catch (error) {
    if (!(error instanceof Error) || !CANCEL_ERRORS.has(error.name)) throw error;
    if (error.name === "AbortPromptError") {
      if (signal.aborted && signal.reason instanceof Error) throw signal.reason;
      if (early.answer !== null) return early.answer();
      throw inputEnded();
    }
    throw new InterruptedError("sigint");
  } finally {
    input.off("keypress", onKey);
    watch.stop();
  }
}

/**
 * Detects that no answer can come any more. After Ctrl-D, or when the terminal is gone, the prompt library closes its
 * reader and never settles; the only visible sign is that its input is paused or has ended.
 */
function watchForEnd(input: Input, onEnd: () => void): { stop(): void } {
  let pending: NodeJS.Immediate | null = null;
  // An answer pauses the input as well, but its promise settles before this runs.
  const schedule = (): void => {
    pending ??= setImmediate(onEnd);
  };
  const events = ["pause", "end", "close"];
  for (const event of events) input.on(event, schedule);
  if (!input.readable) schedule();
  return {
    stop() {
      if (pending !== null) clearImmediate(pending);
      for (const event of events) input.off(event, schedule);
    },
  };
}

/** The theme for all kinds of prompt; in a search, choices are filtered by what is typed. */
function promptTheme(palette: Palette, unicode: boolean, isSearch = false) {
  const { bold, dim, green, red, cyan, yellow } = palette;
  const arrows = unicode ? "↑↓" : "up/down";
  return {
    prefix: { idle: cyan("?"), done: green(unicode ? "✔" : "+") },
    spinner: { interval: 80, frames: ["-", "\\", "|", "/"].map(yellow) },
    icon: { cursor: unicode ? "❯" : ">" },
    style: {
      answer: cyan,
      // Two spaces separate the answer from the question even without colour.
      message: (text: string) => `${bold(text)} `,
      error: (text: string) => red(`> ${text}`),
      defaultAnswer: (text: string) => dim(`(${text})`),
      help: dim,
      highlight: cyan,
      searchTerm: cyan,
      key: (text: string) => bold(`<${text}>`),
      disabled: dim,
      description: dim,
      keysHelpTip: () =>
        dim(`${isSearch ? "Type to filter, " : ""}${arrows} to move, Enter to select`),
    },
  };
}
