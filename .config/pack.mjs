/**
 * `npm run pack [-- --pack-destination FOLDER]`: the tarball to publish. Its manifest has no scripts (an install of a
 * package with `prepare` warns) and no development dependencies; in GitHub Actions it names the repository that it is
 * built in, which npm compares with the provenance. package.json is private, so that nothing else can be published.
 */
import { spawnSync } from "node:child_process";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const manifest = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
const { private: _, scripts, devDependencies, ...published } = manifest;

const { GITHUB_REPOSITORY, GITHUB_SERVER_URL = "https://github.com" } = process.env;
if (GITHUB_REPOSITORY) {
  const url = `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}`;
  published.repository = { type: "git", url: `git+${url}.git` };
  published.bugs = `${url}/issues`;
  published.homepage = `${url}#readme`;
}

const folder = await mkdtemp(join(tmpdir(), "nectar-pack-"));
try {
  for (const name of [...manifest.files, "README.md", "LICENSE"])
    await cp(join(root, name), join(folder, name), { recursive: true });
  await writeFile(join(folder, "package.json"), `${JSON.stringify(published, null, 2)}\n`);
  const words = ["pack", folder, ...process.argv.slice(2)];
  // npm is a .cmd file on Windows.
  const shell = process.platform === "win32";
  process.exitCode = spawnSync("npm", words, { cwd: root, stdio: "inherit", shell }).status ?? 1;
} finally {
  await rm(folder, { recursive: true });
}
