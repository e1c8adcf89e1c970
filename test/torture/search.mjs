/** Looks for secrets in bytes, in every form in which they may have got there. */
import { randomBytes } from "node:crypto";
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { basename, join, relative } from "node:path";

/**
 * A secret that is easy to find: two random ends, between them what every encoding writes differently.
 *
 * @param between characters that encodings change
 */
export function newMark(name, between) {
  const head = `Cn${randomBytes(6).toString("hex")}`;
  const tail = `${randomBytes(6).toString("hex")}Cn`;
  return { name, text: `${head}${between}${tail}`, ends: [head, tail] };
}

/** A secret that was not made by us, such as one that the account hands out. */
export function foundSecret(name, text) {
  return { name, text, ends: [] };
}

/** Every form of a secret, as bytes to look for. */
export function formsOf({ name, text, ends }) {
  const forms = new Map();
  const add = (form, value) => {
    const bytes = Buffer.from(value, "utf8");
    if (bytes.length > 5) forms.set(bytes.toString("latin1"), { form: `${name}, ${form}`, bytes });
  };
  add("as it is", text);
  for (const end of ends) add("a part of it", end);
  const inJson = JSON.stringify(text).slice(1, -1);
  add("JSON-escaped", inJson);
  add("JSON-escaped twice", JSON.stringify(inJson).slice(1, -1));
  add("JSON-escaped to ASCII", toAscii(inJson));
  const inUrl = encodeURIComponent(text);
  add("URL-encoded", inUrl);
  add(
    "URL-encoded in small letters",
    inUrl.replace(/%../g, (code) => code.toLowerCase()),
  );
  add("form-encoded", new URLSearchParams({ v: text }).toString().slice(2));
  for (const encoding of ["utf8", "latin1", "utf16le"]) {
    const bytes = Buffer.from(text, encoding);
    const hex = bytes.toString("hex");
    add(`hexadecimal of ${encoding}`, hex);
    add(`hexadecimal of ${encoding}, capital`, hex.toUpperCase());
    for (const core of base64Cores(bytes)) {
      add(`base64 of ${encoding}`, core);
      add(`base64url of ${encoding}`, core.replaceAll("+", "-").replaceAll("/", "_"));
    }
  }
  return [...forms.values()];
}

/** What is the same in base64 wherever in a longer text the bytes stand: three ways to be aligned. */
function base64Cores(bytes) {
  return [0, 1, 2].map((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes]).toString("base64");
    // The characters that hold bits of a neighbour are not the same everywhere.
    const from = Math.ceil((shift * 8) / 6);
    const to = Math.floor(((shift + bytes.length) * 8) / 6);
    return encoded.slice(from, to);
  });
}

function toAscii(text) {
  return text.replace(
    /[^\x20-\x7e]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/**
 * Looks through bytes. Bytes that belong to two forms count once.
 *
 * @returns how many bytes are part of a secret, and which forms they are
 */
export function leaksIn(bytes, forms) {
  const spans = [];
  const found = new Set();
  for (const { form, bytes: wanted } of forms) {
    for (let at = bytes.indexOf(wanted); at !== -1; at = bytes.indexOf(wanted, at + 1)) {
      spans.push([at, at + wanted.length]);
      found.add(form);
    }
  }
  spans.sort(([one], [other]) => one - other);
  let count = 0;
  let seen = 0;
  for (const [from, to] of spans) {
    count += Math.max(0, to - Math.max(from, seen));
    seen = Math.max(seen, to);
  }
  return { count, forms: [...found] };
}

/**
 * Looks through named bytes and files.
 *
 * @param places name → text or bytes
 * @returns `leaked` in bytes, and `wrong`, one text for each place
 */
export function searchAll(places, forms) {
  let leaked = 0;
  const wrong = [];
  for (const [name, content] of places) {
    const { count, forms: found } = leaksIn(Buffer.from(content), forms);
    leaked += count;
    if (count > 0) wrong.push(`${count} bytes of a secret in ${name} (${found.join("; ")})`);
  }
  return { leaked, wrong };
}

/**
 * Every file below a folder, its path part of what is looked through.
 *
 * @param except whether a file, by its path from there, is where the secret belongs
 */
export function* filesIn(folder, except = () => false) {
  for (const path of walk(folder)) {
    const name = relative(folder, path);
    if (!except(name)) yield [name, Buffer.concat([Buffer.from(`${name}\n`), contentOf(path)])];
  }
}

/** The files of stored keys that others than their owner may touch. */
export function openKeyFiles(folder) {
  return [...walk(folder)]
    .filter((path) => basename(path) === "credentials.json")
    .filter((path) => (lstatSync(path).mode & 0o777) !== 0o600)
    .map((path) => relative(folder, path));
}

function* walk(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* walk(path);
    else if (entry.isFile()) yield path;
  }
}

/** What another process has just removed holds nothing. */
function contentOf(path) {
  try {
    return readFileSync(path);
  } catch {
    return Buffer.alloc(0);
  }
}
