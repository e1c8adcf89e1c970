/** The wizard's questions about the target: where to work, and the key. */
import { openApi } from "../../app/client.ts";
import type { Context } from "../../app/context.ts";
import { LOCAL, NECTAR, type RemoteTarget, type Target } from "../../app/target.ts";
import { AuthError } from "../../errors.ts";
import type { PlanDraft } from "../../onboarding/plan-draft.ts";
import type { Questions, Step } from "../../onboarding/wizard.ts";
import { checkKey } from "../../profile/credentials.ts";
import { storeKey } from "../auth/store-key.ts";

export interface TargetDraft {
  readonly target: Target | null;
  /** Whether the target was asked for, so that it may be changed. */
  readonly isTargetAsked: boolean;
  /** `known`: there is one already; `typed`: it is not decided yet whether to store it. */
  readonly key: "known" | { readonly typed: string } | null;
}

type TargetStep = Step<PlanDraft & TargetDraft>;

/** The steps in front of those of the plan. Each choice goes to the context at once, for the requests that follow. */
export function targetSteps(context: Context): readonly TargetStep[] {
  return [
    {
      shown: ({ target, isTargetAsked }) =>
        target !== null && isTargetAsked ? ["Where", placeOf(target)] : null,
      isOpen: ({ target }) => target === null,
      async ask(draft, ask) {
        const where = await ask.select({
          message: "Where",
          choices: [
            { value: "local", name: "Local emulator", description: "no account, no network" },
            { value: "nectar", name: "Nectar API", description: "needs an API key" },
          ],
          default: draft.target?.kind === "remote" ? "nectar" : "local",
        });
        const target = where === "local" ? LOCAL : NECTAR;
        if (target.name === draft.target?.name) return {};
        context.choose({ target });
        // IDs of one target are not valid on another.
        return {
          ...{ target, isTargetAsked: true, key: null, companies: null, companyId: undefined },
          isNew: draft.companyName !== undefined,
          sites: draft.sites.filter((site) => !("id" in site)),
        };
      },
    },
    // Finds a key, else asks until the API accepts one.
    {
      shown: () => null,
      isOpen: ({ target, key }) => target?.kind === "remote" && key === null,
      async ask(draft, ask) {
        const { target } = draft;
        if (target?.kind !== "remote") return {};
        const credentials = await context.credentials();
        const found = await credentials.find(await context.profileName(), target.origin);
        if (found !== null) return { key: "known" };
        const key = await newKey(target, context, ask);
        context.choose({ target, key });
        return { key: context.globals.save ? { typed: key } : "known" };
      },
    },
    {
      shown: () => null,
      isOpen: ({ key }) => key !== null && key !== "known",
      async ask(draft, ask) {
        const { target, key } = draft;
        if (target?.kind !== "remote" || key === null || key === "known") return {};
        if (await ask.confirm({ message: "Keep this key for next time", default: true })) {
          const { store, where } = await storeKey(key.typed, target, context);
          context.note(
            store === "keyring"
              ? "The key is stored in the OS keyring."
              : `The key is stored in ${where}, readable only by you.`,
          );
        }
        return { key: "known" };
      },
    },
  ];
}

/** How a target is called in a sentence. */
export function placeOf(target: Target): string {
  return target.kind === "local" ? "the local emulator" : new URL(target.name).host;
}

/** Prompts for a key until the API accepts it. */
export async function newKey(
  target: RemoteTarget,
  context: Context,
  ask: Pick<Questions, "secret">,
): Promise<string> {
  for (;;) {
    const key = await ask.secret({
      message: `API key for ${new URL(target.name).host}`,
      validate: (text) => problemOf(text),
    });
    const trimmed = key.trim();
    context.progress.start(`Checking the key (${trimmed.length} characters)`);
    try {
      // The command's own deadline has not started during prompts.
      const until = context.clock.now() + context.globals.timeoutMs;
      const api = await openApi(context, {
        key: trimmed,
        baseUrl: target.name,
        deadline: () => until,
      });
      await api.ping();
      context.progress.done("The key is accepted");
      return trimmed;
    } catch (error) {
      context.progress.stop();
      if (!(error instanceof AuthError)) throw error;
      context.progress.fail(error.message);
    }
  }
}

function problemOf(text: string): string | null {
  try {
    checkKey(text.trim());
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : "This is not a key.";
  }
}
