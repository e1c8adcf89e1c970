/** Every status that a connection can have here: its sentence, and the steps that lead on from it. Decides nothing. Pure. */
import { sameStatus } from "../../api/status.ts";

interface Status {
  /** Our choice of words; the pages show no sample of `statusErrorDetail`. A healthy status has none. */
  readonly detail: string | null;
  /** @see https://docs.nectarclimate.com/developer-guide/connection-lifecycle.md */
  readonly documented: readonly string[];
  /**
   * Our choice: the stored diagram is cut off after the documented steps, so no way into or out of the other statuses is
   * known. These are the shortest ones that let every status be reached and left.
   */
  readonly ours: readonly string[];
}

const BACK = ["CONNECTED"];

/** The vendor spells it in two ways. */
const WRONG_PASSWORD = {
  detail: "The provider refused this user name and password.",
  ...{ documented: BACK, ours: [] },
};

/** The documented ones, and the sandbox page's spelling of one of them. */
export const STATUS_TABLE = {
  CONNECTED: {
    detail: null,
    // Connected again: the weekly check.
    documented: [
      ...["CONNECTED", "PASSWORD_INCORRECT", "MFA_TOKEN_EXPIRED", "NEW_PASSWORD_NEEDED"],
      ...["WEBSITE_DOWN", "NO_ACCOUNTS_FOUND", "UNDER_INVESTIGATION", "OTHER_ERROR"],
    ],
    ours: ["URL_INACCESSIBLE", "ADDITIONAL_CREDENTIALS_NEEDED", "COMPANY_INACTIVE"],
  },
  PENDING: {
    detail: null,
    documented: [
      ...["CONNECTED", "PASSWORD_INCORRECT", "MFA_TOKEN_EXPIRED", "WEBSITE_DOWN", "OTHER_ERROR"],
    ],
    ours: ["UNDER_INVESTIGATION", "URL_INACCESSIBLE", "ADDITIONAL_CREDENTIALS_NEEDED"],
  },
  UNDER_INVESTIGATION: { detail: null, documented: [], ours: ["CONNECTED", "OTHER_ERROR"] },
  PASSWORD_INCORRECT: WRONG_PASSWORD,
  MFA_TOKEN_EXPIRED: {
    detail: "The provider asked for a second factor, and the stored one has expired.",
    ...{ documented: BACK, ours: [] },
  },
  NEW_PASSWORD_NEEDED: {
    detail: "The provider wants a new password to be set before it lets anyone in.",
    ...{ documented: BACK, ours: [] },
  },
  ADDITIONAL_CREDENTIALS_NEEDED: {
    detail:
      "The provider asked for more than a user name and a password, such as a security question.",
    ...{ documented: BACK, ours: [] },
  },
  WEBSITE_DOWN: {
    detail: "The provider's website did not answer.",
    ...{ documented: [], ours: BACK },
  },
  URL_INACCESSIBLE: {
    detail: "The provider's URL could not be reached.",
    ...{ documented: [], ours: BACK },
  },
  NO_ACCOUNTS_FOUND: {
    detail: "The login worked, and showed no utility account.",
    ...{ documented: [], ours: BACK },
  },
  OTHER_ERROR: {
    detail: "The provider's website did something unexpected.",
    ...{ documented: [], ours: BACK },
  },
  COMPANY_INACTIVE: {
    detail: "The company is inactive, so nothing is collected for it.",
    ...{ documented: [], ours: BACK },
  },
  INCORRECT_PASSWORD: WRONG_PASSWORD,
} satisfies Record<string, Status>;

export type ConnectionStatus = keyof typeof STATUS_TABLE;

/** How the status of a wrong login can be spelt; the reference's spelling first. */
export const WRONG_PASSWORD_STATUSES = ["PASSWORD_INCORRECT", "INCORRECT_PASSWORD"] as const;

export type WrongPasswordStatus = (typeof WRONG_PASSWORD_STATUSES)[number];

/** Every status that a connection can be given. */
export const STATUSES: readonly string[] = Object.keys(STATUS_TABLE).filter(isStatus);

/** The longest sentence that can be set with a status, in characters. Our choice. */
export const LONGEST_DETAIL = 1000;

/**
 * What a step is: one that the documentation lists, one that is our choice where its diagram is cut off, the same
 * status again, or none of these.
 */
export type StepKind = "documented" | "ours" | "same" | "other";

/** What a step from one status to another is. The two spellings of a wrong password are one status. */
export function stepKind(from: string, to: string): StepKind {
  const leadsOn = (steps: readonly string[]) => steps.some((status) => sameStatus(status, to));
  if (isStatus(from) && leadsOn(STATUS_TABLE[from].documented)) return "documented";
  if (isStatus(from) && leadsOn(STATUS_TABLE[from].ours)) return "ours";
  return sameStatus(from, to) ? "same" : "other";
}

/** @returns our sentence for an error status, or null for one that needs none */
export function detailOf(status: string): string | null {
  return isStatus(status) ? STATUS_TABLE[status].detail : null;
}

/**
 * Reads a status as a person writes it: in any letter case, with dashes or underscores.
 *
 * @returns null when it is none of `STATUSES`
 */
export function readStatusName(text: string): ConnectionStatus | null {
  const name = text.trim().toUpperCase().replaceAll("-", "_");
  return isStatus(name) ? name : null;
}

function isStatus(text: string): text is ConnectionStatus {
  return Object.hasOwn(STATUS_TABLE, text);
}
