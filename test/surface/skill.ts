/** The skill for coding agents, written from the commands. */

import { VARIABLES } from "../../src/app/global-options.ts";
import { COMMANDS } from "../../src/commands/registry.ts";
import { EXIT_TABLE } from "../../src/errors.ts";

/** What is shown, by task. The commands of a task can be run one after the other in an empty folder. */
const TASKS: readonly { readonly task: string; readonly lines: readonly string[] }[] = [
  {
    task: "Try everything on this machine, without an account or a network",
    lines: [
      "nectar onboard --local --company-name 'Acme Foods' --site 'name=Plant;address=123 Main St, Austin, TX' --json",
      "nectar connections list --local --json --fields id,status,state,company.name",
      "nectar usage chart --local --months 3 --json",
    ],
  },
  {
    task: "Find an object: by its ID, the beginning of one, its name or external ID",
    lines: [
      "nectar companies get 'Acme Foods' --local --json",
      "nectar sites get Plant --local --json",
      "nectar documents list --local --limit 5 --json --fields id,billDate,totalCharges,currency",
    ],
  },
  {
    task: "See what a connection needs",
    lines: [
      "nectar connections get --local --json",
      "nectar connections wait --local --timeout 5m --json",
      "nectar invitations create --local --max-uses 1 --expires-in 7d --json",
    ],
  },
  {
    task: "Ask the API for what no command shows",
    lines: ["nectar api company --local --json", "nectar api ping --local"],
  },
  {
    task: "Learn the rest: every option, effect, exit status and output",
    lines: [
      "nectar commands --json",
      "nectar schema connections list",
      "nectar connections list --help",
    ],
  },
  {
    task: "Clean up: what this tool created, and nothing else",
    lines: ["nectar teardown --older-than 1s --local --dry-run --json"],
  },
];

/** The page, and the command lines that it shows, in order. */
export function skillPage(): { readonly page: string; readonly lines: readonly string[] } {
  const tasks = TASKS.map(
    ({ task, lines }) => `### ${task}\n\n\`\`\`sh\n${lines.join("\n")}\n\`\`\`\n`,
  );
  const exits = EXIT_TABLE.map(({ code, meaning }) => `| ${code} | ${meaning} |`);
  const commands = COMMANDS.map(
    ({ path, summary }) => `- \`nectar ${path.join(" ")}\`: ${summary}`,
  );
  const variables = VARIABLES.map(({ name, help }) => `- \`${name}\`: ${help}`);
  const page = `---
name: nectar
description: Connect companies to the Nectar Climate API from the command line, and read their sites, connections, utility bills and usage; with an emulator of the API on this machine. Use it for onboarding a sandbox connection, checking a connection's status, reading utility data, and testing an integration offline.
---

<!-- Written by \`npm run docs\` from the commands. -->

# nectar

- Add \`--json\`: one document on stdout, or nothing when the command failed; then one error object is on stderr, with \`code\`, \`hint\` and \`next\`, a list of commands that can be pasted.
- The exit status says what happened; see below. A status of 3 or 8 prints its result as well.
- Nothing asks a question without a terminal. What is missing is named in one message (exit 2); what deletes needs \`--yes\`.
- \`--local\` uses the emulator. Without it and without a key the command exits with 4; never put a key on the command line.
- Running \`onboard\`, \`apply\` or a create again creates nothing twice: after exit 6, run the same command again.
- \`--fields\` shortens the output of every list and get.

## Tasks

Leave \`--local\` out for the real API.

${tasks.join("\n")}
## Exit status

| | |
|---|---|
${exits.join("\n")}

## Commands

${commands.join("\n")}

## Variables

${variables.join("\n")}
`;
  return { page, lines: TASKS.flatMap(({ lines }) => lines) };
}
