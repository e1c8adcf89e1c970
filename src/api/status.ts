/** Connection statuses: what each of the API's strings means to the user and for the exit code. Pure. */

export const STATES = [
  "connected",
  "pending",
  "needs-action",
  "unavailable",
  "inactive",
  "unknown",
] as const;
export type ConnectionState = (typeof STATES)[number];

/** What the user can do about a status. The matching CLI commands are defined in the commands. */
export type Remedy = "none" | "wait" | "new-login" | "invite" | "check-url" | "contact";

export interface StatusReading {
  /** The API's string, unchanged. */
  readonly status: string;
  readonly state: ConnectionState;
  /** A short label for tables. */
  readonly label: string;
  /** One sentence: what it means. */
  readonly meaning: string;
  /** One sentence: what to do next. */
  readonly advice: string;
  readonly remedy: Remedy;
}

type Entry = Omit<StatusReading, "status">;

const PASSWORD_INCORRECT: Entry = {
  state: "needs-action",
  label: "Password incorrect",
  meaning: "the utility's site refused this user name and password.",
  advice: "Enter the correct login, or let its owner sign in through an invitation.",
  remedy: "new-login",
};

const TABLE: ReadonlyMap<string, Entry> = new Map<string, Entry>(
  Object.entries<Entry>({
    CONNECTED: {
      state: "connected",
      label: "Connected",
      meaning: "Nectar can log in; data is being collected.",
      advice: "Nothing to do.",
      remedy: "none",
    },
    PENDING: {
      state: "pending",
      label: "Pending",
      meaning: "Nectar has not tried this login yet.",
      advice: "Wait for the first check; a real provider can take hours to days.",
      remedy: "wait",
    },
    UNDER_INVESTIGATION: {
      state: "pending",
      label: "Under investigation",
      meaning: "Nectar's team is looking into this login.",
      advice: "Nothing to do until they are done.",
      remedy: "wait",
    },
    PASSWORD_INCORRECT,
    // The sandbox pages use this spelling, the reference the one above.
    INCORRECT_PASSWORD: PASSWORD_INCORRECT,
    MFA_TOKEN_EXPIRED: {
      state: "needs-action",
      label: "MFA expired",
      meaning: "the second factor of this login has expired.",
      advice: "Its owner has to sign in again, through an invitation.",
      remedy: "invite",
    },
    NEW_PASSWORD_NEEDED: {
      state: "needs-action",
      label: "New password needed",
      meaning: "the utility's site requires a new password before anyone can log in.",
      advice: "Set a new password on the utility's site, then give it to Nectar.",
      remedy: "new-login",
    },
    ADDITIONAL_CREDENTIALS_NEEDED: {
      state: "needs-action",
      label: "More credentials needed",
      meaning: "this login needs more than a user name and a password.",
      advice: "Its owner has to sign in through an invitation.",
      remedy: "invite",
    },
    WEBSITE_DOWN: {
      state: "unavailable",
      label: "Website down",
      meaning: "the utility's site is not responding.",
      advice: "Nectar retries automatically; check again later.",
      remedy: "wait",
    },
    URL_INACCESSIBLE: {
      state: "unavailable",
      label: "URL inaccessible",
      meaning: "Nectar can't reach the URL of this connection.",
      advice: "Check the URL; if it is correct, check again later.",
      remedy: "check-url",
    },
    NO_ACCOUNTS_FOUND: {
      state: "unavailable",
      label: "No accounts found",
      meaning: "the login works, but it shows no utility account.",
      advice: "Check with the login's owner that it is the right one.",
      remedy: "contact",
    },
    OTHER_ERROR: {
      state: "unavailable",
      label: "Other error",
      meaning: "Nectar could not collect data, and gives no reason.",
      advice: "Check again later; if it persists, contact Nectar support with the connection ID.",
      remedy: "contact",
    },
    COMPANY_INACTIVE: {
      state: "inactive",
      label: "Company inactive",
      meaning: "this connection's company is deactivated, so no data is collected.",
      advice: "Ask Nectar support to reactivate the company.",
      remedy: "contact",
    },
  }),
);

/** Every status that this tool knows, including both spellings of the incorrect password. */
export const KNOWN_STATUSES: readonly string[] = [...TABLE.keys()];

/** The statuses that the vendor's v2.2 reference lists as values of the `status` filter. */
export const DOCUMENTED_STATUSES: readonly string[] = KNOWN_STATUSES.filter(
  (status) => status !== "INCORRECT_PASSWORD",
);

/**
 * Interprets a connection's status.
 *
 * @param status the API's string, or null if the response had none
 * @returns the interpretation; an undocumented status is `unknown`, never an error
 * @see https://docs.nectarclimate.com/developer-guide/connection-statuses.md
 */
export function readStatus(status: string | null): StatusReading {
  const known = status === null ? undefined : TABLE.get(status);
  if (known !== undefined && status !== null) return { status, ...known };
  return {
    status: status ?? "",
    state: "unknown",
    label: status === null || status === "" ? "Unknown" : status,
    meaning: "this status is not documented, so its meaning is unknown.",
    advice: "Check again later; if it persists, contact Nectar support with the connection ID.",
    remedy: "contact",
  };
}

/** Whether two strings mean the same status; the vendor has two spellings for the incorrect password. */
export function sameStatus(one: string, other: string): boolean {
  return canonical(one) === canonical(other);
}

/** Whether the API can filter by this status: it is documented and has only one spelling. */
export function isFilterable(status: string): boolean {
  return DOCUMENTED_STATUSES.includes(status) && canonical(status) !== "PASSWORD_INCORRECT";
}

function canonical(status: string): string {
  return status === "INCORRECT_PASSWORD" ? "PASSWORD_INCORRECT" : status;
}
