/** What is said of a list that is empty: whose it is, each filter that was given, and how many there are without them. */
import type { Fields } from "../cli/define.ts";
import { optionName } from "../cli/input.ts";

/** More than this many are not counted. */
const MOST = 1000;

/**
 * The filters of a command that were given, as they were given.
 *
 * @param names the fields that are filters
 */
export function filtersOf<const Name extends string>(
  fields: Fields & { readonly [name in Name]: unknown },
  input: Readonly<Partial<Record<Name, unknown>>>,
  names: readonly Name[],
): readonly string[] {
  return names.flatMap((name) => {
    const [field, given] = [fields[name], input[name]];
    if (field === undefined || given === undefined || given === false) return [];
    const flag = optionName(field);
    if (given === true) return [flag];
    return (Array.isArray(given) ? given : [given]).map((value) => `${flag} ${value}`);
  });
}

/**
 * One line for an empty list.
 *
 * @param things such as `connections`
 * @param of whose, such as `Acme`
 * @param all what there is without the filters; only asked for where there are some
 */
export async function emptyLine(
  things: string,
  of: string,
  filters: readonly string[],
  all: () => AsyncIterable<unknown>,
): Promise<string> {
  if (filters.length === 0) return `No ${things} of ${of}.`;
  let count = 0;
  for await (const _ of all()) {
    count += 1;
    if (count === MOST) break;
  }
  const number = count === MOST ? `${MOST} or more` : count === 0 ? "none" : String(count);
  const verb = count === 1 ? "is" : "are";
  return `No ${things} of ${of} with ${filters.join(", ")}; without that there ${verb} ${number}.`;
}
