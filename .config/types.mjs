/**
 * Generates the types of `nectar-cli/emulator`: src/emulator/public.ts with the types inferred from tables and schemas
 * written out, so that the declaration has no imports. The comments of fields are copied from their schemas.
 */
import { execFile } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

/** `export interface X extends Y<typeof Z> {}` */
const INTERFACE = /^export interface (\w+) extends \w+<typeof (\w+)> \{\}$/gm;
/** `export type X = …typeof Z…;` */
const UNION = /^export type (\w+) = .*\btypeof \w+.*;$/gm;
const IMPORT = /^import type \{([^}]*)\} from "(.*)";\n/gm;

/** @returns the text of a declaration file without imports */
export async function declaration(root) {
  const path = join(root, "src", "emulator", "public.ts");
  const source = await readFile(path, "utf8");
  const interfaces = [...source.matchAll(INTERFACE)].map(([, name, table]) => ({ name, table }));
  const unions = [...source.matchAll(UNION)].map(([, name]) => name);
  const members = await expanded(root, [
    ...interfaces.map(({ name }) => [name, `P.${name}`]),
    ...unions.map((name) => [name, `Record<P.${name}, 0>`]),
  ]);
  // A type that was already written out is referenced by name in other types.
  const known = unions.map((name) => [wordsOf(members.get(name)).join(" | "), name]);
  const written = new Map();
  for (const { name, table } of interfaces) {
    const named = (text) =>
      known.reduce((left, [inner, known]) => left.replaceAll(inner, known), text);
    const body = named(members.get(name));
    known.push([body, name]);
    written.set(name, laidOut(body, await notesOf(table, source, dirname(path))));
  }
  return source
    .replace(IMPORT, "")
    .replace(INTERFACE, (_, name) => `export interface ${name} ${written.get(name)}`)
    .replace(UNION, (_, name) => {
      const words = wordsOf(members.get(name)).map((word) => `\n  | ${word}`);
      return `export type ${name} =${words.join("")};`;
    });
}

/** The keys of a record, as members of a union. */
function wordsOf(record) {
  return [...record.matchAll(/^"?([\w.]+)"?: 0;$/gm)].map(([, word]) => `"${word}"`);
}

/** Types as expanded by tsc: name → `{ … }`, without indentation. */
async function expanded(root, types) {
  const folder = join(root, "dist", "types");
  await mkdir(folder, { recursive: true });
  const lines = types.map(([name, type]) => `export const ${name} = flat<${type}>();`);
  const head = `import type * as P from "../../src/emulator/public.ts";
declare function flat<T>(): { [Name in keyof T]: T[Name] };`;
  await writeFile(join(folder, "flat.mts"), [head, ...lines].join("\n"));
  const options = { noEmit: false, declaration: true, emitDeclarationOnly: true };
  await writeFile(
    join(folder, "tsconfig.json"),
    JSON.stringify({
      extends: "../../tsconfig.json",
      compilerOptions: { ...options, rootDir: "../..", outDir: "out", noErrorTruncation: true },
      include: [],
      files: ["flat.mts"],
    }),
  );
  const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
  await promisify(execFile)(process.execPath, [tsc, "-p", folder]);
  const text = await readFile(join(folder, "out", "dist", "types", "flat.d.mts"), "utf8");
  await rm(folder, { recursive: true });
  const all = text.replaceAll(/(?:import\("[^"]*"\)|\bP)\.(?=[A-Z])/g, "");
  return new Map(
    [...all.matchAll(/^export declare const (\w+): (\{\n.*?^\});$/gms)].map(([, name, body]) => [
      name,
      body.replaceAll(/^ +/gm, ""),
    ]),
  );
}

/** The comments of a table's fields: name → comment. */
async function notesOf(table, source, folder) {
  const imports = [...source.matchAll(IMPORT)];
  const [, , from] = imports.find(([, names]) => names.split(/[\s,]+/).includes(table)) ?? [];
  const text = await readFile(join(folder, from ?? ""), "utf8");
  const [body] = new RegExp(`^export const ${table} = \\{$.*?^\\}`, "ms").exec(text) ?? [""];
  return new Map(
    [...body.matchAll(/^ {2}(\/\*\*(?:(?!\*\/).)*\*\/)\n {2}("?[\w-]+"?):/gms)].map(
      ([, note, name]) => [name, note],
    ),
  );
}

/** Indents a type body and adds the comments of its members. */
function laidOut(body, notes) {
  let depth = 0;
  const lines = body.split("\n").flatMap((line) => {
    if (line.startsWith("}")) depth -= 1;
    const indent = "  ".repeat(depth);
    const [, member] = /^readonly ("?[\w-]+"?)\??:/.exec(line) ?? [];
    const note = depth === 1 ? notes.get(member) : undefined;
    if (line.endsWith("{")) depth += 1;
    return [...(note === undefined ? [] : [`${indent}${note}`]), `${indent}${line}`];
  });
  return lines.join("\n");
}
