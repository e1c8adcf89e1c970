/** `nectar commands`: every command, its options, effects and output, for programs that call this tool. */
import type { Context, Registry } from "../../app/context.ts";
import { GLOBAL_OPTIONS, VARIABLES } from "../../app/global-options.ts";
import { defineCommand, type Field, variantsOf } from "../../cli/define.ts";
import { listView } from "../../cli/list-view.ts";
import { jsonOf, noun, shapeOf } from "../../cli/noun.ts";
import { anything, listOf, objectOf, type Shape, text, whole, yesNo } from "../../cli/shape.ts";
import { optionName } from "../../cli/words.ts";
import { EXIT_TABLE } from "../../errors.ts";
import { EFFECTS, type Effects, exitsOf } from "./effects.ts";

interface Row {
  readonly command: string;
  readonly aliases: readonly string[];
  readonly summary: string;
  readonly description: string | null;
  readonly fields: readonly Field[];
  readonly effects: Effects;
  readonly examples: readonly { readonly command: string; readonly note: string }[];
  readonly output: Shape | null;
}

const parameters = noun<Field>()({
  fields: {
    /** `--name`, or `<name>` for an argument. */
    name: { value: optionName, shape: text },
    /** What a value is called; null for an option without one. */
    value: { value: ({ flag }) => /<(.*)>/.exec(flag)?.[1] ?? null },
    help: { shape: text },
    required: { value: (field) => "required" in field && field.required === true, shape: yesNo },
    repeatable: { value: ({ kind }) => kind === "list" || kind === "rest", shape: yesNo },
    allowed: { value: (field) => ("allowed" in field ? field.allowed : null) },
    default: { value: (field) => ("fallback" in field ? (field.fallback ?? null) : null) },
    variable: { value: (field) => ("env" in field ? (field.env ?? null) : null) },
  },
  json: ["name", "value", "help", "required", "repeatable", "allowed", "default", "variable"],
  table: [],
});
const words = { shape: listOf(text) };

const rows = noun<Row>()({
  fields: {
    command: { header: "COMMAND", shape: text },
    aliases: words,
    summary: { header: "WHAT IT DOES", shape: text, shrink: true },
    description: {},
    parameters: {
      value: ({ fields }) => fields.flatMap(variantsOf).map((field) => jsonOf(parameters, field)),
      shape: listOf(shapeOf(parameters)),
    },
    reads: { value: ({ effects }) => effects.reads ?? [], ...words },
    writes: { value: ({ effects }) => effects.writes ?? [], ...words },
    deletes: { value: ({ effects }) => effects.deletes ?? [], ...words },
    serves: { value: ({ effects }) => effects.serves ?? [], ...words },
    exitStatuses: {
      value({ effects }) {
        const exits = exitsOf(effects);
        return EXIT_TABLE.filter(({ name }) => exits.has(name)).map(({ code }) => code);
      },
      shape: listOf(whole),
    },
    examples: { shape: listOf(objectOf({ command: text, note: text })) },
    /** The JSON Schema of its `--json`; null if it prints no document. */
    output: { shape: anything },
  },
  json: [
    ...(["command", "aliases", "summary", "description", "parameters", "reads", "writes"] as const),
    ...(["deletes", "serves", "exitStatuses", "examples", "output"] as const),
  ],
  table: ["command", "summary"],
});

interface Tree {
  readonly rows: readonly Row[];
  readonly groups: Registry["groups"];
}

// The JSON is not the list alone, so there is no --fields.
const { choose: _, ...list } = listView({
  noun: rows,
  rows: ({ rows: all }: Tree) => all,
  id: ({ command: name }) => name,
  none: () => "No commands.",
});

export const command = defineCommand({
  description:
    "Lists every command. With --json: its arguments, options and variables, what it reads, writes, deletes or serves, its\nexit statuses, examples, and the JSON Schema of its output; and the options, variables and exit statuses of all.",
  fields: {},
  examples: {
    "nectar commands": "one line each",
    "nectar commands --json": "everything, for a program",
  },
  async run(_input, { registry: { groups, commands } }: Context): Promise<Tree> {
    return { groups, rows: await Promise.all(commands.map(rowOf)) };
  },
  view: {
    ...list,
    json: (tree: Tree, commandLine) => ({
      options: GLOBAL_OPTIONS.map(({ flag, help, env = [] }) => ({ flag, help, variables: env })),
      variables: VARIABLES,
      exitStatuses: EXIT_TABLE.map(({ code, meaning }) => ({ code, meaning })),
      groups: tree.groups.map(({ path, ...group }) => ({ group: path.join(" "), ...group })),
      commands: list.json(tree, commandLine),
    }),
    shape: objectOf({
      options: listOf(objectOf({ flag: text, help: text, variables: listOf(text) })),
      variables: listOf(objectOf({ name: text, help: text })),
      exitStatuses: listOf(objectOf({ code: whole, meaning: text })),
      groups: listOf(objectOf({ group: text, aliases: listOf(text), summary: text })),
      commands: list.shape ?? anything,
    }),
  },
});

async function rowOf(entry: Registry["commands"][number]): Promise<Row> {
  const { description, fields, examples, shape } = (await entry.load()).command;
  const name = entry.path.join(" ");
  return {
    ...{ command: name, aliases: entry.aliases, summary: entry.summary, examples },
    description: description ?? null,
    fields: Object.values(fields),
    effects: EFFECTS[name] ?? {},
    output: shape,
  };
}
