/** The suggestion for a word that does not exist. */
import { distance } from "fastest-levenshtein";

/**
 * The word that differs least, letter case, hyphens and underscores aside.
 *
 * @param most how many letters may be wrong
 * @returns null when none is so near
 */
export function nearest(word: string, words: readonly string[], most: number): string | null {
  const bare = (text: string) => text.toLowerCase().replace(/[-_]/g, "");
  const near = words
    .map((each) => ({ each, wrong: distance(bare(word), bare(each)) }))
    .filter(({ wrong }) => wrong <= most)
    .sort((one, other) => one.wrong - other.wrong);
  return near[0]?.each ?? null;
}
