/** The steps between statuses. */
import { describe, expect, it } from "vitest";
import { DOCUMENTED_STATUSES, readStatus } from "../../../src/api/status.ts";
import type { ConnectionStatus } from "../../../src/emulator/public.ts";
import {
  detailOf,
  LONGEST_DETAIL,
  readStatusName,
  STATUSES,
  stepKind,
} from "../../../src/emulator/statuses/statuses.ts";

const WRONG = ["PASSWORD_INCORRECT", "INCORRECT_PASSWORD"];

/** As the vendor's pages list them. */
const LISTED: Readonly<Record<string, readonly string[]>> = {
  PENDING: ["CONNECTED", ...WRONG, "MFA_TOKEN_EXPIRED", "WEBSITE_DOWN", "OTHER_ERROR"],
  CONNECTED: [
    "CONNECTED",
    ...WRONG,
    "MFA_TOKEN_EXPIRED",
    "NEW_PASSWORD_NEEDED",
    "WEBSITE_DOWN",
    "NO_ACCOUNTS_FOUND",
    "UNDER_INVESTIGATION",
    "OTHER_ERROR",
  ],
  PASSWORD_INCORRECT: ["CONNECTED"],
  INCORRECT_PASSWORD: ["CONNECTED"],
  MFA_TOKEN_EXPIRED: ["CONNECTED"],
  NEW_PASSWORD_NEEDED: ["CONNECTED"],
  ADDITIONAL_CREDENTIALS_NEEDED: ["CONNECTED"],
};

/** The statuses that can be reached from one, step by step. */
function reach(from: string): ReadonlySet<string> {
  const seen = new Set([from]);
  for (const status of seen) {
    for (const next of STATUSES) {
      if (["documented", "ours"].includes(stepKind(status, next))) seen.add(next);
    }
  }
  return seen;
}

describe("the steps", () => {
  it.each(STATUSES.flatMap((from) => STATUSES.map((to) => [from, to] as const)))(
    "%s → %s is documented when the pages list it, and not otherwise",
    (from, to) => {
      expect(stepKind(from, to) === "documented").toBe(LISTED[from]?.includes(to) ?? false);
    },
  );

  it.each(STATUSES)("lead to %s from the first status, and back to a healthy one", (status) => {
    expect(reach("PENDING")).toContain(status);
    expect(reach(status)).toContain("CONNECTED");
  });

  it("tell the same status, our own choices, and the rest apart", () => {
    expect(stepKind("PENDING", "PENDING")).toBe("same");
    expect(stepKind("PASSWORD_INCORRECT", "INCORRECT_PASSWORD")).toBe("same");
    expect(stepKind("WEBSITE_DOWN", "CONNECTED")).toBe("ours");
    expect(stepKind("WEBSITE_DOWN", "MFA_TOKEN_EXPIRED")).toBe("other");
    expect(stepKind("SOMETHING_NEW", "CONNECTED")).toBe("other");
  });
});

describe("a status", () => {
  it("is one of the documented ones, or the other spelling of a wrong password", () => {
    // A type has no list at run time; this one fails to compile when it misses a name or has one too many.
    const known: Record<ConnectionStatus, true> = {
      PENDING: true,
      UNDER_INVESTIGATION: true,
      CONNECTED: true,
      WEBSITE_DOWN: true,
      URL_INACCESSIBLE: true,
      NO_ACCOUNTS_FOUND: true,
      OTHER_ERROR: true,
      MFA_TOKEN_EXPIRED: true,
      PASSWORD_INCORRECT: true,
      INCORRECT_PASSWORD: true,
      NEW_PASSWORD_NEEDED: true,
      ADDITIONAL_CREDENTIALS_NEEDED: true,
      COMPANY_INACTIVE: true,
    };
    expect([...STATUSES].sort()).toEqual(Object.keys(known).sort());
    expect([...STATUSES].sort()).toEqual([...DOCUMENTED_STATUSES, "INCORRECT_PASSWORD"].sort());
  });

  it.each(STATUSES)("%s comes with a sentence unless it is healthy", (status) => {
    const healthy = ["connected", "pending"].includes(readStatus(status).state);
    const detail = detailOf(status);
    if (healthy) expect(detail).toBeNull();
    else expect(detail).toMatch(/^[A-Z].*\.$/);
    expect(detail?.length ?? 0).toBeLessThan(LONGEST_DETAIL);
  });

  it.each(STATUSES)("%s is read in any letter case, with dashes", (status) => {
    for (const text of [status, status.toLowerCase(), status.replaceAll("_", "-"), ` ${status} `]) {
      expect(readStatusName(text)).toBe(status);
    }
  });

  it.each(["", "CONNECT", "unknown", "CONNECTED!", "__proto__"])("is not read from %j", (text) => {
    expect(readStatusName(text)).toBeNull();
  });
});
