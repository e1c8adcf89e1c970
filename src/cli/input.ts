/** Gathers a command's input: flag, then a prompt. Reports everything that is missing at once. */

import { UsageError, withOptions } from "../errors.ts";
import { shorten } from "../words/shorten.ts";
import type { CommandDefinition, Field, Fields, InputOf, Missing, OptionField } from "./define.ts";
import type { Io } from "./io.ts";
import { optionName, type RawInput } from "./words.ts";

/**
 * Turns raw words into a command's input.
 *
 * @throws UsageError `invalid_input` for values that are not allowed; where the command can't prompt, `missing_input` for
 *   missing values and `confirmation_needed`
 */
export async function gatherInput<F extends Fields, Context extends Io, Value>(
  definition: CommandDefinition<F, Context, Value>,
  raw: RawInput,
  context: Context,
): Promise<InputOf<F>> {
  if (context.globals.hasTimeout && hasDeadline(definition, context)) context.startDeadline();
  const values: Record<string, unknown> = {};
  const problems: string[] = [];
  const missing: [name: string, field: Field][] = [];
  let position = 0;
  for (const [name, field] of Object.entries(definition.fields)) {
    const given = field.kind === "argument" ? raw.args[position++] : raw.options[name];
    if (field.kind === "rest") {
      const words = raw.args.slice(position);
      values[name] = words;
      if (field.required && words.length === 0) missing.push([name, field]);
    } else if (field.kind === "switch") values[name] = given;
    else if (field.kind === "stdin") {
      // What is on stdin is read below, once nothing is missing.
      values[name] = given === true ? "" : context.env[field.env ?? ""] || undefined;
    } else if (field.kind === "list") {
      const items = typeof given === "object" ? given : [];
      values[name] = items.map(({ flag, text }) =>
        readValue(field.or?.flag === flag ? field.or : field, text, problems),
      );
    } else {
      const fallback = field.kind === "option" ? field.fallback : undefined;
      const known = typeof given === "string" ? given : fallback;
      if (known === undefined) {
        if (field.required) missing.push([name, field]);
      } else values[name] = readValue(field, known, problems);
    }
  }
  if (problems.length > 0) throw invalid(problems);

  // Each member was read by its own field.
  let input = values as InputOf<F>;
  for (const names of definition.exclusive ?? []) {
    const given = names.flatMap((name) => {
      const field = definition.fields[name];
      return field !== undefined && isGiven(input[name]) ? [optionName(field)] : [];
    });
    if (given.length < 2) continue;
    throw new UsageError("invalid_input", `${given.join(" and ")} can't be used together`);
  }
  definition.check?.(input);
  if (!(await context.canAsk())) {
    const all = [
      ...missing.map(([, field]) => ({ flag: optionName(field), what: field.help })),
      ...(definition.missing?.(input) ?? []),
    ];
    if (all.length > 0) throw missingInput(context, all);
    // No prompt follows, so the deadline starts here: it must also cover a stdin that never ends.
    if (hasDeadline(definition, context)) context.startDeadline();
  }
  for (const [name, field] of Object.entries(definition.fields)) {
    if (field.kind !== "stdin" || raw.options[name] !== true) continue;
    values[name] = await context.readStdin();
    if (values[name] === "") throw invalid([`${optionName(field)}: stdin is empty`]);
  }
  if (await context.canAsk()) {
    for (const [name, field] of missing) values[name] = await askFor(field, context);
    if (definition.interview) input = await definition.interview(input, context);
  }
  if (definition.confirm !== undefined && !context.globals.yes) {
    const question = await definition.confirm(input, context);
    await confirm(question, context);
    input = question.input ?? input;
  }
  return input;
}

export function isGiven(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false;
}

/** Whether a command has a deadline at all. */
export function hasDeadline(
  { hold, unlimited }: { readonly hold?: unknown; readonly unlimited?: true },
  { globals }: Pick<Io, "globals">,
): boolean {
  return hold === undefined && (unlimited === undefined || globals.hasTimeout);
}

/** A question before something that can't be undone. */
export interface Confirmation {
  readonly message: string;
  /** What it is about, a line each; shown where the question can't be asked. */
  readonly lines?: readonly string[];
  /** What to type as the answer; default: yes or no. */
  readonly typed?: string | undefined;
}

/**
 * Asks for a confirmation; `--yes` is one.
 *
 * @throws UsageError `not_confirmed`; `confirmation_needed` where the command can't prompt
 */
export async function confirm(
  { message, lines = [], typed }: Confirmation,
  { globals, prompter, canAsk, words }: Io,
): Promise<void> {
  if (globals.yes) return;
  if (!(await canAsk())) {
    throw new UsageError(
      "confirmation_needed",
      "this needs a confirmation, and there is no terminal to answer on",
      {
        lines: [...lines, message],
        hint: "Add --yes to confirm.",
        next: [{ words: withOptions(words, ["--yes"]), why: "the same, confirmed" }],
      },
    );
  }
  const ask = await prompter();
  const isConfirmed =
    typed === undefined
      ? await ask.confirm({ message, default: false })
      : (await ask.text({ message, hint: typed, optional: true })) === typed;
  if (isConfirmed) return;
  throw new UsageError("not_confirmed", "not confirmed, nothing was done");
}

/** Reads one value; a problem is added to `problems` as one line. */
function readValue(
  field: Pick<OptionField<unknown>, "flag" | "read" | "allowed">,
  text: string,
  problems: string[],
): unknown {
  try {
    const value = field.read(text);
    if (value !== null) return value;
    problems.push(
      `${optionName(field)}: ${shownValue(text)} is not allowed; it takes ${field.allowed}`,
    );
  } catch (error) {
    problems.push(`${optionName(field)}: ${sentenceOf(error)}`);
  }
  return undefined;
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function shownValue(text: string): string {
  if (text === "") return "an empty value";
  // Text before an `@` may be a password.
  if (/^[a-z][a-z0-9+.-]*:\/\/.*@/is.test(text))
    return "the URL (not shown: it may contain a secret)";
  return `"${shorten(text)}"`;
}

async function askFor(field: Field, context: Io): Promise<unknown> {
  if (field.kind !== "option" || field.ask === undefined) {
    throw missingInput(context, [{ flag: optionName(field), what: field.help }]);
  }
  const { read, allowed, ask } = field;
  const check = (text: string): string | null => {
    try {
      return read(text) === null ? `It takes ${allowed}` : null;
    } catch (error) {
      return sentenceOf(error);
    }
  };
  const prompter = await context.prompter();
  return read(await prompter.text({ message: ask, validate: check }));
}

function invalid(problems: readonly string[]): UsageError {
  const [first, ...rest] = problems;
  return new UsageError("invalid_input", first ?? "invalid input", { lines: rest });
}

function missingInput({ commandName }: Io, missing: readonly Missing[]): UsageError {
  const flags = missing.map(({ flag }) => flag).join(", ");
  const width = Math.max(...missing.map(({ flag }) => flag.length));
  return new UsageError("missing_input", `missing input: ${flags}`, {
    lines: missing.map(({ flag, what }) => `${flag.padEnd(width)}  ${what}`),
    next: [{ words: [...commandName.split(" "), "--help"], why: "all options, with examples" }],
  });
}

/** @throws UsageError `missing_input` when all of these, by the names of their fields, are undefined */
export function requireChange(changes: object, fields: Fields): void {
  if (Object.values(changes).some((value) => value !== undefined)) return;
  const options = Object.values(fields).filter(({ kind }) => kind === "option");
  const flags = options.map(optionName).join(", ");
  throw new UsageError(
    "missing_input",
    `missing input: nothing to change; give at least one of ${flags}`,
  );
}
