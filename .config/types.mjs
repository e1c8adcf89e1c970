/**
 * Generates the types of `nectar-cli/emulator`: src/emulator/public.ts with the types inferred from tables and schemas
 * written out, so that the declaration has no imports. The comments of fields are copied from their schemas.
 */
import { execFile } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

/** `export interface X extends Y<typeof Z> {}` */
const INTERFACE = /^export interface (\w+) extends \w+<typeof (\w+)> \{\}$/gm;
/** `export type X = …typeof Z…;` */
const UNION = /^export type (\w+) = .*\btypeof \w+.*;$/gm;
const IMPORT = /^import type .* from "(.*)";\n/gm;

/** @returns the text of a declaration file without imports */
export async function declaration(root) {
  const folder = join(root, "src", "emulator");
  const source = await readFile(join(folder, "public.ts"), "utf8");
  const files = [...source.matchAll(IMPORT)].map(([, path]) =>
    readFile(join(folder, path), "utf8"),
  );
  const tables = (await Promise.all(files)).join("");
  const interfaces = [...source.matchAll(INTERFACE)];
  const unions = [...source.matchAll(UNION)].map(([, name]) => name);
  const bodies = await expanded(root, [
    ...interfaces.map(([, name]) => [name, `P.${name}`]),
    ...unions.map((name) => [name, `Record<P.${name}, 0>`]),
  ]);
  // A type that was already written out is referenced by name in other types.
  const known = unions.map((name) => [wordsOf(bodies[name]).join(" | "), name]);
  const written = {};
  for (const [, name, table] of interfaces) {
    const body = known.reduce((left, [text, one]) => left.replaceAll(text, one), bodies[name]);
    known.push([body, name]);
    written[name] = laidOut(body, notesOf(table, tables));
  }
  return source
    .replace(IMPORT, "")
    .replace(INTERFACE, (_, name) => `export interface ${name} ${written[name]}`)
    .replace(
      UNION,
      (_, name) => `export type ${[`${name} =`, ...wordsOf(bodies[name])].join("\n  | ")};`,
    );
}

/** The keys of a record, as members of a union. */
function wordsOf(record) {
  return [...record.matchAll(/^"?([\w.]+)"?: 0;$/gm)].map(([, word]) => `"${word}"`);
}

/** Types as expanded by tsc: name → `{ … }`, without indentation. */
async function expanded(root, types) {
  const folder = join(root, "dist", "types");
  const config = {
    extends: "../../tsconfig.json",
    compilerOptions: {
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      rootDir: "../..",
    },
    files: ["flat.mts"],
  };
  const lines = [
    'import type * as P from "../../src/emulator/public.ts";',
    "declare function flat<T>(): { [Name in keyof T]: T[Name] };",
    ...types.map(([name, type]) => `export const ${name} = flat<${type}>();`),
  ];
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config));
  await writeFile(join(folder, "flat.mts"), lines.join("\n"));
  const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
  await promisify(execFile)(process.execPath, [tsc, "-p", folder, "--outDir", join(folder, "out")]);
  const text = await readFile(join(folder, "out", "dist", "types", "flat.d.mts"), "utf8");
  await rm(folder, { recursive: true });
  const bodies = text
    .replaceAll(/(?:import\("[^"]*"\)|\bP)\.(?=[A-Z])|^ +/gm, "")
    .matchAll(/^export declare const (\w+): (\{\n.*?\n\});\n(?=export|$)/gms);
  return Object.fromEntries([...bodies].map(([, name, body]) => [name, body]));
}

/** The comments of a table's fields: name → comment. */
function notesOf(table, tables) {
  const [body] = new RegExp(`^export const ${table} = \\{$.*?^\\}`, "ms").exec(tables) ?? [""];
  const notes = body.matchAll(/^ {2}(\/\*\*(?:(?!\*\/).)*\*\/)\n {2}("?[\w-]+"?):/gms);
  return new Map([...notes].map(([, note, name]) => [name, note]));
}

/** Indents a type body and adds the comments of its members. */
function laidOut(body, notes) {
  let depth = 0;
  return body.replaceAll(/^(\}?)(?:readonly ("?[\w-]+"?)\??:)?.*$/gm, (line, end, member) => {
    if (end) depth -= 1;
    const indent = "  ".repeat(depth);
    const note = depth === 1 && notes.has(member) ? `${indent}${notes.get(member)}\n` : "";
    if (line.endsWith("{")) depth += 1;
    return `${note}${indent}${line}`;
  });
}
