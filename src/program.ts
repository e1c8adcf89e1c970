/** Builds the commander tree from the registry: global options, help, and the options of the command being called. */
import { Command, CommanderError, Help, Option } from "commander";
import type { Call, Context, Registry } from "./app/context.ts";
import type { Given } from "./app/create-context.ts";
import { GLOBAL_OPTIONS, VARIABLES } from "./app/global-options.ts";
import { addFields, helpLayout, parseError } from "./cli/commander.ts";
import type { Runnable } from "./cli/define.ts";
import { SCHEMA_VERSION } from "./cli/shape.ts";
import { childrenOf } from "./cli/tree.ts";
import type { RawInput } from "./cli/words.ts";
import { COMMANDS, GROUPS, NODES } from "./commands/registry.ts";
import { EXIT_TABLE, exitCode } from "./errors.ts";

export interface Program {
  /**
   * Runs one command line and returns its exit status. Never throws, never exits the process.
   *
   * @param words the arguments after `nectar`
   */
  run(words: readonly string[]): Promise<number>;
  /** Reports a failure on stderr, as JSON with `--json`. Returns the exit status. */
  explain(error: unknown): Promise<number>;
  readonly hasExplained: boolean;
}

/** What the program needs before a command is called. */
type Start = Pick<Given, "streams" | "env" | "version">;

/** @param outside the rest of what a context is created from; loading it takes time */
export function openProgram(
  start: Start,
  outside: () => Promise<Omit<Given, keyof Start>>,
): Program {
  const { env, streams, version } = start;
  /** The options that decide how a failure is shown, as far as they have been parsed. */
  let shown: Readonly<Record<string, unknown>> = {};
  let context: Context | null = null;
  let hasExplained = false;
  const open = async (
    options: Readonly<Record<string, unknown>>,
    variables: Context["env"],
    call?: Call,
  ): Promise<Context> => {
    const [given, { createContext }, { readGlobals }] = await Promise.all([
      outside(),
      import("./app/create-context.ts"),
      import("./app/globals.ts"),
    ]);
    return createContext({ ...given, ...start }, readGlobals(options, variables), call);
  };
  const explain = async (error: unknown): Promise<number> => {
    hasExplained = true;
    const { NECTAR_DEBUG, NECTAR_ACCESSIBLE, ACCESSIBLE, TERM } = env;
    // Reading these can't fail.
    const { json, color, accessible } = shown;
    context ??= await open(
      { json, color, accessible },
      { NECTAR_DEBUG, NECTAR_ACCESSIBLE, ACCESSIBLE, TERM },
    );
    context.progress.stop();
    const { reportError } = await import("./cli/run.ts");
    return exitCode(reportError(error, context));
  };
  return {
    explain,
    get hasExplained() {
      return hasExplained;
    },
    async run(words) {
      // Not parsed: what is completed is not a command line yet.
      if (words[0] === COMPLETE && words.length > 1) {
        streams.stdout.write(await completions(words.slice(1), (options) => open(options, env)));
        return exitCode("done");
      }
      const parsed = await parse(words, version, streams.stdout.columns);
      shown = parsed.options;
      if (parsed.kind === "refused") return explain(parsed.error);
      if (parsed.kind === "text") {
        const text = parsed.text.trimEnd();
        const document = {
          schemaVersion: SCHEMA_VERSION,
          [text === version ? "version" : "help"]: text,
        };
        // The parser ends with `--version`, so its options lack what stands after it.
        const isJson = words.includes("--json");
        streams.stdout.write(`${isJson ? JSON.stringify(document, undefined, 2) : text}\n`);
        return exitCode("done");
      }
      const { command, path, raw, options } = parsed;
      let status = exitCode("done");
      try {
        const [{ runCommand }, { wordsOf }] = await Promise.all([
          import("./cli/run.ts"),
          import("./cli/words.ts"),
        ]);
        const opened = await open(options, env, {
          ...{ name: ["nectar", ...path].join(" "), words: wordsOf(path, command.fields, raw) },
          registry: REGISTRY,
        });
        context = opened;
        await command.invoke(async (definition) => {
          status = await runCommand(definition, raw, opened);
        });
      } catch (error) {
        status = await explain(error);
      }
      try {
        await context?.close();
      } catch (error) {
        // A run that failed has already reported its error.
        if (status === exitCode("done")) status = await explain(error);
      }
      return status;
    },
  };
}

/** The word before an unfinished command line, with which a shell calls this tool; see the scripts in commands. */
const COMPLETE = "__complete";

async function completions(
  words: readonly string[],
  open: (options: Readonly<Record<string, unknown>>) => Promise<Context>,
): Promise<string> {
  const [{ complete, completionLines }, { storedValues }] = await Promise.all([
    import("./cli/completion.ts"),
    import("./app/stored-values.ts"),
  ]);
  // The word at the cursor comes behind a `=`, so that it is never empty.
  const found = await complete(words.with(-1, words.at(-1)?.slice(1) ?? ""), {
    nodes: NODES,
    globals: GLOBAL_OPTIONS,
    fieldsOf: async (path) => {
      const entry = COMMANDS.find((one) => one.path.join(" ") === path.join(" "));
      return (await entry?.load())?.command.fields ?? {};
    },
    valuesOf: (kind, options) => storedValues(kind, options, open),
  });
  return completionLines(found);
}

export type Parsed = {
  /** The global options under commander's names, as far as they could be parsed. */
  readonly options: Readonly<Record<string, unknown>>;
} & (
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "refused"; readonly error: unknown }
  | {
      readonly kind: "command";
      readonly path: readonly string[];
      readonly command: Runnable<Context>;
      readonly raw: RawInput;
    }
);

/**
 * Parses a command line. Loads only the command that it names.
 *
 * @param words the arguments after `nectar`
 * @param width the terminal width in columns, for help
 */
export async function parse(
  words: readonly string[],
  version: string,
  width: number | null,
): Promise<Parsed> {
  let text = "";
  let parsed: Parsed | null = null;
  const program = rootCommand(version, width, (part) => {
    text += part;
  });
  /** The node whose arguments are being parsed. */
  let last = program;
  addChildren(program, async (entry, node) => {
    last = node;
    const { path } = entry;
    node.description(`${entry.summary[0]?.toUpperCase()}${entry.summary.slice(1)}.`);
    if (!("load" in entry)) return;
    const { command } = await entry.load();
    addDefinition(node, command);
    node.action((...given: unknown[]) => {
      const args = given
        .slice(0, -2)
        .flat()
        .filter((arg) => typeof arg === "string");
      const raw = { options: node.opts(), args };
      parsed = { kind: "command", options: program.opts(), path, command, raw };
    });
  });
  // `nectar help options` shows what every command takes; `nectar help sites list` means `nectar sites list --help`.
  program
    .command("help [words...]", { hidden: true })
    .helpOption(false)
    .allowUnknownOption()
    .action(async (path: readonly string[]) => {
      const called = path.filter((word) => !word.startsWith("-"));
      if (called.join() === "options") {
        parsed = { kind: "text", options: program.opts(), text: optionsHelp(width) };
        return;
      }
      parsed = await parse([...called, "--help"], version, width);
    });
  try {
    await program.parseAsync(words, { from: "user" });
  } catch (error) {
    const options = program.opts();
    if (!(error instanceof CommanderError)) return { kind: "refused", options, error };
    const isHelp = error.code === "commander.help" || error.code === "commander.helpDisplayed";
    const rest = last.args.filter((word) => !HELP.includes(word));
    if (isHelp && last.commands.length > 0 && rest.some((word) => !word.startsWith("-"))) {
      // An unknown command after the group: the same error as without --help.
      const again = await parse([...pathOf(last), ...rest], version, width);
      if (again.kind === "refused") return { ...again, options };
    }
    if (isHelp || error.exitCode === 0) return { kind: "text", options, text };
    const { meantBy } = await import("./commands/suggestions.ts");
    return { kind: "refused", options, error: parseError(error, last, pathOf(last), meantBy) };
  }
  return parsed ?? { kind: "text", options: program.opts(), text };
}

const REGISTRY: Registry = { groups: GROUPS, commands: COMMANDS };

const HELP: readonly string[] = ["-h", "--help"];

function rootCommand(
  version: string,
  width: number | null,
  write: (text: string) => void,
): Command {
  const program = new Command("nectar")
    .description("From nothing to a validated Nectar Climate connection, in one command.")
    .version(version, "-V, --version", "print the version")
    .helpOption("-h, --help", "show help")
    .helpCommand(false)
    .showHelpAfterError(false)
    .configureHelp({ ...helpLayout(width), visibleOptions: optionsOf })
    .configureOutput({ writeOut: write, writeErr: write, outputError: () => {} })
    .exitOverride()
    .addHelpText("after", () => rootHelp(width))
    .addHelpText("afterAll", OPTIONS_LINE);
  for (const { flag } of GLOBAL_OPTIONS) program.addOption(new Option(flag));
  return program;
}

const OPTIONS_LINE =
  "\nOptions of every command, such as --profile and --json: nectar help options";

/** A command's own options. Those of the whole tool are on a page of their own. */
function optionsOf(this: Help, command: Command): Option[] {
  return command.parent === null ? [] : Help.prototype.visibleOptions.call(this, command);
}

function optionsHelp(width: number | null): string {
  const page = new Command("nectar")
    .usage("[options] COMMAND [options]")
    .description("Options that every command takes, before or after its words.")
    .helpOption("-h, --help", "show help")
    .configureHelp(helpLayout(width));
  for (const { flag, help, env } of GLOBAL_OPTIONS) {
    page.addOption(new Option(flag, env === undefined ? help : `${help} (env: ${env.join(", ")})`));
  }
  page.addOption(new Option("-V, --version", "print the version"));
  const names = VARIABLES.map(({ name, help }) => `  ${name.padEnd(18)}  ${help}`);
  return `${page.helpInformation()}\nEnvironment:\n${names.join("\n")}\n`;
}

type Entry = (typeof NODES)[number];

/**
 * Adds the groups and commands directly below a node; those below a group when the command line names it.
 *
 * @param named called for each node that the command line names, before the remaining words are parsed
 */
function addChildren(parent: Command, named: (entry: Entry, node: Command) => Promise<void>): void {
  const entries = new Map<Command, Entry>();
  for (const entry of childrenOf(pathOf(parent), NODES)) {
    const node = parent
      .command(entry.path.at(-1) ?? "")
      .aliases([...entry.aliases])
      .summary(entry.summary)
      .helpCommand(false);
    entries.set(node, entry);
  }
  parent.hook("preSubcommand", async (_parent, node) => {
    const entry = entries.get(node);
    if (entry === undefined) return;
    addChildren(node, named);
    await named(entry, node);
  });
}

/** The words that call a node, without `nectar`. */
function pathOf(node: Command): readonly string[] {
  return node.parent === null ? [] : [...pathOf(node.parent), node.name()];
}

function addDefinition(node: Command, { description, fields, examples }: Runnable<Context>): void {
  if (description !== undefined) node.description(joinBrokenLines(description));
  addFields(node, fields);
  if (examples.length === 0) return;
  const lines = examples.map(({ command, note }) => `  ${command}\n      ${note}`);
  node.addHelpText("after", `\nExamples:\n${lines.join("\n")}\n\nExit status: see nectar --help`);
}

/** Joins lines broken within a sentence, so that help wraps at the terminal width. Line breaks in lists stay. */
function joinBrokenLines(text: string): string {
  return text.replace(/(?<=[^\n.:])\n(?=\S)/g, " ");
}

const FIRST_STEPS = { examples: ["nectar onboard --local"] } as const;

function rootHelp(width: number | null): string {
  const layout = Object.assign(new Help(), helpLayout(width ?? Number.POSITIVE_INFINITY));
  const codes = EXIT_TABLE.map(({ code, meaning }) =>
    layout.formatItem(String(code).padStart(3), 3, meaning, layout),
  );
  return `
Exit status:
${codes.join("\n")}

Start with:
${FIRST_STEPS.examples.map((line) => `  ${line}`).join("\n")}`;
}
