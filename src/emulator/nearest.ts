/** "Did you mean …?" for a name that does not exist. Pure. */
import { distance } from "fastest-levenshtein";

/** The largest edit distance that still counts as a typo; two swapped letters count as two. */
const MOST_WRONG = 2;

/** @returns a message's ending that suggests the nearest name; empty when none is near */
export function didYouMean(given: string, names: readonly string[]): string {
  const bare = (text: string) => text.toLowerCase().replace(/[-_ ]/g, "");
  const [nearest] = names
    .map((name) => ({ name, wrong: distance(bare(given), bare(name)) }))
    .filter(({ wrong }) => wrong <= MOST_WRONG)
    .sort((one, other) => one.wrong - other.wrong);
  return nearest === undefined ? "" : `; did you mean "${nearest.name}"?`;
}
