/** The wizard: asks for target, key and plan, then for confirmation. */
import { SANDBOX_LOGIN } from "../../api/resources/connection.ts";
import { findTarget, openApi } from "../../app/client.ts";
import type { Context } from "../../app/context.ts";
import { LOCAL, LOCAL_PROFILE, NECTAR, type RemoteTarget, type Target } from "../../app/target.ts";
import { AuthError, UsageError } from "../../errors.ts";
import { ledgersOf, type UnfinishedRun } from "../../onboarding/ledger.ts";
import { askForPlan } from "../../onboarding/wizard.ts";
import { checkKey } from "../../profile/credentials.ts";
import { formatAge } from "../../terminal/age.ts";
import { wrapText } from "../../terminal/wrap.ts";
import { storeKey } from "../auth/store-key.ts";
import { missingOfLogin } from "../connections/login.ts";
import type { OnboardInput } from "./fields.ts";
import { ledgerPlace } from "./ports.ts";

/** Prompts for missing input and for confirmation. */
export async function interview(input: OnboardInput, context: Context): Promise<OnboardInput> {
  const decided = await findTarget(context);
  const unfinished = await unfinishedRun(input, decided, context);
  const target = decided ?? (unfinished === null ? await askTarget(context) : LOCAL);
  if (target.kind === "remote") await askKey(target, context);
  else context.choose({ target });
  if (unfinished !== null) return withPassword(planAsInput(unfinished, input), context);

  const { companyId, companyName, companyExternalId, sites, country } = input;
  const answers = await askForPlan(
    { companyId, companyName, companyExternalId, sites, country },
    context.prompter,
  );
  const complete: OnboardInput = { ...input, ...answers };
  const ready = await withPassword(complete, context);
  if (!complete.dryRun) await askToGoAhead(complete, target, context);
  return ready;
}

/** The unfinished run to continue when no plan is given; its plan is not asked for again. */
async function unfinishedRun(
  input: OnboardInput,
  target: Target | null,
  context: Context,
): Promise<UnfinishedRun | null> {
  const given = [input.companyId, input.companyName, input.companyExternalId, ...input.sites];
  if (input.fresh || !context.globals.save || given.some((one) => one !== undefined)) return null;
  const profile = target === null ? LOCAL_PROFILE : await context.profileName();
  const [run] = ledgersOf(ledgerPlace(context), (target ?? LOCAL).name)
    .flatMap((ledger) => (ledger.run?.profile === profile ? [ledger.run] : []))
    .sort((one, other) => other.startedAt - one.startedAt);
  if (run === undefined) return null;
  const began = formatAge(new Date(run.startedAt).toISOString(), context.clock.now());
  const { company } = run.plan;
  const what = "name" in company ? company.name : company.id;
  context.note(`Continuing with "${what}", started ${began}; use --fresh to start over.`);
  return run;
}

/** The input that corresponds to the plan of an unfinished run. */
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

async function withPassword(input: OnboardInput, context: Context): Promise<OnboardInput> {
  if (missingOfLogin(input).length === 0) return input;
  const message = `Password of ${input.username ?? SANDBOX_LOGIN.username}`;
  return { ...input, password: await context.prompter.secret({ message }) };
}

async function askTarget(context: Context): Promise<Target> {
  const where = await context.prompter.select({
    message: "Where",
    choices: [
      { value: "local", name: "Local emulator", description: "no account, no network" },
      { value: "nectar", name: "Nectar API", description: "needs an API key" },
    ],
    default: "local",
  });
  return where === "local" ? LOCAL : NECTAR;
}

/** Uses a known key, else prompts until the API accepts one. */
async function askKey(target: RemoteTarget, context: Context): Promise<void> {
  const credentials = await context.credentials();
  // Chosen first, because the profile name depends on the target.
  context.choose({ target });
  const profileName = await context.profileName();
  if ((await credentials.find(profileName, target.origin)) !== null) return;
  const key = await newKey(target, context);
  context.choose({ target, key });
  if (!context.globals.save) return;
  const keep = await context.prompter.confirm({
    message: "Keep this key for next time",
    default: true,
  });
  if (!keep) return;
  const { store, where } = await storeKey(key, target, context);
  context.note(
    store === "keyring"
      ? "The key is stored in the OS keyring."
      : `The key is stored in ${where}, readable only by you.`,
  );
}

/** Prompts for a key until the API accepts it. */
export async function newKey(target: RemoteTarget, context: Context): Promise<string> {
  for (;;) {
    const key = await context.prompter.secret({
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

async function askToGoAhead(input: OnboardInput, target: Target, context: Context): Promise<void> {
  const where = target.kind === "local" ? "the local emulator" : new URL(target.name).host;
  const count = input.sites.length;
  const company = input.companyId === undefined ? "1 company, " : "";
  const sites = count === 1 ? "1 site" : `${count} sites`;
  const sandbox = missingOfLogin(input).length === 0 && input.username === undefined;
  const connection = sandbox ? "1 sandbox connection" : "1 connection";
  context.note("");
  const text = `On ${where} this creates ${company}${sites} and ${connection}; anything that already exists is kept.`;
  context.note(await wrapText(text, context.streams.stderr, 2));
  const go = await context.prompter.confirm({ message: "Go ahead", default: true });
  if (!go) throw new UsageError("not_confirmed", "not confirmed, nothing was created");
  context.note("");
}
