/** Shell completion: what can stand at the cursor, from the commands and their fields. Independent of the Nectar API. */
import { printable } from "../terminal/sanitize.ts";
import { type Fields, variantsOf } from "./define.ts";
import { childAt, childrenOf, type Node, pathOf } from "./tree.ts";
import { optionName } from "./words.ts";

/** One word that can stand at the cursor. */
export interface Candidate {
  readonly value: string;
  /** May hold any text; `completionLines` makes it safe. */
  readonly description: string;
}

interface Flag {
  readonly flag: string;
  readonly help: string;
  /** See `ValueBase`. */
  readonly suggests?: readonly string[] | string | undefined;
  readonly several?: true;
}

/** All that can be called, and the values that are known on this machine. */
export interface Completable {
  readonly nodes: readonly Node[];
  readonly globals: readonly Flag[];
  /** The fields of a command; none for a group. */
  fieldsOf(path: readonly string[]): Promise<Fields>;
  /**
   * The values of a kind, such as `company`.
   *
   * @param options the options before the cursor, by flag
   */
  valuesOf(kind: string, options: ReadonlyMap<string, string>): Promise<readonly Candidate[]>;
}

/**
 * @param words the words after the tool's name; the last one is at the cursor, and may be empty
 * @returns nothing where any text can stand, such as a file name
 */
export async function complete(
  words: readonly string[],
  all: Completable,
): Promise<readonly Candidate[]> {
  const current = words.at(-1) ?? "";
  const options = new Map<string, string>();
  let path: readonly string[] = [];
  let fields: Fields = {};
  /** The option whose value comes next. */
  let open: Flag | null = null;
  const given: string[] = [];
  for (const word of words.slice(0, -1)) {
    if (word === "--") return [];
    if (open !== null) {
      options.set(optionName(open), word);
      open = null;
    } else if (word.startsWith("-")) {
      const [name = "", value] = splitOnce(word);
      const flag = flagsOf(fields, all).find((one) => namesOf(one).includes(name));
      if (value !== undefined || (flag !== undefined && !takesValue(flag))) {
        options.set(name, value ?? "");
      } else if (flag !== undefined) open = flag;
    } else {
      const node = childAt(path, word, all.nodes);
      if (node === undefined) given.push(word);
      else {
        path = node.path;
        fields = await all.fieldsOf(path);
      }
    }
  }
  const valuesFor = async (
    flag: Flag | undefined,
    typed: string,
  ): Promise<readonly Candidate[]> => {
    const suggests = flag?.suggests ?? [];
    if (typeof suggests === "string") return all.valuesOf(suggests, options);
    const before = flag?.several ? typed.slice(0, typed.lastIndexOf(",") + 1) : "";
    const chosen = before.split(",");
    return suggests
      .filter((value) => !chosen.includes(value))
      .map((value) => ({ value: `${before}${value}`, description: "" }));
  };
  const beginning = (found: readonly Candidate[]) =>
    found.filter(({ value }) => value.startsWith(current) && isPlain(value));

  if (open !== null) return beginning(await valuesFor(open, current));
  const [name = "", value] = splitOnce(current);
  if (current.startsWith("-") && value !== undefined) {
    const flag = flagsOf(fields, all).find((one) => namesOf(one).includes(name));
    const found = await valuesFor(flag, value);
    return beginning(found.map((one) => ({ ...one, value: `${name}=${one.value}` })));
  }
  if (current.startsWith("-")) {
    const flags = flagsOf(fields, all).map((one) => ({
      value: optionName(one),
      description: one.help,
    }));
    return beginning(flags);
  }
  const children = wordsAfter(path, all);
  if (children.length > 0) return beginning(children);
  const args = Object.values(fields).filter(({ kind }) => kind === "argument" || kind === "rest");
  const own = await valuesFor(args[given.length], current);
  const takesCommand = args.some((field) => field.kind === "rest" && field.isCommand);
  const called = takesCommand ? wordsAfter(pathOf(given, all.nodes), all) : [];
  return beginning([
    ...own,
    ...called.filter((word) => own.every(({ value: other }) => word.value !== other)),
  ]);
}

/** The words that can come after those of a command or group; none after null. */
function wordsAfter(path: readonly string[] | null, { nodes }: Completable): readonly Candidate[] {
  return (path === null ? [] : childrenOf(path, nodes)).map(({ path: words, summary }) => ({
    value: words.at(-1) ?? "",
    description: summary,
  }));
}

const MAX_DESCRIPTION = 70;

/** One candidate a line: the value, a tab, the description. */
export function completionLines(candidates: readonly Candidate[]): string {
  return candidates
    .map(({ value, description }) => `${value}\t${printable(description, MAX_DESCRIPTION)}\n`)
    .join("");
}

/** Whether no shell takes it for more than a word, so that it can stand on a command line without quotes. */
function isPlain(value: string): boolean {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(value);
}

const ALWAYS: readonly Flag[] = [
  { flag: "-h, --help", help: "show help" },
  { flag: "-V, --version", help: "print the version" },
];

/** A command's own flags, then the global ones. */
function flagsOf(fields: Fields, { globals }: Completable): readonly Flag[] {
  const own = Object.values(fields)
    .filter(({ kind }) => kind !== "argument" && kind !== "rest")
    .flatMap(variantsOf);
  return [...own, ...globals, ...ALWAYS];
}

/** `-q` and `--quiet` for `-q, --quiet`. */
function namesOf({ flag }: Flag): readonly string[] {
  return flag.split(/[\s,]+/).filter((part) => part.startsWith("-"));
}

function takesValue({ flag }: Flag): boolean {
  return flag.includes("<");
}

function splitOnce(word: string): readonly [name: string, value?: string] {
  const at = word.indexOf("=");
  return at < 0 ? [word] : [word.slice(0, at), word.slice(at + 1)];
}
