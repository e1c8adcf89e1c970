/** The commands as a tree: which words call which. Independent of the Nectar API. */

/** A command or a group. */
export interface Node {
  /** The words that call it, such as `["emulator", "webhooks"]`. */
  readonly path: readonly string[];
  /** Other names of the last word. */
  readonly aliases: readonly string[];
  readonly summary: string;
}

export function childrenOf<N extends Node>(
  path: readonly string[],
  nodes: readonly N[],
): readonly N[] {
  return nodes.filter(
    (node) =>
      node.path.length === path.length + 1 &&
      path.every((word, index) => node.path[index] === word),
  );
}

/** The child that a word names, under its own name or an alias. */
export function childAt(
  path: readonly string[],
  word: string,
  nodes: readonly Node[],
): Node | undefined {
  return childrenOf(path, nodes).find(
    (node) => node.path.at(-1) === word || node.aliases.includes(word),
  );
}

/** The path that words call, aliases included; null when there is no such command or group. */
export function pathOf(words: readonly string[], nodes: readonly Node[]): readonly string[] | null {
  let path: readonly string[] = [];
  for (const word of words) {
    const child = childAt(path, word, nodes);
    if (child === undefined) return null;
    path = child.path;
  }
  return path;
}
