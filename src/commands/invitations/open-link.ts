/** Opens an invitation's link in the browser where that makes sense, and says so where it does not. */
import type { Invitation } from "../../api/resources/invitation.ts";
import type { Context, Session } from "../../app/context.ts";
import { isSet } from "../../app/globals.ts";

/**
 * Opens the link if that is asked for. A browser that can't be opened is a note and no failure: the link is printed.
 * On the local emulator it also says when nobody serves the page.
 */
export async function openLink(
  { url }: Invitation,
  options: { readonly open: boolean; readonly session: Session; readonly context: Context },
): Promise<void> {
  const { open, session, context } = options;
  if (session.target.kind === "local" && !(await isServed(context))) {
    context.note(
      context.globals.save
        ? `Nothing serves its page now. This does: ${context.commandLine({ words: serving(url) })}`
        : "With --no-save it is gone when this command ends.",
    );
    return;
  }
  if (!open) return;
  if (isSet(context.env["CI"]) || context.globals.noInput) {
    context.note("Not opened: no browser is opened in CI, nor with --no-input.");
    return;
  }
  try {
    if (url === null) throw new Error("the answer holds no link");
    await context.openUrl(url);
  } catch {
    context.note("No browser could be opened; open the link by hand.");
  }
}

/** The command that serves the link: an emulator on another port would not. */
function serving(url: string | null): readonly string[] {
  const port = url !== null && URL.canParse(url) ? new URL(url).port : "";
  return ["nectar", "emulator", "start", ...(port === "" ? [] : ["--port", port])];
}

async function isServed({ stateFolder, isAlive, globals }: Context): Promise<boolean> {
  if (!globals.save) return false;
  const { findStanding } = await import("../../emulator/emulator.ts");
  return (await findStanding({ ...stateFolder, isAlive })) !== null;
}
