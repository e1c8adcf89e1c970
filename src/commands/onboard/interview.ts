/** The wizard of `onboard`: its questions in order, a run to continue, and what a user who stops is told. */
import { findTarget } from "../../app/client.ts";
import type { Context } from "../../app/context.ts";
import { LOCAL, LOCAL_PROFILE, type Target } from "../../app/target.ts";
import { type Created, InterruptedError, NectarError } from "../../errors.ts";
import { type Kind, ledgersOf, type UnfinishedRun } from "../../onboarding/ledger.ts";
import { answersOf, draftOf, type PlanDraft } from "../../onboarding/plan-draft.ts";
import { planSteps } from "../../onboarding/plan-steps.ts";
import { runWizard } from "../../onboarding/wizard.ts";
import { formatAge } from "../../terminal/age.ts";
import { noteReplaced, replacedCompany } from "../profiles/keep.ts";
import { stoppedCommand } from "./equivalent.ts";
import type { OnboardInput } from "./fields.ts";
import { ledgerPlace } from "./ports.ts";
import { showReview } from "./review.ts";
import { type TargetDraft, targetSteps } from "./target-steps.ts";

type Draft = PlanDraft & TargetDraft;

/**
 * Prompts for missing input and for confirmation.
 *
 * @throws InterruptedError when the user stops it, with the command that continues with the answers so far
 */
export async function interview(input: OnboardInput, context: Context): Promise<OnboardInput> {
  const decided = await findTarget(context);
  const unfinished = await unfinishedRun(input, decided, context);
  const target = decided ?? (unfinished === null ? null : LOCAL);
  if (target !== null) context.choose({ target });
  const given = unfinished === null ? input : planAsInput(unfinished.run, input);
  if (unfinished !== null) {
    const replaced = replacedCompany(unfinished.run.plan.company, await context.profile());
    noteReplaced(replaced, await context.profileName(), context);
  }
  let draft: Draft = { ...draftOf(given), target, isTargetAsked: false, key: null };
  const whatIsThere = async () => ({
    hint: unfinished === null ? "Nothing was created." : "Nothing more was created.",
    created: unfinished?.created,
    next: [
      {
        words: stoppedCommand(
          { ...given, ...answersOf(draft) },
          { target: draft.target, profileName: await context.profileName() },
          context.globals,
        ),
        why: "continue with these answers",
      },
    ],
  });
  const steps = [
    ...targetSteps(context),
    ...planSteps(async () => {
      context.progress.start("Reading the companies");
      const companies = await (await context.session()).api.listCompanies();
      context.progress.stop();
      return companies;
    }),
  ];
  if (steps.some((step) => step.isOpen(draft))) {
    const back = context.globals.accessible ? "The answer <" : "Escape or <";
    context.note(`${back} goes back one question; Ctrl-C stops.`);
  }
  try {
    const answered = await runWizard(draft, {
      steps,
      ask: await context.prompter(),
      changed: (now) => {
        draft = now;
      },
      // What an unfinished run does was confirmed when it began.
      review:
        unfinished === null && !given.dryRun ? (now: Draft) => showReview(now, context) : null,
    });
    if (answered !== null) return { ...given, ...answersOf(answered) };
  } catch (error) {
    if (!(error instanceof NectarError)) throw error;
    const there = await whatIsThere();
    // What must be done about an error that does not pass, such as a refused key, comes first.
    throw error.with(error.retryable ? there : { next: [...error.next, ...there.next] });
  }
  throw new InterruptedError("sigint", await whatIsThere(), "stopped");
}

/** The unfinished run to continue when no plan is given, and what it has created. Its plan is not asked for again. */
async function unfinishedRun(
  input: OnboardInput,
  target: Target | null,
  context: Context,
): Promise<{ readonly run: UnfinishedRun; readonly created: Created } | null> {
  const given = [input.companyId, input.companyName, input.companyExternalId, ...input.sites];
  if (input.fresh || !context.globals.save || given.some((one) => one !== undefined)) return null;
  const profile = target === null ? LOCAL_PROFILE : await context.profileName();
  const [found] = ledgersOf(ledgerPlace(context), (target ?? LOCAL).name)
    .flatMap(({ run, objects }) => (run?.profile === profile ? [{ run, objects }] : []))
    .sort((one, other) => other.run.startedAt - one.run.startedAt);
  if (found === undefined) return null;
  const { run, objects } = found;
  const began = formatAge(new Date(run.startedAt).toISOString(), context.clock.now());
  const { company } = run.plan;
  const what = "name" in company ? company.name : company.id;
  context.note(`Continuing with "${what}", started ${began}; use --fresh to start over.`);
  const made = (kind: Kind) =>
    objects.flatMap((one) =>
      one.kind === kind && one.made === "created" && one.at >= run.startedAt ? [one.id] : [],
    );
  return {
    run,
    created: {
      companyId: made("company")[0] ?? null,
      siteIds: made("site"),
      connectionId: made("connection")[0] ?? null,
    },
  };
}

function planAsInput({ plan, newConnection }: UnfinishedRun, input: OnboardInput): OnboardInput {
  const { company, sites, connection } = plan;
  return {
    ...input,
    newConnection,
    companyId: "id" in company ? company.id : undefined,
    companyName: "name" in company ? company.name : undefined,
    companyExternalId:
      "name" in company && !company.isDerived ? (company.externalId ?? undefined) : undefined,
    sites,
    country: connection.country,
    url: connection.url,
    username: connection.username,
  };
}
