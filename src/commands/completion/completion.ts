/** `nectar completion`: the script that makes a shell complete this tool's commands. */
import type { Context } from "../../app/context.ts";
import { argument, defineCommand } from "../../cli/define.ts";
import { objectOf, text } from "../../cli/shape.ts";
import { oneOf } from "../../cli/values.ts";
import { SHELLS, scriptFor } from "./scripts.ts";

const allowed = `${SHELLS.slice(0, -1).join(", ")} or ${SHELLS.at(-1)}`;

export const command = defineCommand({
  description: `Prints a script for your shell. It completes commands, options and values: profiles, statuses, scenarios, and the IDs
that the profiles have, with their names. It needs no network, and \`nectar\` on the PATH.

To install it, add a line to the file that your shell reads when it starts:
  ~/.bashrc    eval "$(nectar completion bash)"
  ~/.zshrc     source <(nectar completion zsh), after compinit
  config.fish  nectar completion fish | source
  $PROFILE     nectar completion powershell | Out-String | Invoke-Expression`,
  fields: {
    shell: argument("<shell>", {
      help: `your shell: ${allowed}`,
      ...oneOf(SHELLS),
      allowed,
      required: true,
    }),
  },
  examples: { "nectar completion bash": "the script for Bash 3.2 and later" },
  async run({ shell }, _context: Context): Promise<string> {
    return scriptFor(shell);
  },
  view: {
    human: (script) => script,
    plain: (script) => script,
    json: (script) => ({ script }),
    shape: objectOf({ script: text }),
  },
});
