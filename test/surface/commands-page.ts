/** The page that lists every command, from the help. */
import { COMMANDS, type CommandEntry, GROUPS } from "../../src/commands/registry.ts";
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
    (entry) => `| [\`nectar ${entry.path.join(" ")}\`](#${anchor(entry)}) | ${entry.summary} |`,
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
${section(await help([]), "Global options")}
\`\`\`

They may stand before or after the command. The exit statuses are in the [README](../../README.md#exit-status).

${sections.join("\n\n")}
`;
}

function anchor({ path }: CommandEntry): string {
  return `nectar-${path.join("-")}`;
}

/** A part of a help text: its heading and what stands below it. */
function section(help: string, heading: string): string {
  return help.split("\n\n").find((part) => part.startsWith(`${heading}:\n`)) ?? "";
}

/** A command's help without what every command has. */
function ownPart(help: string): string {
  const own = help.split("\n\n").filter((part) => !/^(?:Global Options:|Exit status:)/.test(part));
  return own
    .join("\n\n")
    .replace(/\n *-h, --help +show help(?=\n|$)/, "")
    .trim();
}
