/** The words that a person types to run this tool again the way it was run now. Looks at files; changes nothing. */
import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { delimiter, isAbsolute, join, relative, sep } from "node:path";

export interface Start {
  /** The script as Node was given it, absolute; null when there is none. */
  readonly script: string | null;
  /** The Node binary, absolute. */
  readonly execPath: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * `nectar` where the shell finds this very script by that name, `npx nectar-cli` under npx, else `node PATH`: relative
 * for a script below the current folder.
 */
export function startedAs({ script, execPath, cwd, env }: Start): readonly string[] {
  const real = script === null ? null : realPath(script);
  if (script === null || real === null) return ["nectar"];
  if (isUnderNpx([script, real], env)) return ["npx", "nectar-cli"];
  if (onPath("nectar", env) === real) return ["nectar"];
  const node = onPath("node", env) === realPath(execPath) ? "node" : execPath;
  return [node, shortest(script, cwd)];
}

/** npx sets a variable that its children inherit, so the script must lie where npx takes packages from as well. */
function isUnderNpx(paths: readonly string[], env: Start["env"]): boolean {
  const folders = new Set(paths.flatMap((path) => path.split(sep)));
  return folders.has("_npx") || (env["npm_command"] === "exec" && folders.has("node_modules"));
}

/** The file that the shell runs for a name, behind its links; null when it finds none. */
function onPath(name: string, env: Start["env"]): string | null {
  for (const folder of (env["PATH"] ?? "").split(delimiter)) {
    const file = join(folder === "" ? "." : folder, name);
    try {
      accessSync(file, constants.X_OK);
      if (statSync(file).isFile()) return realPath(file);
    } catch {
      // Not there, or not to be run: the shell looks further, too.
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
  const below = relative(cwd, script);
  if (below === "" || isAbsolute(below) || below.split(sep)[0] === "..") return script;
  return below.startsWith("-") ? `.${sep}${below}` : below;
}
