/** The commands of the tool, as its own help tells them: a new one is tried without being named here. */

/**
 * Walks the help.
 *
 * @returns the words of every command, such as `["companies", "list"]`
 */
export async function commandsOf(home, words = []) {
  const { stdout } = await home.run([...words, "--help"]);
  const [, list] = stdout.split("\nCommands:\n");
  if (list === undefined) return [words];
  const names = [];
  for (const line of list.split("\n")) {
    if (line.trim() === "") break;
    const name = /^ {2}([a-z][a-z-]*)/.exec(line)?.[1];
    if (name !== undefined) names.push(name);
  }
  const all = await Promise.all(names.map((name) => commandsOf(home, [...words, name])));
  return all.flat();
}
