import { describe, expect, it } from "vitest";
import { DOCUMENTED_STATUSES, isFilterable, readStatus, sameStatus } from "../../src/api/status.ts";

describe("the reading of a status", () => {
  // The table of the tool's published surface.
  it.each([
    ["CONNECTED", "connected"],
    ["PENDING", "pending"],
    ["UNDER_INVESTIGATION", "pending"],
    ["PASSWORD_INCORRECT", "needs-action"],
    ["INCORRECT_PASSWORD", "needs-action"],
    ["MFA_TOKEN_EXPIRED", "needs-action"],
    ["NEW_PASSWORD_NEEDED", "needs-action"],
    ["ADDITIONAL_CREDENTIALS_NEEDED", "needs-action"],
    ["WEBSITE_DOWN", "unavailable"],
    ["URL_INACCESSIBLE", "unavailable"],
    ["NO_ACCOUNTS_FOUND", "unavailable"],
    ["OTHER_ERROR", "unavailable"],
    ["COMPANY_INACTIVE", "inactive"],
    ["SOMETHING_NEW", "unknown"],
    ["", "unknown"],
    [null, "unknown"],
    ["constructor", "unknown"],
  ])("%s is %s", (status, state) => {
    const reading = readStatus(status);
    expect(reading.state).toBe(state);
    expect(reading.label.length).toBeGreaterThan(0);
    expect(reading.meaning.length).toBeGreaterThan(10);
    expect(reading.advice.length).toBeGreaterThan(10);
  });

  it("shows an unknown status by its own name", () => {
    expect(readStatus("SOMETHING_NEW").label).toBe("SOMETHING_NEW");
  });

  it("knows the twelve documented ones", () => {
    expect(DOCUMENTED_STATUSES).toHaveLength(12);
    expect(DOCUMENTED_STATUSES).not.toContain("INCORRECT_PASSWORD");
  });

  it("takes both spellings of the wrong password for one, and leaves neither to the API's filter", () => {
    expect(sameStatus("PASSWORD_INCORRECT", "INCORRECT_PASSWORD")).toBe(true);
    expect(sameStatus("CONNECTED", "PENDING")).toBe(false);
    expect(isFilterable("PASSWORD_INCORRECT")).toBe(false);
    expect(isFilterable("CONNECTED")).toBe(true);
    expect(isFilterable("SOMETHING_NEW")).toBe(false);
  });
});
