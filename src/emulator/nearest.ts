/** What somebody may have meant by a name that does not exist. Pure. */
import { closest, distance } from "fastest-levenshtein";

/** @returns the end of a message: the name that was probably meant; empty when none is near */
export function didYouMean(given: string, names: readonly string[]): string {
  const bare = (text: string) => text.toLowerCase().replace(/[-_ ]/g, "");
  const near = closest(bare(given), names.map(bare));
  const name = names.find((each) => bare(each) === near);
  const isNear = distance(bare(given), near) <= Math.max(1, Math.floor(near.length / 4));
  return name !== undefined && isNear ? `; did you mean "${name}"?` : "";
}
