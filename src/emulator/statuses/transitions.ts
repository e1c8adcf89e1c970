/** The steps between statuses, and the sentence that each status comes with. Decides nothing: what happens is the timeline's. Pure. */
import { DOCUMENTED_STATUSES, sameStatus } from "../../api/status.ts";

/** Every status that a connection can be given: the documented ones, and the sandbox page's spelling of one of them. */
export const STATUSES: readonly string[] = [...DOCUMENTED_STATUSES, "INCORRECT_PASSWORD"];

/** The longest sentence that can be set with a status, in characters. Our choice. */
export const LONGEST_DETAIL = 1000;

/**
 * What a step is: one that the documentation lists, one that is our choice where its diagram is cut off, the same
 * status again, or none of these.
 */
export type StepKind = "documented" | "ours" | "same" | "other";

type Steps = ReadonlyMap<string, readonly string[]>;

const MENDED = ["CONNECTED"];

/** @see https://docs.nectarclimate.com/developer-guide/connection-lifecycle.md */
const DOCUMENTED: Steps = new Map([
  [
    "PENDING",
    ["CONNECTED", "PASSWORD_INCORRECT", "MFA_TOKEN_EXPIRED", "WEBSITE_DOWN", "OTHER_ERROR"],
  ],
  [
    "CONNECTED",
    [
      // The weekly check.
      "CONNECTED",
      "PASSWORD_INCORRECT",
      "MFA_TOKEN_EXPIRED",
      "NEW_PASSWORD_NEEDED",
      "WEBSITE_DOWN",
      "NO_ACCOUNTS_FOUND",
      "UNDER_INVESTIGATION",
      "OTHER_ERROR",
    ],
  ],
  ["PASSWORD_INCORRECT", MENDED],
  ["MFA_TOKEN_EXPIRED", MENDED],
  ["NEW_PASSWORD_NEEDED", MENDED],
  ["ADDITIONAL_CREDENTIALS_NEEDED", MENDED],
]);

/**
 * Our choice: the stored diagram is cut off after the steps above, so no way into or out of the other statuses is known.
 * These are the shortest ones that let every status be reached and left.
 */
const OURS: Steps = new Map([
  ["PENDING", ["UNDER_INVESTIGATION", "URL_INACCESSIBLE", "ADDITIONAL_CREDENTIALS_NEEDED"]],
  ["CONNECTED", ["URL_INACCESSIBLE", "ADDITIONAL_CREDENTIALS_NEEDED", "COMPANY_INACTIVE"]],
  ["UNDER_INVESTIGATION", ["CONNECTED", "OTHER_ERROR"]],
  ["WEBSITE_DOWN", MENDED],
  ["URL_INACCESSIBLE", MENDED],
  ["NO_ACCOUNTS_FOUND", MENDED],
  ["OTHER_ERROR", MENDED],
  ["COMPANY_INACTIVE", MENDED],
]);

/** Our choice of words; the pages show no sample of `statusErrorDetail`. A healthy status has none. */
const DETAILS: ReadonlyMap<string, string> = new Map([
  ["PASSWORD_INCORRECT", "The provider refused this user name and password."],
  ["INCORRECT_PASSWORD", "The provider refused this user name and password."],
  ["MFA_TOKEN_EXPIRED", "The provider asked for a second factor, and the stored one has expired."],
  ["NEW_PASSWORD_NEEDED", "The provider wants a new password to be set before it lets anyone in."],
  [
    "ADDITIONAL_CREDENTIALS_NEEDED",
    "The provider asked for more than a user name and a password, such as a security question.",
  ],
  ["WEBSITE_DOWN", "The provider's website did not answer."],
  ["URL_INACCESSIBLE", "The provider's URL could not be reached."],
  ["NO_ACCOUNTS_FOUND", "The login worked, and showed no utility account."],
  ["OTHER_ERROR", "The provider's website did something unexpected."],
  ["COMPANY_INACTIVE", "The company is inactive, so nothing is collected for it."],
]);

/** What a step from one status to another is. The two spellings of a wrong password are one status. */
export function stepKind(from: string, to: string): StepKind {
  if (has(DOCUMENTED, from, to)) return "documented";
  if (has(OURS, from, to)) return "ours";
  return sameStatus(from, to) ? "same" : "other";
}

/** @returns our sentence for an error status, or null for one that needs none */
export function detailOf(status: string): string | null {
  return DETAILS.get(status) ?? null;
}

/**
 * Reads a status as a person writes it: in any letter case, with dashes or underscores.
 *
 * @returns null when it is none of `STATUSES`
 */
export function readStatusName(text: string): string | null {
  const name = text.trim().toUpperCase().replaceAll("-", "_");
  return STATUSES.includes(name) ? name : null;
}

function has(steps: Steps, from: string, to: string): boolean {
  const targets = [...steps].find(([status]) => sameStatus(status, from))?.[1];
  return targets?.some((status) => sameStatus(status, to)) ?? false;
}
