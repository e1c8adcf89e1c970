/**
 * Formats suggested commands as one line for a POSIX shell. The only place that quotes, that knows how this run was
 * started, and that adds the flags with which the next run uses the same profile and target.
 */
import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { delimiter, isAbsolute, join, relative, sep } from "node:path";
import type { CommandLine } from "../cli/io.ts";
import { optionWords, withOptions } from "../errors.ts";
import { printable } from "../terminal/sanitize.ts";
import type { Globals } from "./globals.ts";

/** This run's profile and target, from flags, environment variables and wizard answers. */
type RunFlags = Pick<Globals, "profile" | "local" | "apiUrl">;

const FLAGS: ReadonlySet<string> = new Set(["--profile", "--local", "--api-url"]);

/** What only affects this machine, takes the profile as an argument, or is the same for every target. */
const WITHOUT_FLAGS: ReadonlySet<string> = new Set(["emulator", "profiles", "schema", "commands"]);

const MAX_WORD_LENGTH = 2000;

/**
 * Returns a function that turns the words of a command into a line that can be pasted.
 *
 * @param startedAs the words that started this run, such as `nectar`; called when a command is printed
 * @param flags called when a command is printed
 * @param home the user's home folder, absolute: where the tool and its own files lie below it, a shell finds them as `~`,
 *   and a command that is shown to others does not name it
 */
export function commandLines(
  startedAs: () => readonly string[],
  flags: () => RunFlags,
  home: string,
): CommandLine {
  const given = (word: string) => shellWord(word);
  const own = (word: string) => shellWord(word, home);
  return ({ words }) => {
    const [program, ...rest] = words;
    // A program of the system is only for the tool's own files. A file that the user named stays as it was given.
    if (program !== "nectar") return words.map(own).join(" ");
    return [...startedAs().map(own), ...withFlags(rest, flags()).map(given)].join(" ");
  };
}

/** Adds this run's flags to the words after `nectar`, unless those already name a profile or target. */
function withFlags(words: readonly string[], flags: RunFlags): readonly string[] {
  const isSettled = words
    .slice(0, words.includes("--") ? words.indexOf("--") : undefined)
    .some((word) => word === "--help" || FLAGS.has(word.split("=", 1)[0] ?? ""));
  if (isSettled || WITHOUT_FLAGS.has(words[0] ?? "")) return words;
  const { profile, local, apiUrl } = flags;
  return withOptions(words, [
    ...(profile === null ? [] : optionWords("--profile", profile)),
    ...(local ? ["--local"] : []),
    ...(apiUrl === null ? [] : ["--api-url", apiUrl]),
  ]);
}

/**
 * Quotes a word for a POSIX shell (POSIX.1-2017, Shell Command Language §2.2.2). Removes what is not safe to print, such as
 * a control character sent by a server.
 */
function shellWord(word: string, home = ""): string {
  const shown = printable(word, MAX_WORD_LENGTH);
  if (home.length < 2) return quotedWord(shown);
  if (shown === home) return "~";
  const isBelow = shown.startsWith(`${home}/`);
  return isBelow ? `~/${quotedWord(shown.slice(home.length + 1))}` : quotedWord(shown);
}

/** Quotes any text for a POSIX shell, line ends and control characters included: for programs, not for a terminal. */
export function quotedWord(word: string): string {
  return /^[A-Za-z0-9_@%+:,./-][A-Za-z0-9_@%+=:,./-]*$/.test(word)
    ? word
    : `'${word.replaceAll("'", `'\\''`)}'`;
}

export interface Start {
  /** The script path that Node was started with, absolute; null when there is none. */
  readonly script: string | null;
  readonly execPath: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * `nectar` when that name on the PATH is this script, `npx nectar-cli` under npx, else `node SCRIPT`, with a relative path
 * for a script below the current folder.
 */
export function startedAs({ script, execPath, cwd, env }: Start): readonly string[] {
  const real = script === null ? null : realPath(script);
  if (script === null || real === null) return ["nectar"];
  if (isUnderNpx([script, real], env)) return ["npx", "nectar-cli"];
  if (onPath("nectar", env) === real) return ["nectar"];
  // A single executable is its own script.
  if (real === realPath(execPath)) return [shortest(script, cwd)];
  const node = onPath("node", env) === realPath(execPath) ? "node" : execPath;
  return [node, shortest(script, cwd)];
}

/** Child processes inherit npx's variable, so the script must also be in a folder that npx runs packages from. */
function isUnderNpx(paths: readonly string[], env: Start["env"]): boolean {
  const folders = new Set(paths.flatMap((path) => path.split(sep)));
  return folders.has("_npx") || (env["npm_command"] === "exec" && folders.has("node_modules"));
}

/** The file that the shell would run for a name, symlinks resolved; null when there is none. */
function onPath(name: string, env: Start["env"]): string | null {
  for (const folder of (env["PATH"] ?? "").split(delimiter)) {
    const file = join(folder === "" ? "." : folder, name);
    try {
      accessSync(file, constants.X_OK);
      if (statSync(file).isFile()) return realPath(file);
    } catch {
      // Missing or not executable: continue with the next folder, as the shell does.
    }
  }
  return null;
}

function realPath(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}

function shortest(script: string, cwd: string): string {
  const relativePath = relative(cwd, script);
  if (relativePath === "" || isAbsolute(relativePath) || relativePath.split(sep)[0] === "..")
    return script;
  return relativePath.startsWith("-") ? `.${sep}${relativePath}` : relativePath;
}
