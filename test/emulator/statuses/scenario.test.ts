/** What new connections go through by themselves. */
import { describe, expect, it } from "vitest";
import { tryLogin } from "../../../src/emulator/statuses/login.ts";
import {
  PLAIN,
  parseScenarioEntry,
  readScenario,
  SCENARIO_NAMES,
  scriptOf,
} from "../../../src/emulator/statuses/scenario.ts";
import {
  detailOf,
  STATUSES,
  WRONG_PASSWORD_STATUSES,
  type WrongPasswordStatus,
} from "../../../src/emulator/statuses/statuses.ts";
import { at, CHECK_EVERY_MS } from "../../../src/emulator/statuses/timeline.ts";
import { NOW, SANDBOX } from "../harness.ts";
import { connectionRecord } from "../state/records.ts";

const RIGHT = tryLogin(SANDBOX, 1, "PASSWORD_INCORRECT");
const WRONG = tryLogin({ ...SANDBOX, password: "x" }, 1, "PASSWORD_INCORRECT");

/** A connection that is made now, under a scenario. */
function made(
  scenario = PLAIN,
  outcome = RIGHT,
  wrongPassword: WrongPasswordStatus = "PASSWORD_INCORRECT",
) {
  const time = new Date(NOW).toISOString();
  return {
    ...connectionRecord("c", "company"),
    ...{ status: "PENDING", created: time, updated: time, collecting: [] },
    ...{ statusLastUpdateTime: time, statusFirstSeenTime: time },
    script: scriptOf(outcome, scenario, NOW, wrongPassword),
  };
}

const LATER = SCENARIO_NAMES.filter((name) => name !== "pending-for");

describe("a scenario", () => {
  it.each(LATER)("%s comes at the named weekly check, and not before", (name) => {
    const connection = made(readScenario([[name, 3]]));
    const due = NOW + 3 * CHECK_EVERY_MS;
    expect(at(connection, NOW).status).toBe("CONNECTED");
    expect(at(connection, due - 1)).toMatchObject({
      status: "CONNECTED",
      statusLastUpdateTime: new Date(NOW + 2 * CHECK_EVERY_MS).toISOString(),
    });
    const then = at(connection, due);
    expect(STATUSES).toContain(then.status);
    expect(then).toMatchObject({
      statusErrorDetail: detailOf(then.status),
      statusFirstSeenTime: new Date(due).toISOString(),
      collecting: [{ until: new Date(due).toISOString() }],
    });
    expect(then.status).not.toBe("CONNECTED");
  });

  it("has a different end for each name", () => {
    const ends = LATER.map((name) => readScenario([[name, 1]]).later[0]?.status);
    expect(new Set(ends).size).toBe(LATER.length);
  });

  it("keeps a connection pending before its login is tried, and counts the checks from there", () => {
    const scenario = readScenario([
      ["pending-for", "2d"],
      ["mfa-expires-after", "1"],
    ]);
    const connection = made(scenario);
    const tried = NOW + 2 * 86_400_000;
    expect(at(connection, tried - 1).status).toBe("PENDING");
    expect(at(connection, tried).status).toBe("CONNECTED");
    expect(at(connection, tried + CHECK_EVERY_MS).status).toBe("MFA_TOKEN_EXPIRED");
    expect(at(made(scenario, WRONG), tried).status).toBe("PASSWORD_INCORRECT");
  });

  it("goes through several happenings in the order of time", () => {
    const connection = made(
      readScenario([
        ["company-inactive-after", 5],
        ["website-down-after", 2],
      ]),
    );
    const week = (number: number) => at(connection, NOW + number * CHECK_EVERY_MS).status;
    expect([1, 2, 4, 5, 99].map(week)).toEqual([
      "CONNECTED",
      "WEBSITE_DOWN",
      "WEBSITE_DOWN",
      "COMPANY_INACTIVE",
      "COMPANY_INACTIVE",
    ]);
  });

  it("leaves a wrong login at that", () => {
    const connection = made(readScenario([["mfa-expires-after", 1]]), WRONG);
    expect(at(connection, NOW + 9 * CHECK_EVERY_MS).status).toBe("PASSWORD_INCORRECT");
  });

  it("spells a changed password as it is told to", () => {
    const scenario = readScenario([["password-changes-after", 1]]);
    const later = NOW + CHECK_EVERY_MS;
    for (const spelling of WRONG_PASSWORD_STATUSES) {
      expect(at(made(scenario, RIGHT, spelling), later).status).toBe(spelling);
    }
  });

  it("of nothing is plain", () => {
    expect(readScenario([])).toEqual(PLAIN);
  });
});

describe("what is refused", () => {
  it.each<[string, RegExp]>([
    ["nope=1", /^"nope": is not one of mfa-expires-after, .*, pending-for$/],
    ["__proto__=1", /^"__proto__": is not one of/],
    ["mfa-expires-after", /is not NAME=VALUE with one of mfa-expires-after/],
    ["=3", /is not NAME=VALUE/],
    ["mfa-expires-after=0", /^mfa-expires-after: "0" .*from 1 to 5217$/],
    ["mfa-expires-after=5218", /"5218"/],
    ["mfa-expires-after=1.5", /"1.5"/],
    ["mfa-expires-after=", /""/],
    ["pending-for=0s", /^pending-for: "0s" .*such as 7d/],
    ["pending-for=soon", /"soon"/],
  ])("%s", (text, says) => {
    expect(() => parseScenarioEntry(text)).toThrow(says);
  });

  it("a name that is given twice, and two happenings at one check", () => {
    const twice = [
      ["fails-after", 1],
      ["fails-after", 2],
    ] as const;
    expect(() => readScenario(twice)).toThrow("fails-after: is given twice");
    const together = [
      ["fails-after", 2],
      ["website-down-after", 2],
    ] as const;
    expect(() => readScenario(together)).toThrow(
      "fails-after and website-down-after: only one of them can happen at check 2",
    );
  });

  it("takes an equals sign in a value for a part of it", () => {
    expect(() => parseScenarioEntry("fails-after=1=2")).toThrow('"1=2"');
    expect(parseScenarioEntry("fails-after=2")).toEqual(["fails-after", "2"]);
  });
});
