/** The look of prompts. All colours of the prompt library are replaced, because they can't be turned off on Node 20. */
import type { Palette } from "./palette.ts";

/**
 * The theme for all kinds of prompt, in the colours of one stream.
 *
 * @param isSearch whether choices are filtered by what is typed
 */
export function promptTheme(palette: Palette, unicode: boolean, isSearch = false) {
  const { bold, dim, green, red, cyan, yellow } = palette;
  const arrows = unicode ? "↑↓" : "up/down";
  return {
    prefix: { idle: cyan("?"), done: green(unicode ? "✔" : "+") },
    spinner: { interval: 80, frames: ["-", "\\", "|", "/"].map(yellow) },
    icon: { cursor: unicode ? "❯" : ">" },
    style: {
      answer: cyan,
      // Two spaces separate the answer from the question even without colour.
      message: (text: string) => `${bold(text)} `,
      error: (text: string) => red(`> ${text}`),
      defaultAnswer: (text: string) => dim(`(${text})`),
      help: dim,
      highlight: cyan,
      searchTerm: cyan,
      key: (text: string) => bold(`<${text}>`),
      disabled: dim,
      description: dim,
      keysHelpTip: () =>
        dim(`${isSearch ? "Type to filter, " : ""}${arrows} to move, Enter to select`),
    },
  };
}
