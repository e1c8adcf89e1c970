/** What the commands share that drive the local emulator from outside of the API: they act on its folder, and on nothing else. */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Operations } from "../../emulator/operations.ts";
import { UsageError } from "../../errors.ts";
import type { Context } from "../context.ts";
import { patienceOf } from "../session.ts";
import { checkBinding, LOCAL } from "../targets.ts";

/**
 * Opens the emulator of the state folder. From here on the command is about the profile `local`, unless another is asked for.
 *
 * @throws UsageError `not_local` when a base URL is given; LocalStateError `profile_bound` for another target's profile
 */
export async function openLocal(context: Context): Promise<Operations> {
  const { apiUrl } = context.globals;
  if (apiUrl !== null) {
    throw new UsageError("not_local", `this drives the local emulator only, not ${apiUrl}`, {
      hint: "An emulator at a URL takes the same over HTTP, below /_emulator; see the README.",
    });
  }
  context.choose({ target: LOCAL });
  const name = await context.profileName();
  const profile = await (await context.profiles()).find(name);
  checkBinding(LOCAL, profile?.target ?? null, name);
  const { openOperations } = await import("../../emulator/operations.ts");
  const { clock, newId } = context.machine;
  const operations = await openOperations({
    ...{ ...context.stateFolder, clock, ids: newId },
    patience: patienceOf(context),
  });
  context.onClose(() => operations.close());
  return operations;
}

/** Reads a file of JSON. @throws UsageError that names the file */
export async function readJsonFile(flag: string, path: string, context: Context): Promise<unknown> {
  let bytes: Buffer;
  try {
    bytes = await readFile(resolve(context.machine.cwd, path));
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    const why = code === "ENOENT" ? "there is no such file" : `it can't be read (${code})`;
    throw new UsageError("invalid_input", `${flag}: ${path}: ${why}`);
  }
  let text: string;
  try {
    // Drops a byte order mark, and refuses bytes that would silently become other characters.
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new UsageError("invalid_input", `${flag}: ${path} is not UTF-8`);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : "";
    throw new UsageError("invalid_input", `${flag}: ${path} is not JSON: ${why}`);
  }
}
