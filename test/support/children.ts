/** Bundles and starts the processes that use the tool's files in tests. */
import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundled } from "./bundled.ts";

/** A temporary folder that belongs to one test. */
export function temporaryFolder(name: string): string {
  return mkdtempSync(join(tmpdir(), `nectar-${name}-`));
}

/** Bundles the child script into a folder; returns its path. */
export async function bundleChild(folder: string): Promise<string> {
  const outfile = await bundled(new URL("./write-child.ts", import.meta.url), folder);
  // One test runs it as another user.
  chmodSync(folder, 0o755);
  return outfile;
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the child. */
export function startChild(
  script: string,
  args: readonly string[],
  options: { readonly umask?: string; readonly user?: number } = {},
): { readonly process: ChildProcess; readonly ended: Promise<Ended> } {
  const user = options.user === undefined ? {} : { uid: options.user, gid: options.user };
  const child = spawn(process.execPath, [script, ...args], {
    ...user,
    cwd: "/",
    env: { TEST_UMASK: options.umask ?? "022" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => {
    stdout += String(chunk);
  });
  child.stderr.on("data", (chunk) => {
    stderr += String(chunk);
  });
  const ended = new Promise<Ended>((resolve) => {
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
  return { process: child, ended };
}
