/** The exit table: the one place that gives each kind of exit its number. Help, README and tests are fed from here. */
import type { ExitName } from "../errors.ts";

export interface ExitRow {
  readonly code: number;
  readonly name: ExitName;
  readonly meaning: string;
}

export const EXIT_TABLE: readonly ExitRow[] = [
  { code: 0, name: "done", meaning: "done" },
  { code: 1, name: "bug", meaning: "unexpected failure (a bug)" },
  {
    code: 2,
    name: "usage",
    meaning: "wrong use: flags, values, missing input, confirmation needed",
  },
  {
    code: 3,
    name: "unhealthy",
    meaning: "the connection exists, and its status is not a healthy one",
  },
  { code: 4, name: "auth", meaning: "no key, or the key is refused or not allowed here" },
  { code: 5, name: "not-found", meaning: "not found, or ambiguous (two candidates match)" },
  {
    code: 6,
    name: "network",
    meaning:
      "network, time-out, rate limit or server error, after retries; or a create may still be under way",
  },
  { code: 7, name: "refused", meaning: "the API refused the data" },
  { code: 8, name: "pending", meaning: "nothing failed, still pending at the deadline" },
  {
    code: 9,
    name: "local-state",
    meaning: "local state: locked, damaged, unsafe permissions, bound to another target",
  },
  { code: 130, name: "sigint", meaning: "ended by SIGINT (Ctrl-C)" },
  { code: 143, name: "sigterm", meaning: "ended by SIGTERM" },
  { code: 129, name: "sighup", meaning: "ended by SIGHUP" },
];

/** The process's exit status for a kind of exit (POSIX: 128 + N for one by signal N). */
export function exitCode(name: ExitName): number {
  const row = EXIT_TABLE.find((candidate) => candidate.name === name);
  return row === undefined ? 1 : row.code;
}
