/** The rules that decide the target of requests. Pure. */
import { readUrl } from "../api/url.ts";
import { LocalStateError, lastWord, UsageError } from "../errors.ts";
import type { Profile } from "../profile/profiles.ts";

export type Target = { readonly kind: "local"; readonly name: "local" } | RemoteTarget;

export interface RemoteTarget {
  readonly kind: "remote";
  /** The base URL, without a trailing slash. */
  readonly name: string;
  readonly origin: string;
}

export const LOCAL: Target = { kind: "local", name: "local" };
export const DEFAULT_PROFILE = "default";
export const LOCAL_PROFILE = "local";

function remote(name: string): RemoteTarget {
  return { kind: "remote", name, origin: new URL(name).origin };
}

/**
 * The vendor's own API, recommended version.
 * @see https://docs.nectarclimate.com/developer-guide/api-versions.md
 */
export const NECTAR: RemoteTarget = remote("https://external.nectarclimate.com/v2.2");

/**
 * The target, by the first rule that applies: `--local`, `--api-url`, the profile's target.
 *
 * @returns null when no rule applies: see `findTarget`
 * @throws LocalStateError `profile_bound` when the profile belongs to another target
 */
export function decideTarget(
  globals: { readonly local: boolean; readonly apiUrl: string | null },
  profile: Profile | null,
  profileName: string,
): Target | null {
  const { local, apiUrl } = globals;
  if (local || apiUrl !== null) {
    const requested = local || apiUrl === null ? LOCAL : remote(apiUrl);
    checkBinding(requested, profile, profileName);
    return requested;
  }
  return profile?.target ? storedTarget(profile.target, profileName) : null;
}

/** Validates a target from `config.json` like one from the command line: a key is never sent unencrypted. */
function storedTarget(stored: string, profileName: string): Target {
  try {
    return stored === LOCAL.name ? LOCAL : remote(readUrl(stored));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new LocalStateError(
      "config_damaged",
      `the profile "${profileName}" is bound to a target that is not allowed: ${error.message}`,
      {
        hint: "Correct the profile's target in config.json, or delete the profile.",
        next: [
          {
            words: ["nectar", "profiles", "delete", ...lastWord(profileName)],
            why: "delete its IDs from this machine",
          },
        ],
      },
    );
  }
}

/** @throws LocalStateError `profile_bound` */
export function checkBinding(target: Target, profile: Profile | null, profileName: string): void {
  const stored = profile?.target ?? null;
  if (stored === null || stored === target.name) return;
  throw new LocalStateError(
    "profile_bound",
    `the profile "${profileName}" is bound to ${stored}, not to ${target.name}`,
    {
      hint: "IDs of one target are not valid on another. Use another profile with --profile NEW.",
      next: [{ words: ["nectar", "profiles", "list"], why: "the profiles and their targets" }],
    },
  );
}
