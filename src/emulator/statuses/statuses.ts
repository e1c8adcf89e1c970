/** Every connection status of the emulator, with its sentence and the transitions from it. Pure. */
import { sameStatus } from "../../api/status.ts";
import { isKeyOf } from "../given.ts";

interface Status {
  /** Our choice of words, as the pages show no sample of `statusErrorDetail`; null for a status that is not an error. */
  readonly detail: string | null;
  /** @see https://docs.nectarclimate.com/developer-guide/connection-lifecycle.md */
  readonly documented: readonly string[];
  /**
   * Our choice: the stored diagram is cut off after the documented transitions, so none into or out of the other statuses
   * is known. These are the fewest that make every status reachable and leave none a dead end.
   */
  readonly ours: readonly string[];
}

const BACK = ["CONNECTED"];

/** Shared by the vendor's two spellings. */
const WRONG_PASSWORD = {
  detail: "The provider refused this user name and password.",
  ...{ documented: BACK, ours: [] },
};

/** The documented statuses, plus the sandbox page's spelling of one of them. */
export const STATUS_TABLE = {
  CONNECTED: {
    detail: null,
    // CONNECTED to CONNECTED is the weekly check.
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

/** The spellings of the status for a wrong login; the reference's first. */
export const WRONG_PASSWORD_STATUSES = ["PASSWORD_INCORRECT", "INCORRECT_PASSWORD"] as const;

export type WrongPasswordStatus = (typeof WRONG_PASSWORD_STATUSES)[number];

export const STATUSES: readonly string[] = Object.keys(STATUS_TABLE);

/** The maximum length of a status's sentence, in characters. Our choice. */
export const LONGEST_DETAIL = 1000;

/**
 * The kind of a transition: listed in the documentation, our choice where its diagram is cut off, to the same status, or
 * none of these.
 */
export type StepKind = "documented" | "ours" | "same" | "other";

/** Classifies a transition. The two spellings for a wrong password count as one status. */
export function stepKind(from: string, to: string): StepKind {
  const listed = isKeyOf(STATUS_TABLE, from) ? STATUS_TABLE[from] : null;
  const includesTo = (steps: readonly string[] = []) =>
    steps.some((status) => sameStatus(status, to));
  if (includesTo(listed?.documented)) return "documented";
  if (includesTo(listed?.ours)) return "ours";
  return sameStatus(from, to) ? "same" : "other";
}

/** @returns our sentence for an error status, else null */
export function detailOf(status: string): string | null {
  return isKeyOf(STATUS_TABLE, status) ? STATUS_TABLE[status].detail : null;
}

/**
 * Parses a status from user input: in any letter case, with dashes or underscores.
 *
 * @returns null when it is not one of `STATUSES`
 */
export function readStatusName(text: string): ConnectionStatus | null {
  const name = text.trim().toUpperCase().replaceAll("-", "_");
  return isKeyOf(STATUS_TABLE, name) ? name : null;
}
