/** The licences of all that is bundled, in one file that goes with it. */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Packages that ship no text of their licence, and the file of this folder that holds it. */
const KEPT = { standardwebhooks: "licences/standardwebhooks.txt" };

/**
 * @param chunks of rolldown: a package counts when a byte of it is in the output
 * @returns how many packages there are
 * @throws Error when one names no licence, or ships no text of it
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
    throw new Error(`${name}: no licence, or no text of it`);
  return `${name} ${version}\nLicence: ${license}\n${homepage ?? repository?.url ?? ""}\n\n${text}\n`;
}

/** What is kept here, or the chapter of its README. */
async function otherText(name, folder) {
  if (KEPT[name] !== undefined) return readFile(new URL(KEPT[name], import.meta.url), "utf8");
  const file = (await readdir(folder)).find((one) => /^readme/i.test(one));
  const readme = file === undefined ? "" : await readFile(join(folder, file), "utf8");
  const chapter =
    /^#+\s*licen[cs]e\b[^\n]*\n([\s\S]*?)(?=^#+\s|$(?![\s\S]))/im.exec(readme)?.[1] ?? "";
  return /permission (is hereby granted|to use, copy)|redistribution and use/i.test(chapter)
    ? chapter
    : "";
}
