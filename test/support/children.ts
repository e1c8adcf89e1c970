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
  // One test lets another user reach the folders in it.
  chmodSync(folder, 0o755);
  return outfile;
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Starts the child.
 *
 * @param options.user what the child becomes once it runs; only root may ask for that. Starting it as that user would need
 *   a Node that others may run, which one in root's home is not
 */
export function startChild(
  script: string,
  args: readonly string[],
  options: { readonly umask?: string; readonly user?: number } = {},
): { readonly process: ChildProcess; readonly ended: Promise<Ended> } {
  const child = spawn(process.execPath, [script, ...args], {
    cwd: "/",
    env: { TEST_UMASK: options.umask ?? "022", TEST_USER: String(options.user ?? "") },
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
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
  return { process: child, ended };
}
