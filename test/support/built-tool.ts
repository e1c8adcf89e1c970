/** Makes sure that dist is the build of the sources as they are, once for all test files that run the built tool. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { lock } from "proper-lockfile";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** What a user starts. */
export const BIN = join(ROOT, "bin", "nectar.js");

/** The build writes it last, so it is there only when everything else is. */
const STAMP = join(ROOT, "dist", "THIRD_PARTY_LICENSES.txt");

const BUILD = join(ROOT, ".config", "build.mjs");

/**
 * Builds the tool when a source is newer than what is built. Test files that run side by side wait for one another.
 *
 * @throws Error with what the build said when it fails
 */
export async function buildTool(): Promise<void> {
  if (isFresh()) return;
  const name = createHash("sha256").update(ROOT).digest("hex").slice(0, 12);
  const release = await lock(BUILD, {
    lockfilePath: join(tmpdir(), `nectar-build-${name}.lock`),
    retries: { retries: 300, factor: 1, minTimeout: 100, maxTimeout: 100 },
  });
  try {
    if (isFresh()) return;
    await promisify(execFile)(process.execPath, [BUILD], { cwd: ROOT });
  } catch (error) {
    const said = error instanceof Error && "stderr" in error ? String(error.stderr) : String(error);
    throw new Error(`dist is older than src, and the build failed:\n${said}`);
  } finally {
    await release();
  }
}

function isFresh(): boolean {
  const stamp = statSync(STAMP, { throwIfNoEntry: false });
  if (stamp === undefined) return false;
  const sources = ["src", ".config"].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
      .filter((path) => folder === "src" || path.endsWith(".mjs"))
      .map((path) => join(ROOT, folder, path)),
  );
  return [...sources, join(ROOT, "package.json")].every(
    (path) => statSync(path).mtimeMs <= stamp.mtimeMs,
  );
}
