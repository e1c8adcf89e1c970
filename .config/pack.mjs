/**
 * `npm run pack [-- --pack-destination FOLDER]`: the tarball to publish. Its manifest has no scripts (an install of a
 * package with `prepare` warns) and no development dependencies; `dist/schemas` has what `nectar schema` prints. In GitHub
 * Actions the manifest names the repository that it is built in, which npm compares with the provenance. package.json is
 * private, so that nothing else can be published.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
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

const printed = (...words) =>
  JSON.parse(execFileSync(process.execPath, [join(root, "bin", "nectar.js"), ...words]));

/** By file name: the output of each command, then the files that commands read. */
function schemas() {
  const ofFiles = ["plan", "seed"].map((name) => [name, printed("schema", name)]);
  const $schema = ofFiles[0][1].$schema;
  const ofCommands = printed("commands", "--json").commands.flatMap(({ command, output }) =>
    output === null
      ? []
      : [[command.replaceAll(" ", "-"), { $schema, title: `${command} --json`, ...output }]],
  );
  return new Map([...ofCommands, ...ofFiles]);
}

const folder = await mkdtemp(join(tmpdir(), "nectar-pack-"));
try {
  for (const name of [...manifest.files, "README.md", "LICENSE"])
    await cp(join(root, name), join(folder, name), { recursive: true });
  await writeFile(join(folder, "package.json"), `${JSON.stringify(published, null, 2)}\n`);
  await mkdir(join(folder, "dist", "schemas"));
  for (const [name, schema] of schemas())
    await writeFile(
      join(folder, "dist", "schemas", `${name}.json`),
      `${JSON.stringify(schema, null, 2)}\n`,
    );
  const words = ["pack", folder, ...process.argv.slice(2)];
  // npm is a .cmd file on Windows.
  const shell = process.platform === "win32";
  process.exitCode = spawnSync("npm", words, { cwd: root, stdio: "inherit", shell }).status ?? 1;
} finally {
  await rm(folder, { recursive: true });
}
