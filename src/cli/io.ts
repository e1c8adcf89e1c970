/** What the kit uses of a command's context. */
import type { NextCommand } from "../errors.ts";
import type { Progress } from "../terminal/progress.ts";
import type { Prompter } from "../terminal/prompter.ts";
import type { Streams } from "../terminal/streams.ts";

/** A command as a line that can be pasted into a shell. */
export type CommandLine = (next: Pick<NextCommand, "words">) => string;

/** How a command gets input, asks, and prints: the part of `Context` that the kit uses. */
export interface Io {
  readonly streams: Streams;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of this tool. */
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
  /** Whether a question may be put: both stdin and stderr are terminals and nothing forbids it. */
  canAsk(): Promise<boolean>;
  readonly progress: Progress;
  readonly prompter: Prompter;
  /** How commands are printed for people and programs to run. */
  readonly commandLine: CommandLine;
  /** A line on stderr; nothing with `--json` and `--quiet`. */
  note(line: string): void;
  /** Starts the command's deadline; until then, time spent on questions does not count. */
  startDeadline(): void;
  /** All of stdin as text, with one trailing line end removed. Read once. */
  readStdin(): Promise<string>;
}
