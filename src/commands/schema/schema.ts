/** `nectar schema`: the JSON Schema of a file that the tool reads. Always JSON, also on a terminal. */
import * as z from "zod/mini";
import type { Context } from "../../app/context.ts";
import { argument, defineCommand } from "../../cli/define.ts";
import { oneOf } from "../../cli/values.ts";
import { jsonText } from "../../terminal/sanitize.ts";

/** Each file that has a schema, by its name. */
const SCHEMAS = {
  plan: async () => (await import("../../onboarding/plan-file-schema.ts")).planFileSchema().file,
  seed: async () => (await import("../../emulator/emulator.ts")).seedSchema(),
} satisfies Record<string, () => Promise<z.ZodMiniType>>;
type Name = keyof typeof SCHEMAS;

const NAMES = Object.keys(SCHEMAS) as readonly Name[];

const allowed = NAMES.join(" or ");

export const command = defineCommand({
  description: `Prints the JSON Schema (draft 2020-12) of a file, for editors and other checkers: of a plan file for many companies
(plan), or of a seed file for the emulator (seed).
An editor that knows it completes keys and marks mistakes while you write. The tool checks more than a schema can say,
such as a company that is in a plan file twice.`,
  fields: {
    name: argument("<name>", {
      help: `the file: ${allowed}`,
      schema: oneOf(NAMES),
      allowed,
      required: true,
    }),
  },
  examples: [
    {
      command: "nectar schema plan",
      note: "saved as plan.schema.json, a YAML file names it with: # yaml-language-server: $schema=plan.schema.json",
    },
    { command: "nectar schema seed", note: "the same for a seed file" },
  ],
  async run({ name }, _context: Context): Promise<object> {
    return z.toJSONSchema(await SCHEMAS[name](), { io: "input", unrepresentable: "any" });
  },
  view: {
    human: (schema) => jsonText(schema, 2),
    plain: (schema) => jsonText(schema, 2),
    ids: () => [],
    json: (schema) => schema,
    isForeign: true,
    shape: { type: "object", description: "a JSON Schema, draft 2020-12" },
  },
});
