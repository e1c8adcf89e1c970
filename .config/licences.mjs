/** Writes the licences of all bundled packages into one file, to be shipped with the bundle. */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Packages that ship without a licence text, and the file in this folder that contains it. */
const KEPT = { standardwebhooks: "licences/standardwebhooks.txt" };

/**
 * @param chunks of rolldown: a package counts when any of its code is in the output
 * @returns the number of packages
 * @throws Error when a package has no licence or no licence text
 */
export async function writeLicences(chunks, { name, version }, file) {
  const folders = new Set();
  for (const [path, { renderedLength }] of chunks.flatMap(({ modules }) =>
    Object.entries(modules),
  )) {
    const folder = /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(path)?.[0];
    if (folder !== undefined && renderedLength > 0) folders.add(folder);
  }
  const texts = await Promise.all([...folders].sort().map(licenceOf));
  const head = `${name} ${version} contains code of the following ${texts.length} packages.\n`;
  await writeFile(file, [head, ...texts].join(`\n${"=".repeat(80)}\n`));
  return texts.length;
}

async function licenceOf(folder) {
  const { name, version, license, homepage, repository } = JSON.parse(
    await readFile(join(folder, "package.json"), "utf8"),
  );
  const files = (await readdir(folder)).filter((file) =>
    /^(licen[cs]e|copying|notice)\b/i.test(file),
  );
  const paths = files.sort().map((file) => join(folder, file));
  if (KEPT[name] !== undefined) paths.push(new URL(KEPT[name], import.meta.url));
  const texts = await Promise.all(paths.map((path) => readFile(path, "utf8")));
  const text = texts.join("\n\n").trim();
  if (typeof license !== "string" || text === "")
    throw new Error(`${name}: no licence, or no licence text`);
  return `${name} ${version}\nLicence: ${license}\n${homepage ?? repository?.url ?? ""}\n\n${text}\n`;
}
