/** Suggestions for misspelt words. */
import { distance } from "fastest-levenshtein";

/** The largest edit distance that still counts as a typo; two swapped letters count as two. */
const MOST_WRONG = 2;

/**
 * The most similar word, ignoring case, hyphens, underscores and spaces. At least one letter must be right.
 *
 * @param most the maximum number of wrong letters
 * @returns null if no word is that similar
 */
export function nearest(word: string, words: readonly string[], most = MOST_WRONG): string | null {
  const bare = (text: string) => text.toLowerCase().replace(/[-_ ]/g, "");
  const [near] = words
    .map((each) => ({ each, wrong: distance(bare(word), bare(each)) }))
    .filter(({ wrong }) => wrong <= most && wrong < bare(word).length)
    .sort((one, other) => one.wrong - other.wrong);
  return near?.each ?? null;
}

/** @returns a message's ending that suggests the nearest word; empty when none is near */
export function didYouMean(word: string, words: readonly string[], most = MOST_WRONG): string {
  const near = nearest(word, words, most);
  return near === null ? "" : `; did you mean "${near}"?`;
}
