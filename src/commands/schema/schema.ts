/** `nectar schema`: the JSON Schema of a file that the tool reads, or of what a command prints. Always JSON. */

import * as z from "zod/mini";
import type { Context } from "../../app/context.ts";
import { defineCommand, rest } from "../../cli/define.ts";
import { pathOf } from "../../cli/tree.ts";
import { documentView } from "../../cli/view.ts";
import { UsageError } from "../../errors.ts";
import { didYouMean } from "../../words/nearest.ts";
import { shorten } from "../../words/shorten.ts";

const FILES: Readonly<Record<string, () => Promise<z.ZodMiniType>>> = {
  plan: async () => (await import("../../onboarding/plan-file-schema.ts")).planFileSchema().file,
  seed: async () => (await import("../../emulator/emulator.ts")).seedSchema(),
};

const DRAFT = "https://json-schema.org/draft/2020-12/schema";

export const command = defineCommand({
  description: `Prints a JSON Schema (draft 2020-12): of a plan file for many companies (plan), of a seed file for the emulator (seed),
or of what a command prints with --json, named by its words.
An editor that knows it completes keys and marks mistakes while you write. The tool checks more than a schema can say,
such as a company that is in a plan file twice. Later versions may add members to what commands print. The package has all
of them as files, in dist/schemas.`,
  fields: {
    name: rest("<name...>", {
      help: "plan, seed, or the words of a command",
      suggests: Object.keys(FILES),
      isCommand: true,
      required: true,
    }),
  },
  examples: {
    "nectar schema plan":
      "saved as plan.schema.json, a YAML file names it with: # yaml-language-server: $schema=plan.schema.json",
    "nectar schema seed": "the same for a seed file",
    "nectar schema connections list": "of nectar connections list --json",
  },
  async run(input, { registry }: Context): Promise<object> {
    const { groups, commands } = registry;
    const path = pathOf(input.name, [...groups, ...commands]) ?? input.name;
    const name = path.join(" ");
    const file = Object.hasOwn(FILES, name) ? FILES[name] : undefined;
    if (file !== undefined) {
      return z.toJSONSchema(await file(), { io: "input", unrepresentable: "any" });
    }
    const entry = commands.find((one) => one.path.join(" ") === name);
    const shape = (await entry?.load())?.command.shape;
    if (shape) return { $schema: DRAFT, title: `${name} --json`, ...shape };
    throw entry === undefined
      ? unknown(name, [...Object.keys(FILES), ...commands.map((one) => one.path.join(" "))])
      : new UsageError("invalid_input", `${name} prints no JSON document`);
  },
  view: documentView("a JSON Schema, draft 2020-12"),
});

function unknown(name: string, names: readonly string[]): UsageError {
  return new UsageError(
    "invalid_input",
    `<name>: "${shorten(name)}" has no schema; it takes plan, seed, or the words of a command${didYouMean(name, names)}`,
    { next: [{ words: ["nectar", "commands"], why: "every command" }] },
  );
}
