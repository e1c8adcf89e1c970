/** The way to the API for one command: profile, target, key, client. */
import type { NectarApi } from "../api/client.ts";
import type { KnownForms } from "../api/routes.ts";
import { AuthError, LocalStateError } from "../errors.ts";
import type { Profile } from "../profile/profiles.ts";
import type { Context } from "./context.ts";
import { namingLists } from "./not-found.ts";
import { checkBinding, decideTarget, NECTAR_API, type Target, targetOf } from "./targets.ts";

export interface Session {
  readonly target: Target;
  readonly profileName: string;
  /** As it was when the session was opened; null when it is new. */
  readonly profile: Profile | null;
  readonly api: NectarApi;
  /** How long after it was sent a create may still appear, in milliseconds. */
  readonly fateMs: number;
  /**
   * Proves that the profile can be written, so that no ID is lost later.
   *
   * @throws LocalStateError `folder_not_writable`
   */
  rehearse(): Promise<void>;
  /** Changes the profile, binds it to this session's target, and remembers the path forms. */
  save(change: (profile: Profile) => Profile): Promise<Profile>;
}

export interface Choice {
  readonly target: Target;
  readonly key?: string;
}

/** The key of a target, and where it comes from. */
export interface TargetKey {
  readonly key: string;
  readonly source: string;
  readonly where: string;
  readonly baseUrl: string;
  /** Whether it is an emulator inside of this process, which ends with it. */
  readonly isEmbedded: boolean;
}

/**
 * How long a create may be under way. Our choice, as the vendor tells nothing of it: a gateway's own limit is usually a
 * minute. What was sent to an emulator in this process ends with it.
 */
const FATE_MS = 60_000;
const EMBEDDED_FATE_MS = 2_000;

/**
 * The target of this command, or null when nothing decides it.
 *
 * @throws LocalStateError `profile_bound`
 */
export async function findTarget(context: Context): Promise<Target | null> {
  const name = await context.profileName();
  const profile = await (await context.profiles()).find(name);
  const decided = decideTarget(context.globals, profile, name, false);
  if (decided !== null) return decided;
  const found = await (await context.credentials()).find(name, new URL(NECTAR_API).origin);
  return decideTarget(context.globals, profile, name, found !== null);
}

/**
 * Opens the way to the API.
 *
 * @throws AuthError `no_target` or `no_key`, both exit 4; LocalStateError `profile_bound`
 */
export async function openSession(context: Context, choice: Choice | null): Promise<Session> {
  const profileName = await context.profileName();
  const store = await context.profiles();
  const profile = await store.find(profileName);
  const target = choice?.target ?? (await findTarget(context));
  if (target === null) throw noTarget();
  checkBinding(target, profile?.target ?? null, profileName);
  const { key, baseUrl, isEmbedded } =
    choice?.key !== undefined && target.kind === "remote"
      ? { key: choice.key, baseUrl: target.name, isEmbedded: false }
      : await findKey(target, profileName, context);

  const forms: { -readonly [Name in keyof KnownForms]: KnownForms[Name] } = {
    ...profile?.routes,
  };
  let saved = profile !== null;
  let unsaved = false;
  const save: Session["save"] = async (change) => {
    if (!context.globals.save) {
      const { emptyProfile } = await import("../profile/profile-record.ts");
      return change(profile ?? emptyProfile(profileName));
    }
    const now = await store.update(profileName, (old) => {
      checkBinding(target, old.target, profileName);
      return { ...change(old), target: target.name, routes: { ...old.routes, ...forms } };
    });
    saved = true;
    unsaved = false;
    return now;
  };
  const opened = await openApi(context, {
    key,
    baseUrl,
    known: { ...forms },
    onForm(nested, form) {
      forms[nested] = form;
      unsaved = true;
    },
  });
  context.onClose(async () => {
    // What was learnt about the paths only saves a request later, so failing to keep it is no failure.
    if (!saved || !unsaved) return;
    await save((old: Profile) => old).catch((error: unknown) => {
      if (!(error instanceof LocalStateError)) throw error;
    });
  });
  const api = namingLists(opened, Boolean(profile?.company));
  const fateMs = isEmbedded ? EMBEDDED_FATE_MS : FATE_MS;
  const rehearse = async () => {
    if (context.globals.save) await store.rehearse();
  };
  return { target, profileName, profile, api, fateMs, rehearse, save };
}

/** A client for a base URL and key, closed when the command ends. */
export async function openApi(
  context: Context,
  options: {
    readonly key: string;
    readonly baseUrl: string;
    /** When requests must have ended, in milliseconds since the epoch; default: the command's deadline. */
    readonly deadline?: () => number;
    readonly known?: KnownForms;
    readonly onForm?: Parameters<typeof import("../api/client.ts").createClient>[0]["onForm"];
  },
): Promise<NectarApi> {
  const [{ createHttp }, { createClient }, { findWayOut }] = await Promise.all([
    import("../api/http.ts"),
    import("../api/client.ts"),
    import("../api/proxy.ts"),
  ]);
  const { clock, random } = context.machine;
  const openAgent = await findWayOut(context.env, new URL(options.baseUrl), clock.sleep);
  const http = createHttp({
    baseUrl: options.baseUrl,
    key: options.key,
    userAgent: `nectar-cli/${context.version}`,
    clock,
    random,
    signal: context.signal,
    deadline: options.deadline ?? (() => context.deadline()),
    openAgent,
    ...(context.globals.debug
      ? {
          onExchange: ({ method, path, outcome, ms }) =>
            context.streams.stderr.write(`debug ${method} ${path} ${outcome} ${ms} ms\n`),
        }
      : {}),
  });
  context.onClose(() => http.close());
  const { known, onForm } = options;
  return createClient({
    http,
    ...(known === undefined ? {} : { known }),
    ...(onForm === undefined ? {} : { onForm }),
  });
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
  if (found === null) throw noKey(target, profileName);
  return { ...found, baseUrl: target.name, isEmbedded: false };
}

/** What the end of an emulator inside a command keeps to: the command's own deadline, and whoever stops it. */
export function patienceOf({ deadline, signal }: Pick<Context, "deadline" | "signal">) {
  return { until: () => deadline(), signal };
}

/** The standing emulator of the state folder if one runs, else one inside this process. */
async function emulatorKey(context: Context): Promise<TargetKey> {
  const { findStanding, startEmulator } = await import("../emulator/emulator.ts");
  const { clock, newId, pid, isAlive } = context.machine;
  const { stateFolder } = context;
  const standing = await findStanding({ ...stateFolder, isAlive });
  if (standing !== null) {
    const { key, url } = standing;
    return { key, source: "emulator", where: url, baseUrl: url, isEmbedded: false };
  }
  const running = await startEmulator({
    ...stateFolder,
    stateDir: context.globals.save ? stateFolder.stateDir : null,
    port: 0,
    standing: false,
    clock,
    ids: newId,
    pid,
    isAlive,
    patience: patienceOf(context),
  });
  context.onClose(() => running.close());
  const { key, url } = running;
  return { key, source: "emulator", where: stateFolder.stateDir, baseUrl: url, isEmbedded: true };
}

function noTarget(): AuthError {
  return new AuthError("no_key", "no API key, and no target was named", {
    hint: "Give a key in NECTAR_API_KEY or store one, or use the local emulator, which needs none.",
    next: [
      { words: ["nectar", "auth", "login"], why: "store a key for this profile" },
      { words: ["nectar", "onboard", "--local"], why: "try it with no account and no network" },
    ],
  });
}

function noKey(target: Target, profileName: string): AuthError {
  return new AuthError("no_key", `no API key for ${target.name} in the profile "${profileName}"`, {
    hint: "Give a key in NECTAR_API_KEY or store one; --local needs no key and no network.",
    next: [
      { words: ["nectar", "auth", "login"], why: "store a key for this profile" },
      { words: ["nectar", "onboard", "--local"], why: "try it on the local emulator" },
    ],
  });
}

/** The Nectar API as a target. */
export function nectarApi(): Target {
  return targetOf(NECTAR_API);
}
