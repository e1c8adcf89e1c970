/** Shared by the commands that control the local emulator from outside its API: they act only on its state folder. */
import type { Context } from "../../app/context.ts";
import { checkBinding, LOCAL } from "../../app/target.ts";
import { type InputSource, readInputFile } from "../../cli/input-file.ts";
import { type Operations, openEmulator } from "../../emulator/emulator.ts";
import { UsageError } from "../../errors.ts";

/**
 * Opens the emulator of the state folder. From then on the command uses the profile `local`, unless another one is given.
 *
 * @throws UsageError `not_local` when a base URL is given; LocalStateError `profile_bound` for another target's profile
 */
export async function openLocal(context: Context): Promise<Operations> {
  const { apiUrl } = context.globals;
  if (apiUrl !== null) {
    throw new UsageError(
      "not_local",
      `this command works only on the local emulator, not on ${apiUrl}`,
      {
        hint: "For an emulator at a URL, use its HTTP endpoints below /_emulator; see the README.",
      },
    );
  }
  context.choose({ target: LOCAL });
  checkBinding(LOCAL, await context.profile(), await context.profileName());
  const emulator = await openFolder(context);
  context.onClose(() => emulator.close());
  return emulator;
}

/** The emulator of the state folder. A running one reads the same folder, so it needs no notification. */
export function openFolder({ emulator, deadline, signal }: Context) {
  const closing = { until: deadline, signal };
  return openEmulator({ ...emulator, closing });
}

/** Reads a JSON file. @throws UsageError that names the file */
export async function readJsonFile(
  flag: string,
  path: string,
  source: InputSource,
): Promise<unknown> {
  const text = await readInputFile(flag, path, source);
  try {
    return JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : "";
    const name = path === "-" ? "stdin" : path;
    throw new UsageError("invalid_input", `${flag}: ${name}: it is not JSON: ${why}`);
  }
}
