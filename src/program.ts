/** The registry as a commander tree: global options, help, and the options of the one command that is asked for. */
import { Command, CommanderError, Help, Option } from "commander";
import { commandLines, NO_FLAGS } from "./app/hints.ts";
import type { Field, Runnable } from "./cli/define.ts";
import type { ListItem, RawInput } from "./cli/input.ts";
import { reportError, runCommand } from "./cli/run.ts";
import type { Context, Globals } from "./commands/context.ts";
import { createContext, type World } from "./commands/create-context.ts";
import {
  type Environment,
  GLOBAL_OPTIONS,
  isSet,
  readGlobals,
  TAKES_VALUE,
} from "./commands/globals.ts";
import { COMMANDS, type CommandEntry, type CommandGroup, GROUPS } from "./commands/registry.ts";
import { EXIT_TABLE, type ExitName, exitCode, UsageError } from "./errors.ts";

/**
 * Runs one command line from its words to its exit status. Never throws, never ends the process.
 *
 * @param words what stands after `nectar`
 * @returns the exit status
 */
export async function runProgram(words: readonly string[], world: Outside): Promise<number> {
  return exitCode(await run(words, world));
}

async function run(words: readonly string[], world: Outside): Promise<ExitName> {
  const { streams, env, version } = world;
  let asked: Asked;
  try {
    asked = await parse(words, env, version, streams.stdout.columns);
  } catch (error) {
    return reportOutside(error, words, world);
  }
  if (asked.kind === "text") {
    streams.stdout.write(`${asked.text.trimEnd()}\n`);
    return "done";
  }
  const { command, name, raw, globals } = asked;
  const context = createContext({ ...world, globals, commandName: name });
  let exit: ExitName = "done";
  const report = (error: unknown) => {
    context.progress.stop();
    exit = reportError(error, { ...context, debug: globals.debug }, version);
    world.onReported?.();
  };
  try {
    await command.invoke((definition) => runCommand(definition, name, raw, context));
  } catch (error) {
    report(error);
  }
  try {
    await context.close();
  } catch (error) {
    // A run that has failed has explained itself already.
    if (exit === "done") report(error);
  }
  return exit;
}

/** What `main.ts` gives: the outside, before the command line was understood. */
export interface Outside extends Omit<World, "globals" | "commandName"> {
  /** Told when a failure has been explained on stderr. */
  readonly onReported?: (() => void) | undefined;
}

/** Explains a failure that is no command's, in the form that the words ask for. */
export function reportOutside(error: unknown, words: readonly string[], world: Outside): ExitName {
  const { streams, env, version, machine } = world;
  const exit = reportError(
    error,
    {
      streams,
      commandLine: commandLines(machine.startedAs, () => NO_FLAGS),
      mode: { json: wantsJson(words), quiet: false, yes: false },
      debug: isSet(env["NECTAR_DEBUG"]),
    },
    version,
  );
  world.onReported?.();
  return exit;
}

/** What the command line asks for. */
export type Asked =
  | { readonly kind: "text"; readonly text: string }
  | {
      readonly kind: "command";
      readonly name: string;
      readonly command: Runnable<Context>;
      readonly raw: RawInput;
      readonly globals: Globals;
    };

/**
 * Understands a command line. Only the command that is asked for is loaded.
 *
 * @param words what stands after `nectar`
 * @param width the terminal's columns, for help
 * @throws UsageError for everything that commander refuses
 */
export async function parse(
  words: readonly string[],
  env: Environment,
  version: string,
  width: number | null,
): Promise<Asked> {
  const argv = withoutHelpWord(words);
  const entry = findEntry(argv);
  const loaded = entry === null ? null : (await entry.load()).command;
  let out = "";
  let called: Pick<RawInput, "options" | "args"> | null = null;
  const program = new Command("nectar")
    .description("From nothing to a validated Nectar Climate connection, in one command.")
    .version(version, "-V, --version", "print the version")
    .helpOption("-h, --help", "show help")
    .helpCommand(false)
    .showHelpAfterError(false)
    .configureHelp({
      showGlobalOptions: true,
      minWidthToWrap: NARROWEST,
      formatItem,
      ...(width === null ? {} : { helpWidth: width }),
    })
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        out += text;
      },
      writeErr: () => {},
      outputError: () => {},
    });
  addGlobals(program);
  program.addHelpText("after", rootHelp());
  for (const each of COMMANDS) {
    const node = parentOf(each.path, program)
      .command(each.path.at(-1) ?? "")
      .summary(each.summary);
    for (const alias of each.aliases) node.alias(alias);
    if (each === entry && loaded !== null) addFields(node, each, loaded);
    node.action((...given: unknown[]) => {
      called = {
        options: node.opts(),
        args: given.slice(0, -2).filter((arg) => typeof arg === "string"),
      };
    });
  }
  try {
    program.parse(argv, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const isHelp = error.code === "commander.help" || error.code === "commander.helpDisplayed";
    // Help of what does not exist is refused as the thing itself is.
    if (isHelp && entry === null && wordsOf(argv).length > calledPath(argv).length) {
      return parse(
        argv.filter((word) => !HELP.includes(word)),
        env,
        version,
        width,
      );
    }
    if (error.code === "commander.help") return { kind: "text", text: groupHelp(program, argv) };
    if (error.exitCode === 0) return { kind: "text", text: out };
    throw usageError(error, argv);
  }
  if (called === null || entry === null || loaded === null) {
    return { kind: "text", text: groupHelp(program, argv) };
  }
  const globals = readGlobals(program.opts(), env);
  return { kind: "command", name: nameOf(entry), command: loaded, raw: called, globals };
}

const HELP: readonly string[] = ["-h", "--help"];

/** Columns in which text is broken at all. */
const NARROWEST = 20;

/** Columns that a description needs to be read well beside its term; with less it goes below. */
const BESIDE = 34;

/** A term and its description in the terminal's width, whatever is long. */
function formatItem(term: string, termWidth: number, text: string, helper: Help): string {
  const width = helper.helpWidth ?? 80;
  if (text === "" || width - termWidth - 4 >= BESIDE) {
    return Help.prototype.formatItem.call(helper, term, termWidth, text, helper);
  }
  const indent = " ".repeat(6);
  const wrapped = helper.boxWrap(text, width - indent.length).replace(/\n/g, `\n${indent}`);
  return `  ${term}\n${indent}${wrapped}`;
}

/** `nectar help sites` means `nectar sites --help`. */
function withoutHelpWord(words: readonly string[]): readonly string[] {
  const at = words.findIndex((word) => !word.startsWith("-"));
  return words[at] === "help" ? [...words.toSpliced(at, 1), "--help"] : words;
}

/** Whether the words ask for JSON, read before they are parsed, so that a parse error is in the right form. */
function wantsJson(words: readonly string[]): boolean {
  const end = words.indexOf("--");
  return (end < 0 ? words : words.slice(0, end)).includes("--json");
}

function nameOf(entry: CommandEntry): string {
  return ["nectar", ...entry.path].join(" ");
}

/** The command that the words name, or null. */
function findEntry(argv: readonly string[]): CommandEntry | null {
  const called = calledPath(argv).join(" ");
  return COMMANDS.find(({ path }) => path.join(" ") === called) ?? null;
}

/** The words that are neither options nor their values, up to `--`. */
function wordsOf(argv: readonly string[]): readonly string[] {
  const words: string[] = [];
  for (let index = 0; index < argv.length; index += 1) {
    const word = argv[index] ?? "";
    if (word === "--") break;
    if (!word.startsWith("-")) words.push(word);
    else if (TAKES_VALUE.has(word)) index += 1;
  }
  return words;
}

/** The groups and the command that the words name, by their own names, as far as they are known. */
function calledPath(argv: readonly string[]): readonly string[] {
  const called: string[] = [];
  for (const word of wordsOf(argv)) {
    const below = ({ path }: CommandGroup | CommandEntry) =>
      path.length === called.length + 1 && called.every((name, at) => path[at] === name);
    const next = [...GROUPS, ...COMMANDS]
      .filter(below)
      .find(({ path, aliases }) => isCalled(path.at(-1) ?? "", aliases, word));
    if (next === undefined) break;
    called.push(next.path.at(-1) ?? "");
  }
  return called;
}

function isCalled(name: string, aliases: readonly string[], word: string): boolean {
  return name === word || aliases.includes(word);
}

/** The node of the group that a command is in; made with the group's first command. */
function parentOf(path: readonly string[], program: Command): Command {
  let node = program;
  for (let depth = 1; depth < path.length; depth += 1) {
    const words = path.slice(0, depth).join(" ");
    const name = path[depth - 1] ?? "";
    const group = GROUPS.find((each) => each.path.join(" ") === words);
    node =
      node.commands.find((one) => one.name() === name) ??
      addGroup(node, name, group ?? { path, aliases: [], summary: name });
  }
  return node;
}

function addGroup(parent: Command, name: string, { aliases, summary }: CommandGroup): Command {
  const group = parent.command(name).summary(summary).helpCommand(false);
  for (const alias of aliases) group.alias(alias);
  return group.description(`${summary[0]?.toUpperCase()}${summary.slice(1)}.`);
}

function addGlobals(program: Command): void {
  program.optionsGroup("Global options:");
  for (const { flag, help } of GLOBAL_OPTIONS) program.addOption(new Option(flag, help));
}

function addFields(node: Command, entry: CommandEntry, command: Runnable<Context>): void {
  node.description(
    flowing(command.description ?? `${entry.summary[0]?.toUpperCase()}${entry.summary.slice(1)}.`),
  );
  for (const [name, field] of Object.entries(command.fields)) addField(node, name, field);
  if (command.examples.length > 0) {
    const lines = command.examples.map(({ command: line, note }) => `  ${line}\n      ${note}`);
    node.addHelpText("after", `\nExamples:\n${lines.join("\n")}\n\nExit status: see nectar --help`);
  }
}

/** Lines that break within a sentence made one, so that each terminal breaks them by its own width. Lists keep theirs. */
function flowing(text: string): string {
  return text.replace(/(?<=[^\n.:])\n(?=\S)/g, " ");
}

function addField(node: Command, name: string, field: Field): void {
  if (field.kind === "argument") {
    // Never required by commander: what is missing is named together with everything else.
    node.argument(field.flag.replace(/^<(.*)>$/, "[$1]"), field.help);
    return;
  }
  const add = (flag: string, help: string, collect: boolean) => {
    const made = new Option(flag, help);
    // The field's own name, whatever the flag is called.
    made.attributeName = () => name;
    if (collect) {
      made.argParser((text, items: readonly ListItem[] | undefined) => [
        ...(items ?? []),
        { flag, text },
      ]);
    }
    node.addOption(made);
  };
  if (field.kind === "list") {
    add(field.flag, field.help, true);
    if (field.or !== undefined) add(field.or.flag, field.or.help, true);
    return;
  }
  const env = field.kind === "option" && field.env !== undefined ? ` (env: ${field.env})` : "";
  const fallback =
    field.kind === "option" && field.fallback !== undefined ? ` (default: ${field.fallback})` : "";
  add(field.flag, `${field.help}${fallback}${env}`, false);
  if (field.kind === "switch" && field.negatable) {
    add(field.flag.replace(/^--/, "--no-"), "do not", false);
  }
}

/** The help of the group that the words name, or of everything. */
function groupHelp(program: Command, argv: readonly string[]): string {
  let node = program;
  for (const name of calledPath(argv)) {
    node = node.commands.find((one) => one.name() === name) ?? node;
  }
  return node.helpInformation() + (node === program ? rootHelp() : "");
}

const FIRST_STEPS = { examples: ["nectar onboard --local"] } as const;

function rootHelp(): string {
  const codes = EXIT_TABLE.map(({ code, meaning }) => `  ${String(code).padStart(3)}  ${meaning}`);
  return `
Environment:
  NECTAR_API_KEY      the API key; wins over a stored one
  NECTAR_CONFIG_DIR   folder of profiles (config.json) and stored keys
  NECTAR_STATE_DIR    folder of the local emulator's data

Exit status:
${codes.join("\n")}

Begin with:
${FIRST_STEPS.examples.map((line) => `  ${line}`).join("\n")}
`;
}

/** Commander's refusal in our words. A value that may be a secret is never echoed. */
function usageError(error: CommanderError, argv: readonly string[]): UsageError {
  const suggestion = /\(Did you mean (?:one of )?(.+?)\?\)/s.exec(error.message)?.[1];
  const hint = suggestion === undefined ? undefined : `Did you mean ${suggestion}?`;
  const next = [{ words: ["nectar", ...calledPath(argv), "--help"], why: "what it takes" }];
  switch (error.code) {
    case "commander.unknownOption": {
      const flag = safeWord(
        /'([^']*)'/.exec(error.message)?.[1] ?? "",
        /^(?:-[A-Za-z]|--[A-Za-z][A-Za-z-]{0,30})$/,
      );
      return new UsageError(
        "unknown_option",
        `unknown option ${flag ?? "(not shown: it may hold a secret)"}`,
        { hint, next },
      );
    }
    case "commander.unknownCommand": {
      const word = safeWord(/'([^']*)'/.exec(error.message)?.[1] ?? "", /^[a-z][a-z-]{0,20}$/);
      return new UsageError(
        "unknown_command",
        `unknown command ${word ?? "(not shown: it may hold a secret)"}`,
        { hint, next },
      );
    }
    case "commander.optionMissingArgument": {
      const flag = /'([^']*)'/.exec(error.message)?.[1] ?? "an option";
      return new UsageError("missing_value", `${flag} needs a value`, { next });
    }
    case "commander.excessArguments":
      return new UsageError("too_many_arguments", "too many arguments", {
        hint: "A value with spaces needs quotes. No secret is taken as an argument.",
        next,
      });
    default:
      return new UsageError("usage", "the command line can't be understood", { next });
  }
}

/** A word in quotes if it has the form of a flag or command; the part from `=` on is dropped. */
function safeWord(word: string, form: RegExp): string | null {
  const bare = word.split("=")[0] ?? "";
  return form.test(bare) ? `"${bare}"` : null;
}
