/** Input → run → render. Turns what a command returns into bytes on stdout, and an error into one message and an ending. */
import { type ExitName, NectarError } from "../errors.ts";
import type { KitContext, OutputMode } from "./context.ts";
import type { CommandDefinition, Fields, View } from "./define.ts";
import { gatherInput, type RawInput } from "./input.ts";

export const SCHEMA_VERSION = 1;

/** Gathers a command's input, runs it, prints its value. Returns how it ended; throws what it can't handle. */
export async function runCommand<F extends Fields, Context extends KitContext, Value>(
  definition: CommandDefinition<F, Context, Value>,
  commandName: string,
  raw: RawInput,
  context: Context,
): Promise<ExitName> {
  const input = await gatherInput(definition, commandName, raw, context);
  if (definition.hold === undefined) context.startDeadline();
  const value = await definition.run(input, context);
  context.progress.stop();
  await print(definition.view, value, context);
  await definition.hold?.(value, context);
  return definition.exit?.(value) ?? "done";
}

async function print<Value>(view: View<Value>, value: Value, context: KitContext): Promise<void> {
  const { stdout, stderr } = context.streams;
  const { jsonText, printable } = await import("../terminal/sanitize.ts");
  if (context.mode.json) {
    const document = view.json(value);
    // A command that holds may have nothing to say before, and then a line for each thing that happens.
    if (document !== undefined) stdout.write(`${jsonText(document, 2)}\n`);
  } else if (context.mode.quiet) {
    for (const id of view.ids(value)) stdout.write(`${printable(id)}\n`);
  } else if (stdout.isTTY) {
    stdout.write(ended(await view.human(value, stdout, context.now())));
    const footer = view.footer?.(value) ?? null;
    if (footer !== null) {
      const { wrapText } = await import("../terminal/wrap.ts");
      stderr.write(`\n${await wrapText(stderr.palette.dim(printable(footer)), stderr)}\n`);
    }
  } else {
    stdout.write(ended(await view.plain(value)));
  }
}

function ended(text: string): string {
  const trimmed = text.replace(/\n+$/, "");
  return trimmed === "" ? "" : `${trimmed}\n`;
}

/**
 * Prints an error on stderr: with `--json` one object, else what happened, what to do, the command.
 *
 * @returns how the process should end
 */
export async function reportError(
  error: unknown,
  world: Pick<KitContext, "streams"> & { readonly mode: OutputMode; readonly debug: boolean },
  version: string,
): Promise<ExitName> {
  const known = error instanceof NectarError ? error : null;
  const { stderr } = world.streams;
  const { printable, jsonText } = await import("../terminal/sanitize.ts");
  const message = known?.message ?? `unexpected failure: ${describe(error)}`;
  const hint =
    known?.hint ??
    (known === null
      ? `This is a bug of nectar ${version}. Please report it with the command that you ran and this line.`
      : null);
  if (world.mode.json) {
    const body = {
      schemaVersion: SCHEMA_VERSION,
      error: {
        code: known?.code ?? "unexpected",
        message,
        hint,
        ...(known !== null && known.lines.length > 0 ? { details: known.lines } : {}),
        next: known?.next ?? [],
        httpStatus: known?.httpStatus ?? null,
        retryable: known?.retryable ?? false,
        created: known?.created ?? { companyId: null, siteIds: [], connectionId: null },
      },
    };
    stderr.write(`${jsonText(body, 2)}\n`);
  } else {
    const { bold, dim } = stderr.palette;
    const text = [`${bold("nectar:")} ${printable(message, 2000)}`];
    for (const line of known?.lines ?? []) text.push(`  ${printable(line, 2000)}`);
    for (const [what, id] of madeBy(known)) text.push(`  created: ${what} ${printable(id)}`);
    if (hint !== null) text.push(printable(hint, 2000));
    const width = stderr.columns ?? Number.POSITIVE_INFINITY;
    for (const next of known?.next ?? []) {
      const [command, why] = [printable(next.command, 4000), printable(next.why)];
      // A command that is longer than its line stands alone, to be copied.
      if (command.length + why.length + 5 <= width) text.push(`  ${command}   ${dim(why)}`);
      else text.push(dim(`  ${why}:`), `  ${command}`);
    }
    stderr.write(`${text.join("\n")}\n`);
  }
  if (world.debug && known === null && error instanceof Error && error.stack !== undefined) {
    const frames = error.stack.split("\n").filter((line) => /^\s+at /.test(line));
    for (const frame of frames) stderr.write(`debug ${printable(frame)}\n`);
  }
  return known?.exit ?? "bug";
}

/** What a broken run had made, so that no ID is lost to a person either. */
function madeBy(error: NectarError | null): readonly (readonly [what: string, id: string])[] {
  const { companyId = null, siteIds = [], connectionId = null } = error?.created ?? {};
  return [
    ...(companyId === null ? [] : [["company", companyId] as const]),
    ...siteIds.map((id) => ["site", id] as const),
    ...(connectionId === null ? [] : [["connection", connectionId] as const]),
  ];
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
