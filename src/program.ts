/** Builds the commander tree from the registry: global options, help, and the options of the command being called. */
import { Command, CommanderError, Help, Option } from "commander";
import type { Context, Registry } from "./app/context.ts";
import { GLOBAL_OPTIONS, readGlobals, VARIABLES } from "./app/globals.ts";
import { addFields, helpLayout, parseError, wordsOf } from "./cli/commander.ts";
import type { Runnable } from "./cli/define.ts";
import type { RawInput } from "./cli/input.ts";
import { reportError, runCommand } from "./cli/run.ts";
import { COMMANDS, GROUPS } from "./commands/registry.ts";
import { meantBy } from "./commands/suggestions.ts";
import { EXIT_TABLE, exitCode } from "./errors.ts";

export interface Program {
  /**
   * Runs one command line and returns its exit status. Never throws, never exits the process.
   *
   * @param words the arguments after `nectar`
   */
  run(words: readonly string[]): Promise<number>;
  /** Reports a failure on stderr, as JSON with `--json`. Returns the exit status. */
  explain(error: unknown): number;
  /** Whether a failure has been reported. */
  readonly hasExplained: boolean;
}

/** @param base the context used until the command line is parsed */
export function openProgram(base: Context): Program {
  let context = base;
  let hasExplained = false;
  const explain = (error: unknown): number => {
    context.progress.stop();
    hasExplained = true;
    return exitCode(reportError(error, context));
  };
  return {
    explain,
    get hasExplained() {
      return hasExplained;
    },
    async run(words) {
      const { env, streams, version } = base;
      // Not parsed: what is completed is not a command line yet.
      if (words[0] === COMPLETE && words.length > 1) {
        streams.stdout.write(await completions(words.slice(1), base));
        return exitCode("done");
      }
      const parsed = await parse(words, version, streams.stdout.columns);
      const { json, color, accessible } = parsed.options;
      // These decide how a failure is shown; reading them can't fail.
      const { NECTAR_DEBUG, NECTAR_ACCESSIBLE, ACCESSIBLE, TERM } = env;
      const shown = { NECTAR_DEBUG, NECTAR_ACCESSIBLE, ACCESSIBLE, TERM };
      context = base.forCommand(readGlobals({ json, color, accessible }, shown));
      if (parsed.kind === "refused") return explain(parsed.error);
      if (parsed.kind === "text") {
        streams.stdout.write(`${parsed.text.trimEnd()}\n`);
        return exitCode("done");
      }
      const { command, path, raw, options } = parsed;
      const name = ["nectar", ...path].join(" ");
      let status = exitCode("done");
      try {
        context = base.forCommand(readGlobals(options, env), {
          ...{ name, words: wordsOf(path, command.fields, raw) },
          registry: REGISTRY,
        });
        await command.invoke(async (definition) => {
          status = await runCommand(definition, name, raw, context);
        });
      } catch (error) {
        status = explain(error);
      }
      try {
        await context.close();
      } catch (error) {
        // A run that failed has already reported its error.
        if (status === exitCode("done")) status = explain(error);
      }
      return status;
    },
  };
}

/** The word before an unfinished command line, with which a shell calls this tool; see the scripts in commands. */
const COMPLETE = "__complete";

async function completions(words: readonly string[], context: Context): Promise<string> {
  const [{ complete, completionLines }, { storedValues }] = await Promise.all([
    import("./cli/completion.ts"),
    import("./app/stored-values.ts"),
  ]);
  // The word at the cursor comes behind a `=`, so that it is never empty.
  const found = await complete(words.with(-1, words.at(-1)?.slice(1) ?? ""), {
    nodes: [...GROUPS, ...COMMANDS],
    globals: GLOBAL_OPTIONS,
    fieldsOf: async (path) => {
      const entry = COMMANDS.find((one) => one.path.join(" ") === path.join(" "));
      return (await entry?.load())?.command.fields ?? {};
    },
    valuesOf: (kind, options) => storedValues(kind, options, context),
  });
  return completionLines(found);
}

/** A command line, parsed. */
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
  addCommands(program, async (_parent, node) => {
    last = node;
    const entry = COMMANDS.find(({ path }) => path.join(" ") === pathOf(node).join(" "));
    if (entry === undefined) return;
    const { command } = await entry.load();
    addDefinition(node, command);
    node.action((...given: unknown[]) => {
      const args = given
        .slice(0, -2)
        .flat()
        .filter((arg) => typeof arg === "string");
      const { path } = entry;
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
    return { kind: "refused", options, error: parseError(error, pathOf(last), meantBy) };
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
    .addHelpText("after", rootHelp())
    .addHelpText("afterAll", OPTIONS_LINE);
  for (const { flag } of GLOBAL_OPTIONS) program.addOption(new Option(flag));
  return program;
}

const OPTIONS_LINE =
  "\nOptions of every command (--profile, --local, --json and others): nectar help options";

/** A command's own options. Those of the whole tool are on a page of their own. */
function optionsOf(this: Help, command: Command): Option[] {
  return command.parent === null ? [] : Help.prototype.visibleOptions.call(this, command);
}

/** The page of `nectar help options`. */
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

type Load = (parent: Command, node: Command) => Promise<void>;

/**
 * Adds every command of the registry, and each group along with its first command.
 *
 * @param load called for a node when the command line names it, before the remaining words are parsed
 */
function addCommands(program: Command, load: Load): void {
  const nodes = new Map([["", program.hook("preSubcommand", load)]]);
  const nodeAt = (path: readonly string[]): Command => {
    const words = path.join(" ");
    const known = nodes.get(words);
    if (known !== undefined) return known;
    const entry = [...COMMANDS, ...GROUPS].find((one) => one.path.join(" ") === words);
    const { summary = "", aliases = [] } = entry ?? {};
    const node = nodeAt(path.slice(0, -1))
      .command(path.at(-1) ?? "")
      .aliases([...aliases])
      .summary(summary)
      .description(`${summary[0]?.toUpperCase()}${summary.slice(1)}.`)
      .helpCommand(false)
      .hook("preSubcommand", load);
    nodes.set(words, node);
    return node;
  };
  for (const { path } of COMMANDS) nodeAt(path);
}

/** The words that call a node, without `nectar`. */
function pathOf(node: Command): readonly string[] {
  return node.parent === null ? [] : [...pathOf(node.parent), node.name()];
}

/** Adds a command's description, fields and examples. */
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

function rootHelp(): string {
  const codes = EXIT_TABLE.map(({ code, meaning }) => `  ${String(code).padStart(3)}  ${meaning}`);
  return `
Exit status:
${codes.join("\n")}

Start with:
${FIRST_STEPS.examples.map((line) => `  ${line}`).join("\n")}`;
}
