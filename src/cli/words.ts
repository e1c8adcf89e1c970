/** The words of a command line: what the parser found in them, and how the same input is written again. */
import { optionWords } from "../errors.ts";
import type { Fields } from "./define.ts";

/** One occurrence of a repeatable flag. */
export interface ListItem {
  /** As the field declares it. */
  readonly flag: string;
  readonly text: string;
}

/** What the parser found, before validation. */
export interface RawInput {
  readonly options: Readonly<Record<string, string | boolean | readonly ListItem[] | undefined>>;
  readonly args: readonly string[];
}

/** The bare name of a flag or argument, as typed. */
export function optionName(field: { readonly flag: string }): string {
  return field.flag.startsWith("-")
    ? (field.flag.split(/[\s,]+/).findLast((part) => part.startsWith("-")) ?? field.flag)
    : field.flag.replace(/^\[(.*)\]$/, "<$1>");
}

/** The words that call a command with this input. */
export function wordsOf(
  path: readonly string[],
  fields: Fields,
  { options, args }: RawInput,
): readonly string[] {
  const flags = Object.entries(fields).flatMap(([name, field]): readonly string[] => {
    const given = options[name];
    const flag = optionName(field);
    if (given === undefined) return [];
    if (given === false) return [flag.replace(/^--/, "--no-")];
    if (given === true) return [flag];
    if (typeof given === "string") return optionWords(flag, given);
    return given.flatMap((item) => optionWords(optionName(item), item.text));
  });
  // No option is taken for a path or for `-`.
  const isPlain = args.every((arg) => /^(?:-$|[./\p{L}\p{N}])/u.test(arg));
  return ["nectar", ...path, ...flags, ...(isPlain ? args : ["--", ...args])];
}
