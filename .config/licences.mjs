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
  const kept = files.some((file) => !/^notice/i.test(file)) ? [] : [await otherText(name, folder)];
  const texts = await Promise.all(files.sort().map((file) => readFile(join(folder, file), "utf8")));
  const text = [...kept, ...texts].join("\n\n").trim();
  if (typeof license !== "string" || text === "")
    throw new Error(`${name}: no licence, or no licence text`);
  return `${name} ${version}\nLicence: ${license}\n${homepage ?? repository?.url ?? ""}\n\n${text}\n`;
}

/** The licence text stored here, or the licence section of the README. */
async function otherText(name, folder) {
  if (KEPT[name] !== undefined) return readFile(new URL(KEPT[name], import.meta.url), "utf8");
  const file = (await readdir(folder)).find((one) => /^readme/i.test(one));
  const readme = file === undefined ? "" : await readFile(join(folder, file), "utf8");
  const section =
    /^#+\s*licen[cs]e\b[^\n]*\n([\s\S]*?)(?=^#+\s|$(?![\s\S]))/im.exec(readme)?.[1] ?? "";
  return /permission (is hereby granted|to use, copy)|redistribution and use/i.test(section)
    ? section
    : "";
}
