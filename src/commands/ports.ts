/** A run that writes: the profile's lock, the journal, and the engine's ports, made of a command's context and session. */
import { join } from "node:path";
import type { Journal, JournalPlace } from "../onboarding/journal.ts";
import { NO_JOURNAL, openJournal } from "../onboarding/journal.ts";
import type { OnboardingPlan } from "../onboarding/plan.ts";
import type { EngineEvent, EnginePorts } from "../onboarding/ports.ts";
import type { Context } from "./context.ts";
import type { Session } from "./session.ts";

/** Where the journals of this machine are. */
export function journalPlace(context: Context): JournalPlace {
  const { places, machine } = context;
  return { folder: join(places.stateDir, "journals"), uid: machine.uid, now: machine.clock.now };
}

/** The journal of a plan; none with `--no-save`. */
export function journalOf(
  run: { readonly plan: OnboardingPlan; readonly newConnection: boolean; readonly fresh: boolean },
  session: Session,
  context: Context,
): Journal {
  if (!context.globals.save) return NO_JOURNAL;
  const { plan, newConnection, fresh } = run;
  const key = { profile: session.profileName, target: session.target.name, plan, newConnection };
  return openJournal(journalPlace(context), key, fresh);
}

/**
 * What the engine needs to work. Takes the profile's lock, so nothing may have been looked at before.
 *
 * @param parts.report told what happens; silent by default
 * @param parts.keep keeps what is there by now; nothing by default
 * @throws LocalStateError `locked`
 */
export async function enginePorts(
  session: Session,
  context: Context,
  parts: {
    readonly report?: (event: EngineEvent) => void;
    readonly keep?: EnginePorts["keep"];
    readonly journal?: () => Journal;
  } = {},
): Promise<EnginePorts> {
  const lock = await context.lockProfile();
  const { clock } = context.machine;
  return {
    api: session.api,
    clock,
    signal: context.signal,
    deadline: () => context.deadline(),
    report: parts.report ?? (() => {}),
    keep: parts.keep ?? (async () => {}),
    journal: parts.journal?.() ?? NO_JOURNAL,
    stillAlone: () => lock.check(),
  };
}
