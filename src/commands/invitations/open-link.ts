/** Opens an invitation's link in the browser, or prints a note when that is not possible. */
import type { Invitation } from "../../api/resources/invitation.ts";
import type { Context, Session } from "../../app/context.ts";
import { isSet } from "../../app/globals.ts";

/**
 * Opens the link if requested. Failing to open a browser is only a note, as the link is printed anyway. On the local
 * emulator it also notes when no emulator is serving the page.
 */
export async function openLink(
  { url }: Invitation,
  options: { readonly open: boolean; readonly session: Session; readonly context: Context },
): Promise<void> {
  const { open, session, context } = options;
  if (session.target.kind === "local" && !(await isServed(context))) {
    context.note(
      context.globals.save
        ? `No emulator is serving its page. To start one: ${context.commandLine({ words: serving(url) })}`
        : "With --no-save the invitation is gone when this command ends.",
    );
    return;
  }
  if (!open) return;
  if (isSet(context.env["CI"]) || context.globals.noInput) {
    context.note("Not opened: no browser is opened in CI or with --no-input.");
    return;
  }
  try {
    if (url === null) throw new Error("the response has no link");
    await context.openUrl(url);
  } catch {
    context.note("No browser could be opened; open the link yourself.");
  }
}

/** The command that serves the link, with its port. */
function serving(url: string | null): readonly string[] {
  const port = url !== null && URL.canParse(url) ? new URL(url).port : "";
  return ["nectar", "emulator", "start", ...(port === "" ? [] : ["--port", port])];
}

async function isServed({ emulator, globals }: Context): Promise<boolean> {
  if (!globals.save) return false;
  const { findStanding } = await import("../../emulator/emulator.ts");
  return (await findStanding(emulator)) !== null;
}
