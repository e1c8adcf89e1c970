/** Prompts the user. Draws on stderr, so that stdout stays data. Whether prompting is allowed is decided elsewhere. */
import { InterruptedError } from "../errors.ts";
import { type ColorLevel, palette } from "./palette.ts";
import { promptTheme } from "./prompt-theme.ts";
import { printable } from "./sanitize.ts";
import type { Input } from "./streams.ts";

/** @returns what is wrong with an answer, in one sentence, or null if it is valid */
export type Check = (value: string) => string | null;

export interface TextQuestion {
  readonly message: string;
  readonly default?: string | undefined;
  /** Shown in brackets after the message. */
  readonly hint?: string | undefined;
  readonly validate?: Check | undefined;
  /** Whether an empty answer is allowed. */
  readonly optional?: boolean | undefined;
}

export interface SecretQuestion {
  readonly message: string;
  readonly validate?: Check | undefined;
}

export interface Choice<T extends string> {
  readonly value: T;
  readonly name: string;
  readonly description?: string | undefined;
}

export interface SelectQuestion<T extends string> {
  readonly message: string;
  readonly choices: readonly Choice<T>[];
  readonly default?: T | undefined;
}

export interface ConfirmQuestion {
  readonly message: string;
  readonly default: boolean;
}

export interface NumberQuestion {
  readonly message: string;
  readonly default: number;
  readonly min: number;
  readonly max: number;
}

/** Each prompt throws InterruptedError when the user cancels it, and the signal's reason when the signal aborts. */
export interface Prompter {
  /** One line. Our choice: surrounding spaces are trimmed. */
  text(question: TextQuestion): Promise<string>;
  /** One line, masked with asterisks. Not trimmed. */
  secret(question: SecretQuestion): Promise<string>;
  select<T extends string>(question: SelectQuestion<T>): Promise<T>;
  confirm(question: ConfirmQuestion): Promise<boolean>;
  /** A whole number. */
  number(question: NumberQuestion): Promise<number>;
}

export interface PrompterOptions {
  readonly input: Input;
  /** stderr's raw stream */
  readonly output: NodeJS.WritableStream;
  readonly signal: AbortSignal;
  readonly colorLevel: ColorLevel;
  /** Whether the terminal shows symbols outside ASCII; default true. */
  readonly unicode?: boolean | undefined;
}

interface PromptContext {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  readonly signal: AbortSignal;
}

const CANCEL_ERRORS: ReadonlySet<string> = new Set([
  "ExitPromptError",
  "CancelPromptError",
  "AbortPromptError",
]);

/** Creates a prompter. The prompt library is loaded by the first prompt. */
export function createPrompter(options: PrompterOptions): Prompter {
  const colors = palette(options.colorLevel);
  const theme = promptTheme(colors, options.unicode ?? true);
  const load = () => import("@inquirer/prompts");
  const prompt = <T>(question: (context: PromptContext) => Promise<T>): Promise<T> =>
    ask(options, question);

  /** A prompt with a typed answer, which `read` interprets. */
  const line = async <T>(message: string, brackets: string | null, read: Reader<T>): Promise<T> => {
    const { input } = await load();
    const suffix = brackets === null ? "" : ` ${colors.dim(`(${printable(brackets)})`)}`;
    const config = {
      message: `${printable(message)}${suffix}`,
      ...(read.default === undefined ? {} : { default: printable(read.default) }),
      validate: (typed: string) => read.check(edited(typed).trim()) ?? true,
      transformer: (typed: string, { isFinal }: { isFinal: boolean }) =>
        isFinal ? colors.cyan(read.show(edited(typed).trim())) : typed,
      theme,
    };
    const typed = await prompt((context) => input(config, context));
    return read.value(edited(typed).trim());
  };

  return {
    text(question) {
      const { validate, optional, hint } = question;
      return line(question.message, hint ?? (optional ? "optional" : null), {
        default: question.default,
        check: (value) => {
          if (value === "") return optional ? null : "Enter a value.";
          return validate?.(value) ?? null;
        },
        show: (value) => printable(value),
        value: (value) => value,
      });
    },
    async secret(question) {
      const { password } = await load();
      const check = question.validate;
      const config = {
        message: printable(question.message),
        mask: "*",
        // Otherwise a keystroke could reveal the secret.
        toggleMask: false,
        validate: (typed: string) => check?.(edited(typed)) ?? true,
        theme,
      };
      return edited(await prompt((context) => password(config, context)));
    },
    async select<T extends string>(question: SelectQuestion<T>) {
      const { select } = await load();
      const choices = question.choices.map(({ value, name, description }) => ({
        value,
        name: printable(name),
        ...(description === undefined ? {} : { description: printable(description) }),
      }));
      const start = question.default === undefined ? {} : { default: question.default };
      const config = { message: printable(question.message), choices, ...start, theme };
      return prompt((context) => select<T>(config, context));
    },
    confirm(question) {
      const read = (value: string): boolean | null => {
        if (value === "") return question.default;
        const word = value.toLowerCase();
        if ("yes".startsWith(word)) return true;
        return "no".startsWith(word) ? false : null;
      };
      return line(question.message, question.default ? "Y/n" : "y/N", {
        default: undefined,
        check: (value) => (read(value) === null ? "Answer y or n." : null),
        show: (value) => (read(value) ? "Yes" : "No"),
        value: (value) => read(value) ?? question.default,
      });
    },
    number({ message, default: start, min, max }) {
      const read = (value: string): number => (/^[0-9]+$/.test(value) ? Number(value) : Number.NaN);
      return line(message, null, {
        default: String(start),
        check: (value) => {
          const number = read(value);
          return number >= min && number <= max ? null : `Enter a number from ${min} to ${max}.`;
        },
        show: (value) => value,
        value: read,
      });
    },
  };
}

interface Reader<T> {
  readonly default: string | undefined;
  readonly check: Check;
  /** How the answer is shown once it is given. */
  readonly show: (value: string) => string;
  readonly value: (value: string) => T;
}

/**
 * Applies editing keys to a typed line. On a dumb terminal Node leaves backspace and Ctrl-U in the line as characters,
 * which would end up invisibly in a name or password.
 */
function edited(typed: string): string {
  let kept: string[] = [];
  for (const character of typed) {
    if (character === "\b" || character === "\x7f") kept.pop();
    else if (character === "\x15") kept = [];
    else if (character >= " ") kept.push(character);
  }
  return kept.join("");
}

/** Runs one prompt: returns the answer, or throws InterruptedError if cancelled, or the signal's reason. */
async function ask<T>(
  { input, output, signal }: PrompterOptions,
  question: (context: PromptContext) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const closed = new AbortController();
  const watch = watchForEnd(input, () => closed.abort());
  try {
    const either = AbortSignal.any([signal, closed.signal]);
    return await question({ input, output, signal: either });
  } catch (error) {
    if (!(error instanceof Error) || !CANCEL_ERRORS.has(error.name)) throw error;
    if (error.name === "AbortPromptError" && signal.aborted && signal.reason instanceof Error) {
      throw signal.reason;
    }
    throw new InterruptedError("sigint");
  } finally {
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
