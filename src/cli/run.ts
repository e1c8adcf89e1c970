/** Input → run → render: prints a command's result on stdout, and an error as one message with an exit status. */

import {
  EXIT_TABLE,
  type ExitName,
  exitCode,
  NectarError,
  type NextCommand,
  StatusError,
  UsageError,
} from "../errors.ts";
import { jsonText, printable } from "../terminal/sanitize.ts";
import type { Screen } from "../terminal/streams.ts";
import { shorten } from "../words/shorten.ts";
import type { CommandDefinition, Fields, View } from "./define.ts";
import { gatherInput, hasDeadline } from "./input.ts";
import type { CommandLine, Io } from "./io.ts";
import { objectOf, pathsOf, SCHEMA_VERSION, text } from "./shape.ts";
import type { RawInput } from "./words.ts";

/**
 * Gathers a command's input, runs it, prints its value.
 *
 * @returns the exit status
 * @throws any error of input or `run`, and, after the value is printed, the error from the command's `failure`
 */
export async function runCommand<F extends Fields, Context extends Io, Value>(
  definition: CommandDefinition<F, Context, Value>,
  raw: RawInput,
  context: Context,
): Promise<number> {
  const view = await chosenView(definition.view, raw.options["fields"], context);
  const input = await gatherInput(definition, raw, context);
  if (hasDeadline(definition, context)) context.startDeadline();
  const value = await definition.run(input, context);
  context.progress.stop();
  await print(view, value, context);
  const status = await definition.hold?.(value, context);
  const failure = definition.failure?.(value) ?? null;
  if (failure !== null) throw failure;
  return status ?? exitCode("done");
}

/**
 * The view with only the fields that `--fields` names.
 *
 * @throws UsageError `unknown_field` that names those that exist, before any question or request
 */
async function chosenView<Value>(
  view: View<Value>,
  given: unknown,
  { globals }: Io,
): Promise<View<Value>> {
  if (typeof given !== "string" || view.choose === undefined || view.shape === null) return view;
  if (globals.quiet) {
    throw new UsageError("invalid_input", "--fields and --quiet can't be used together");
  }
  const known = pathsOf(view.shape);
  const paths = given.split(",").map((path) => path.trim());
  const wrong = paths.find((path) => !known.includes(path));
  if (wrong === undefined) return { ...view, ...view.choose([...new Set(paths)]) };
  const { didYouMean } = await import("../words/nearest.ts");
  throw new UsageError(
    "unknown_field",
    `--fields: "${shorten(wrong)}" is not a field${didYouMean(wrong, known)}`,
    {
      hint: `It takes ${known.join(", ")}.`,
    },
  );
}

async function print<Value>(view: View<Value>, value: Value, context: Io): Promise<void> {
  const { commandLine, streams } = context;
  const { stdout, stderr } = streams;
  if (context.globals.json) {
    const document = view.json(value, commandLine);
    // A command with `hold` may print nothing here, and then one line per event.
    if (document !== undefined) stdout.write(`${jsonText(versioned(document, view), 2)}\n`);
  } else if (context.globals.quiet) {
    for (const id of view.ids?.(value) ?? []) stdout.write(`${printable(id)}\n`);
  } else if (stdout.isTTY) {
    stdout.write(
      endingInNewline(await view.human(value, stdout, context.clock.now(), commandLine)),
    );
    const footer = view.footer?.(value) ?? null;
    if (footer !== null) {
      const { wrapText } = await import("../terminal/wrap.ts");
      stderr.write(`\n${await wrapText(stderr.palette.dim(printable(footer)), stderr)}\n`);
    }
  } else {
    stdout.write(endingInNewline(await view.plain(value, commandLine)));
  }
  if (context.globals.json || context.globals.quiet) return;
  const none = (await view.none?.(value, commandLine)) ?? null;
  if (none !== null) context.note(none);
}

/** Adds the version of our JSON to an object; a list stays a list. */
function versioned<Value>(document: unknown, { isForeign }: View<Value>): unknown {
  const isObject = typeof document === "object" && document !== null && !Array.isArray(document);
  return isObject && !isForeign ? { schemaVersion: SCHEMA_VERSION, ...document } : document;
}

function endingInNewline(text: string): string {
  const trimmed = text.replace(/\n+$/, "");
  return trimmed === "" ? "" : `${trimmed}\n`;
}

/** The shape of `nextJson`. */
export const nextShape = objectOf({ command: text, why: text });

/** A suggested command in JSON output. */
export function nextJson({ words, why }: NextCommand, commandLine: CommandLine): object {
  return { command: commandLine({ words }), why };
}

/** A suggested command on a line of its own, easy to copy; the reason goes above it when one line is too short for both. */
export function nextLines(
  { words, why }: NextCommand,
  { columns, palette }: Screen,
  commandLine: CommandLine,
): readonly string[] {
  const command = `  ${commandLine({ words })}`;
  const reason = printable(why);
  const width = columns ?? Number.POSITIVE_INFINITY;
  return command.length + 3 + reason.length <= width
    ? [`${command}   ${palette.dim(reason)}`]
    : [palette.dim(`  ${reason}:`), command];
}

/** A failure that is none of the others: a bug. */
export class UnexpectedError extends NectarError {
  readonly exit = "bug";
}

/** Anything that was thrown, as one of these errors. */
export function nectarError(error: unknown): NectarError {
  if (error instanceof NectarError) return error;
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const unexpected = new UnexpectedError("unexpected", `unexpected failure: ${what}`);
  if (error instanceof Error && error.stack !== undefined) unexpected.stack = error.stack;
  return unexpected;
}

/**
 * Prints an error on stderr: one object with `--json`, else what happened, what to do, and the command to do it with.
 *
 * @returns the exit to use
 */
export function reportError(
  error: unknown,
  { streams, commandLine, globals, version }: Io,
): ExitName {
  const bug = `This is a bug in nectar ${version}. Please report it with the command that you ran and this line.`;
  const found = nectarError(error);
  const known = found instanceof UnexpectedError ? found.with({ hint: bug }) : found;
  const { stderr } = streams;
  if (globals.json) stderr.write(`${jsonText(errorJson(known, commandLine), 2)}\n`);
  else {
    const lines = known instanceof StatusError ? statusLines(known) : messageLines(known);
    const painted = lines.map(({ text, lead }) => {
      const shown = printable(text, MAX_LINE_LENGTH);
      return lead === undefined ? shown : `${stderr.palette.bold(lead)} ${shown}`;
    });
    const next =
      known instanceof StatusError
        ? known.next.slice(0, 1).map((one) => `Next: ${commandLine(one)}`)
        : known.next.flatMap((one) => nextLines(one, stderr, commandLine));
    stderr.write(`${[...painted, ...next].join("\n")}\n`);
  }
  if (globals.debug && known instanceof UnexpectedError) {
    const frames = (known.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
    for (const frame of frames) stderr.write(`debug ${printable(frame)}\n`);
  }
  return known.exit;
}

const MAX_LINE_LENGTH = 2000;

interface Line {
  /** Printed before the text, in bold. */
  readonly lead?: string;
  readonly text: string;
}

function messageLines(error: NectarError): readonly Line[] {
  return [
    { lead: "nectar:", text: error.message },
    ...error.lines.map((text) => ({ text: `  ${text}` })),
    ...createdIds(error).map(([what, id]) => ({ text: `  created: ${what} ${id}` })),
    ...(error.hint === null ? [] : [{ text: error.hint }]),
  ];
}

/** The status; what it means and what to do; the exit status. The suggested command is the fourth line. */
function statusLines(error: StatusError): readonly Line[] {
  const row = EXIT_TABLE.find(({ name }) => name === error.exit);
  return [
    { text: error.message },
    ...(error.lines.length === 0 ? [] : [{ text: error.lines.join(" ") }]),
    { text: `Exit ${row?.code ?? ""}: ${row?.meaning ?? ""}.` },
  ];
}

function errorJson(error: NectarError, commandLine: CommandLine): object {
  const { code, message, hint, lines, next, httpStatus, retryable, created } = error;
  return {
    schemaVersion: SCHEMA_VERSION,
    error: {
      code,
      message,
      hint,
      ...(lines.length > 0 ? { details: lines } : {}),
      next: next.map((one) => nextJson(one, commandLine)),
      httpStatus,
      retryable,
      created,
    },
  };
}

/** What a failed run had created, so that no ID is lost. */
function createdIds({ created }: NectarError): readonly (readonly [what: string, id: string])[] {
  const { companyId, siteIds, connectionId } = created;
  return [
    ...(companyId === null ? [] : [["company", companyId] as const]),
    ...siteIds.map((id) => ["site", id] as const),
    ...(connectionId === null ? [] : [["connection", connectionId] as const]),
  ];
}
