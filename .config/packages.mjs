/** The packages that are bundled: their licences in one file, and a bill of materials (CycloneDX), shipped with the bundle. */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Packages that ship without a licence text, and the file in this folder that contains it. */
const KEPT = { standardwebhooks: "licences/standardwebhooks.txt" };

/**
 * @param chunks of rolldown: a package counts when any of its code is in the output
 * @returns the manifests of the bundled packages, each with the text of its licence
 * @throws Error when a package has no licence or no licence text
 */
export function findPackages(chunks) {
  const folders = new Set();
  for (const [path, { renderedLength }] of chunks.flatMap(({ modules }) =>
    Object.entries(modules),
  )) {
    const folder = /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(path)?.[0];
    if (folder !== undefined && renderedLength > 0) folders.add(folder);
  }
  return Promise.all([...folders].sort().map(readPackage));
}

export async function writeLicences(packages, { name, version }, file) {
  const head = `${name} ${version} contains code of the following ${packages.length} packages.\n`;
  const texts = packages.map(
    (one) =>
      `${one.name} ${one.version}\nLicence: ${one.license}\n${one.homepage ?? one.repository?.url ?? ""}\n\n${one.text}\n`,
  );
  await writeFile(file, [head, ...texts].join(`\n${"=".repeat(80)}\n`));
}

/** Writes CycloneDX 1.6. Without a date or serial number, so that the same sources give the same file. */
export async function writeBillOfMaterials(packages, manifest, file) {
  const self = componentOf("application", manifest);
  const components = packages.map((one) => componentOf("library", one));
  const references = components.map((one) => one["bom-ref"]);
  const bill = {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: { component: self },
    components,
    // The bundle is one program: it does not keep which package needs which.
    dependencies: [{ ref: self["bom-ref"], dependsOn: references }],
  };
  await writeFile(file, `${JSON.stringify(bill, null, 2)}\n`);
}

function componentOf(type, { name, version, license }) {
  const purl = `pkg:npm/${name.replace("@", "%40")}@${version}`;
  return { type, "bom-ref": purl, name, version, licenses: [{ expression: license }], purl };
}

async function readPackage(folder) {
  const manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const { name, license } = manifest;
  const files = (await readdir(folder)).filter((file) =>
    /^(licen[cs]e|copying|notice)\b/i.test(file),
  );
  const paths = files.sort().map((file) => join(folder, file));
  if (KEPT[name] !== undefined) paths.push(new URL(KEPT[name], import.meta.url));
  const texts = await Promise.all(paths.map((path) => readFile(path, "utf8")));
  const text = texts.join("\n\n").trim();
  if (typeof license !== "string" || text === "")
    throw new Error(`${name}: no licence, or no licence text`);
  return { ...manifest, text };
}
