/** What somebody may have meant by a name that does not exist. Pure. */
import { distance } from "fastest-levenshtein";

/** How many letters may be wrong: two that changed places are two. */
const MOST_WRONG = 2;

/** @returns the end of a message that names the nearest name; empty when none is near */
export function didYouMean(given: string, names: readonly string[]): string {
  const bare = (text: string) => text.toLowerCase().replace(/[-_ ]/g, "");
  const [nearest] = names
    .map((name) => ({ name, wrong: distance(bare(given), bare(name)) }))
    .filter(({ wrong }) => wrong <= MOST_WRONG)
    .sort((one, other) => one.wrong - other.wrong);
  return nearest === undefined ? "" : `; did you mean "${nearest.name}"?`;
}
