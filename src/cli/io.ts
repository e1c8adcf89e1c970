/** The part of a command's context that the kit uses. */
import type { NextCommand } from "../errors.ts";
import type { Progress } from "../terminal/progress.ts";
import type { Prompter } from "../terminal/questions.ts";
import type { Streams } from "../terminal/streams.ts";

/** A command as a line that can be pasted into a shell. */
export type CommandLine = (next: Pick<NextCommand, "words">) => string;

export interface Io {
  readonly streams: Streams;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  readonly globals: {
    readonly json: boolean;
    readonly quiet: boolean;
    readonly yes: boolean;
    readonly hasTimeout: boolean;
    readonly debug: boolean;
  };
  /** In milliseconds since the epoch. */
  readonly clock: { now(): number };
  /** Whether the command may prompt: stdin and stderr are terminals, and no option or variable forbids it. */
  canAsk(): Promise<boolean>;
  readonly progress: Progress;
  prompter(): Promise<Prompter>;
  /** Such as `nectar companies list`. */
  readonly commandName: string;
  /** The words of this command and its input, without the options of the whole tool: run again, they do the same. */
  readonly words: readonly string[];
  readonly commandLine: CommandLine;
  /** Prints a line on stderr, made printable, except with `--json` or `--quiet`. */
  note(line: string): void;
  /** Starts the command's deadline; time spent on prompts before that does not count. */
  startDeadline(): void;
  /** All of stdin as text, with one trailing line end removed. Read once. */
  readStdin(): Promise<string>;
}
