/** Which colours a stream gets. Decided per stream, never globally: stdout may be a file while stderr is a terminal. */
import { Chalk } from "chalk";

/** 0 none, 1 the basic 16 colours, 2 256 colours, 3 true colour. */
export type ColorLevel = 0 | 1 | 2 | 3;

type Paint = (text: string) => string;

export interface Palette {
  readonly level: ColorLevel;
  readonly bold: Paint;
  readonly dim: Paint;
  readonly green: Paint;
  readonly yellow: Paint;
  readonly red: Paint;
  readonly cyan: Paint;
}

export interface ColorQuestion {
  /** `--color` is true, `--no-color` is false. */
  readonly flag: boolean | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isTTY: boolean;
  /** The colour depth reported by the stream, in bits: 1, 4, 8 or 24. */
  readonly depth?: number | undefined;
}

/**
 * Decides a stream's colour level: the flag, then `NO_COLOR`, `FORCE_COLOR`, `TERM=dumb`, then whether the stream is a terminal.
 * An empty variable counts as unset.
 * @see https://no-color.org and https://force-color.org
 */
export function colorLevel({ flag, env, isTTY, depth }: ColorQuestion): ColorLevel {
  const capability = terminalLevel(env, depth);
  if (flag === true) return capability === 0 ? 1 : capability;
  if (flag === false || env["NO_COLOR"]) return 0;
  const forced = env["FORCE_COLOR"];
  if (forced) return forcedLevel(forced);
  if (env["TERM"] === "dumb" || !isTTY) return 0;
  return capability;
}

function forcedLevel(value: string): ColorLevel {
  if (value === "0" || value.toLowerCase() === "false") return 0;
  if (value === "2") return 2;
  return value === "3" ? 3 : 1;
}

function terminalLevel(
  env: Readonly<Record<string, string | undefined>>,
  depth: number | undefined,
): ColorLevel {
  const named = env["COLORTERM"]?.toLowerCase();
  if (named === "truecolor" || named === "24bit") return 3;
  if (env["TERM"]?.includes("256color")) return 2;
  if (depth === undefined) return 1;
  if (depth >= 24) return 3;
  if (depth >= 8) return 2;
  return depth >= 4 ? 1 : 0;
}

/** The colours of one level. At level 0, all of them return the text unchanged. */
export function palette(level: ColorLevel): Palette {
  const chalk = new Chalk({ level });
  // One argument each: chalk joins all its arguments, such as the index and the array from a `map`.
  return {
    level,
    bold: (text) => chalk.bold(text),
    dim: (text) => chalk.dim(text),
    green: (text) => chalk.green(text),
    yellow: (text) => chalk.yellow(text),
    red: (text) => chalk.red(text),
    cyan: (text) => chalk.cyan(text),
  };
}
