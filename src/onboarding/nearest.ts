/** Suggestions for misspelt words. */
import { distance } from "fastest-levenshtein";

/**
 * The most similar word, ignoring case, hyphens and underscores.
 *
 * @param most the maximum number of wrong letters
 * @returns null if no word is that similar
 */
export function nearest(word: string, words: readonly string[], most: number): string | null {
  const bare = (text: string) => text.toLowerCase().replace(/[-_]/g, "");
  const near = words
    .map((each) => ({ each, wrong: distance(bare(word), bare(each)) }))
    .filter(({ wrong }) => wrong <= most)
    .sort((one, other) => one.wrong - other.wrong);
  return near[0]?.each ?? null;
}
