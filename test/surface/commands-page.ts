/** The page that lists every command, from the help. */
import { COMMANDS, GROUPS } from "../../src/commands/registry.ts";
import { freshPlace } from "../support/run-cli.ts";

/** @returns the page, in Markdown */
export async function commandsPage(): Promise<string> {
  const place = freshPlace();
  const help = async (path: readonly string[]) => (await place.run([...path, "--help"])).stdout;
  const sections: string[] = [];
  for (const { path } of COMMANDS) {
    sections.push(`## nectar ${path.join(" ")}\n\n\`\`\`\n${ownPart(await help(path))}\n\`\`\``);
  }
  const rows = COMMANDS.map(
    (entry) =>
      `| [\`nectar ${entry.path.join(" ")}\`](#${anchor(entry.path)}) | ${entry.summary} |`,
  );
  const aliases = GROUPS.flatMap(({ path, aliases }) =>
    aliases.map((alias) => `\`${alias}\` for \`${path.join(" ")}\``),
  );
  return `# Commands

Written by \`npm run docs\` from the help; don't edit it by hand.

The singular works as well: ${aliases.join(", ")}. \`ls\` is \`list\`, and \`init\` is \`onboard\`.

| | |
|---|---|
${rows.join("\n")}

## For every command

\`\`\`
${(await place.run(["help", "options"])).stdout.trim()}
\`\`\`

The exit statuses are in the [README](../../README.md#exit-status).

${sections.join("\n\n")}
`;
}

function anchor(path: readonly string[]): string {
  return `nectar-${path.join("-")}`;
}

/** A command's help without what every command has. */
function ownPart(help: string): string {
  const own = help
    .split("\n\n")
    .filter((part) => !/^(?:Exit status|Options of every command)\b/.test(part));
  return own
    .join("\n\n")
    .replace(/\n *-h, --help +show help(?=\n|$)/, "")
    .replace(/\n\nOptions:(?=\n\n|$)/, "")
    .trim();
}
