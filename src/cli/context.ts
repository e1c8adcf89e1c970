/** What the kit needs of the world in order to gather input, ask, and print. */
import type { NextCommand } from "../errors.ts";
import type { Progress } from "../terminal/progress.ts";
import type { Prompter } from "../terminal/prompter.ts";
import type { Streams } from "../terminal/streams.ts";

export interface OutputMode {
  readonly json: boolean;
  readonly quiet: boolean;
  /** Take the defaults, never ask. */
  readonly yes: boolean;
}

/** A command as a line that can be pasted into a shell. */
export type CommandLine = (next: Pick<NextCommand, "words">) => string;

export interface KitContext {
  readonly streams: Streams;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly mode: OutputMode;
  /** Whether a question may be put: both stdin and stderr are terminals and nothing forbids it. */
  canAsk(): Promise<boolean>;
  /** Whether the time that a person takes to answer counts: the deadline was set by `--timeout`. */
  readonly countsQuestions: boolean;
  readonly progress: Progress;
  readonly prompter: Prompter;
  /** Aborts when the user stops the tool, or the command's deadline has come. */
  readonly signal: AbortSignal;
  /** How commands are printed for people and programs to run. */
  readonly commandLine: CommandLine;
  /** A line of talk on stderr; silent with `--json` and `--quiet`. */
  note(line: string): void;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Starts the command's deadline; until then, time spent on questions does not count. */
  startDeadline(): void;
  /** All of stdin as text, with one trailing line end removed. Read once. */
  readStdin(): Promise<string>;
}
