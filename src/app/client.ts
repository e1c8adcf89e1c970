/** Opens the API client for a command's target, with its key. */
import { type ClientOptions, createClient, type NectarApi } from "../api/client.ts";
import { createHttp, HTTP_LIMITS } from "../api/http.ts";
import { findAgent } from "../api/proxy.ts";
import type { KnownForms } from "../api/routes.ts";
import { AuthError, LocalStateError } from "../errors.ts";
import type { Profile } from "../profile/profiles.ts";
import type { Choice, Context, Session } from "./context.ts";
import { namingLists } from "./naming-lists.ts";
import { checkBinding, decideTarget, NECTAR, type Target } from "./target.ts";

export interface TargetKey {
  readonly key: string;
  readonly source: string;
  readonly where: string;
  readonly baseUrl: string;
  /** Whether the target is an emulator inside this process, which ends with it. */
  readonly isEmbedded: boolean;
}

/**
 * How long a create may still be in progress. Our choice, as the vendor documents no limit: a gateway's own is usually a
 * minute. A request to an emulator in this process ends with the process.
 */
const FATE_MS = 60_000;
const EMBEDDED_FATE_MS = 2_000;

/**
 * The target of this command: by the rules of `decideTarget`, else the Nectar API when there is a key. A missing key never
 * selects the emulator.
 *
 * @returns null when no rule decides it; the user may then be asked
 * @throws LocalStateError `profile_bound`
 */
export async function findTarget(context: Context): Promise<Target | null> {
  const name = await context.profileName();
  const decided = decideTarget(context.globals, await context.profile(), name);
  if (decided !== null) return decided;
  const found = await (await context.credentials()).find(name, NECTAR.origin);
  return found === null ? null : NECTAR;
}

/**
 * Finds the target and its key, and opens a client.
 *
 * @param maxConcurrent how many requests are sent at once; default: see http.ts
 * @throws AuthError `no_key`, exit 4; LocalStateError `profile_bound`
 */
export async function openSession(
  context: Context,
  choice: Choice | null,
  maxConcurrent?: number,
): Promise<Session> {
  const profileName = await context.profileName();
  const store = await context.profiles();
  const profile = await context.profile();
  const target = choice?.target ?? (await findTarget(context));
  if (target === null) {
    throw noKey(
      "no API key, and no target was named",
      ", or use the local emulator, which needs no key.",
      "try it with no account and no network",
    );
  }
  checkBinding(target, profile, profileName);
  const { key, baseUrl, isEmbedded } =
    choice?.key !== undefined && target.kind === "remote"
      ? { key: choice.key, baseUrl: target.name, isEmbedded: false }
      : await findKey(target, profileName, context);

  const forms: { -readonly [Name in keyof KnownForms]: KnownForms[Name] } = { ...profile?.routes };
  let saved = profile !== null;
  let unsaved = false;
  const save: Session["save"] = async (change) => {
    if (!context.globals.save) {
      const { emptyProfile } = await import("../profile/profile-record.ts");
      return change(profile ?? emptyProfile(profileName));
    }
    const now = await store.update(profileName, (old) => {
      checkBinding(target, old, profileName);
      return { ...change(old), target: target.name, routes: { ...old.routes, ...forms } };
    });
    saved = true;
    unsaved = false;
    return now;
  };
  const opened = await openApi(context, {
    key,
    baseUrl,
    maxConcurrent,
    known: { ...forms },
    onForm(nested, form) {
      forms[nested] = form;
      unsaved = true;
    },
  });
  context.onClose(async () => {
    // Storing the path forms only saves a request next time, so a failure here is not an error.
    if (!saved || !unsaved) return;
    await save((old: Profile) => old).catch((error: unknown) => {
      if (!(error instanceof LocalStateError)) throw error;
    });
  });
  const api = namingLists(opened, Boolean(profile?.company));
  return {
    ...{ target, profileName, profile, api, baseUrl, save },
    fateMs: isEmbedded ? EMBEDDED_FATE_MS : FATE_MS,
    async rehearse() {
      if (context.globals.save) await store.rehearse();
    },
  };
}

interface ApiOptions extends Pick<ClientOptions, "known" | "onForm"> {
  readonly key: string;
  readonly baseUrl: string;
  readonly maxConcurrent?: number | undefined;
  /** When requests must have finished, in milliseconds since the epoch; default: the command's deadline. */
  readonly deadline?: () => number;
}

/** A client for a base URL and key, closed when the command ends. */
export async function openApi(
  context: Context,
  { key, baseUrl, maxConcurrent, deadline = context.deadline, known, onForm }: ApiOptions,
): Promise<NectarApi> {
  const { clock, random, signal, streams, globals } = context;
  const limits = maxConcurrent === undefined ? HTTP_LIMITS : { ...HTTP_LIMITS, maxConcurrent };
  const agent = await findAgent(context.env, new URL(baseUrl), limits, clock.sleep);
  const http = createHttp({
    ...{ baseUrl, key, clock, random, signal, deadline, limits, agent },
    userAgent: `nectar-cli/${context.version}`,
    onExchange: !globals.debug
      ? undefined
      : ({ method, path, outcome, ms }) =>
          streams.stderr.write(`debug ${method} ${path} ${outcome} ${ms} ms\n`),
  });
  context.onClose(() => http.close());
  return createClient({ http, known, onForm });
}

/**
 * The key for a target. The emulator's own key never leaves this machine, and no other key is ever sent to it.
 *
 * @throws AuthError `no_key`
 */
export async function findKey(
  target: Target,
  profileName: string,
  context: Context,
): Promise<TargetKey> {
  if (target.kind === "local") return emulatorKey(context);
  const found = await (await context.credentials()).find(profileName, target.origin);
  if (found === null) {
    throw noKey(
      `no API key for ${target.name} in the profile "${profileName}"`,
      "; --local needs no key and no network.",
      "try it on the local emulator",
    );
  }
  return { ...found, baseUrl: target.name, isEmbedded: false };
}

/** The emulator already running for this state folder, else a new one inside this process. */
async function emulatorKey(context: Context): Promise<TargetKey> {
  const { findStanding, startEmulator } = await import("../emulator/emulator.ts");
  const { emulator } = context;
  const standing = await findStanding(emulator);
  if (standing !== null) {
    const { key, url } = standing;
    return { key, source: "emulator", where: url, baseUrl: url, isEmbedded: false };
  }
  const running = await startEmulator({
    ...{ ...emulator, port: 0, standing: false },
    stateDir: context.globals.save ? emulator.stateDir : null,
    closing: { until: context.deadline, signal: context.signal },
  });
  context.onClose(() => running.close());
  const { key, url } = running;
  return { key, source: "emulator", where: emulator.stateDir, baseUrl: url, isEmbedded: true };
}

function noKey(message: string, hint: string, local: string): AuthError {
  return new AuthError("no_key", message, {
    hint: `Set NECTAR_API_KEY or store a key${hint}`,
    next: [
      { words: ["nectar", "auth", "login"], why: "store a key for this profile" },
      { words: ["nectar", "onboard", "--local"], why: local },
    ],
  });
}
