/** Which events follow from which change, and that time tells the same whatever the steps in which it is looked at. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { accountBodies } from "../../../src/emulator/data/account-body.ts";
import { Collections } from "../../../src/emulator/state/collections.ts";
import type { AccountRecord, ConnectionRecord } from "../../../src/emulator/state/entities.ts";
import { eventsOfChange, eventsOfTime, quietUntil } from "../../../src/emulator/webhooks/events.ts";
import { companyRecord, connectionRecord } from "../state/records.ts";

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;

const connection: ConnectionRecord = {
  ...connectionRecord("7b1f6a52-7d1c-4c1a-9a8e-0d5a3a1f2b3c", "company"),
  siteIds: ["one", "two"],
};
const START = Date.parse(connection.created);
const NOW = START + HOUR;

const view = new Collections();
view.apply({ op: "put", kind: "company", value: companyRecord("company") });
view.apply({ op: "put", kind: "connection", value: connection });

function accountsOf(of: ConnectionRecord) {
  return z.parse(z.array(z.looseObject({ id: z.string() })), accountBodies(view, of, NOW));
}

function told(before: ConnectionRecord | undefined, after: ConnectionRecord) {
  return eventsOfChange(before, after, NOW, [view, view]).map(({ payload }) => payload());
}

describe("a change", () => {
  it("of nothing that is shown tells nothing", () => {
    expect(told(connection, { ...connection, announcedUntil: "x" })).toEqual([]);
    expect(told(connection, { ...connection, updated: new Date(NOW).toISOString() })).toEqual([]);
  });

  it("of fields tells their old values, and names what it does not show", () => {
    const changed = { ...connection, username: "new", country: "DE", magicLinkSecret: "other" };
    expect(told(connection, changed)).toMatchObject([
      {
        eventType: "connection.updated.v2",
        username: "new",
        country: "DE",
        old: { username: "someone", country: "US" },
        protectedChanges: ["connectionMagicLinkSecret"],
      },
    ]);
    const text = JSON.stringify(told(connection, changed));
    expect(text).not.toContain(connection.magicLinkSecret);
    expect(text).not.toContain("other");
  });

  it("tells of accounts what the sample of a webhook shows, and not their statuses", () => {
    const collecting = [{ from: connection.created, until: null }];
    const [update] = told(connection, { ...connection, collecting, username: "new" });
    const { accounts } = z.parse(z.looseObject({ accounts: z.array(z.looseObject({})) }), update);
    expect(accounts.map((account) => Object.keys(account).toSorted().join(" "))).toEqual(
      Array(10).fill(
        "accountNumber dataCollectionStartDate datasourceTypes id isCollectingInvoiceData isCollectingSmartMeterData isDuplicated isTracked lastServiceDate meters",
      ),
    );
  });

  it("of the secret alone is an update without old values", () => {
    expect(told(connection, { ...connection, magicLinkSecret: "other" })).toMatchObject([
      { eventType: "connection.updated.v2", old: {}, protectedChanges: [expect.any(String)] },
    ]);
  });

  it("of the status's detail alone is an update that names it", () => {
    const failed = { ...connection, status: "OTHER_ERROR", statusErrorDetail: "One." };
    expect(told(failed, { ...failed, statusErrorDetail: "Two." })).toMatchObject([
      {
        eventType: "connection.updated.v2",
        old: {},
        protectedChanges: ["statusErrorDetail"],
      },
    ]);
  });

  it("of the status is an update with the old one, and a validation", () => {
    const checked = { ...connection, statusLastUpdateTime: new Date(NOW).toISOString() };
    expect(told(connection, checked)).toEqual([]);
    const status = "PASSWORD_INCORRECT";
    expect(told(connection, { ...checked, status })).toMatchObject([
      {
        eventType: "connection.updated.v2",
        status,
        old: { status: connection.status },
        protectedChanges: [],
      },
      { eventType: "connection.validated.v2", status },
    ]);
  });

  it("of the login and the status is one update and a validation", () => {
    const after = { ...connection, username: "new", status: "PASSWORD_INCORRECT" };
    expect(told(connection, after)).toMatchObject([
      { eventType: "connection.updated.v2", old: { username: "someone", status: "CONNECTED" } },
      { eventType: "connection.validated.v2" },
    ]);
  });

  it("of an account is an update with the accounts as they were", () => {
    const collecting = [{ from: connection.created, until: null }];
    const stored = { ...connection, collecting };
    const [account] = accountsOf(stored);
    const record: AccountRecord = {
      id: account?.id ?? "",
      companyId: "company",
      connectionId: connection.id,
      isTracked: false,
      meterIsTracked: false,
      untracked: [{ from: new Date(NOW).toISOString(), until: null }],
      updated: new Date(NOW).toISOString(),
    };
    const accountsAfter = {
      account: (id: string) => (id === record.id ? record : undefined),
      site: () => undefined,
    };
    const events = eventsOfChange(stored, stored, NOW, [view, accountsAfter]);
    expect(events.map(({ payload }) => payload())).toMatchObject([
      {
        eventType: "connection.updated.v2",
        accounts: [{ id: record.id, isTracked: false }, ...Array(9).fill({ isTracked: true })],
        old: { accounts: Array(10).fill({ isTracked: true }) },
        protectedChanges: [],
      },
    ]);
  });

  it("that makes a connection tells whether its login was tried", () => {
    const types = (after: ConnectionRecord) =>
      eventsOfChange(undefined, after, NOW, [view, view]).map(({ type }) => type);
    expect(types({ ...connection, status: "PENDING" })).toEqual(["connection.created.v2"]);
    expect(types(connection)).toEqual(["connection.created.v2", "connection.validated.v2"]);
    const script = [{ at: new Date(NOW).toISOString(), status: "CONNECTED", detail: null }];
    expect(types({ ...connection, status: "PENDING", script })).toHaveLength(2);
  });
});

/** A life: statuses at whole hours, some of them connected. */
const lives = fc
  .array(
    fc.record({
      hours: fc.integer({ min: 1, max: 2000 }),
      status: fc.constantFrom("CONNECTED", "MFA_TOKEN_EXPIRED", "WEBSITE_DOWN"),
    }),
    { maxLength: 4 },
  )
  .map((steps): ConnectionRecord => {
    let time = START;
    const script = steps.map(({ hours, status }) => {
      time += hours * HOUR;
      return { at: new Date(time).toISOString(), status, detail: null };
    });
    // Young, so that there are not many bills to tell of.
    return { ...connection, script, dataCollectionStartDate: dayBefore(90) };
  });

function dayBefore(days: number): string {
  return new Date(START - days * DAY).toISOString().slice(0, 10);
}

function summary(life: ConnectionRecord, after: number, until: number): string[] {
  return eventsOfTime(life, { after, until }, view).map(
    ({ type, at, payload }) => `${at} ${type} ${JSON.stringify(Reflect.get(payload(), "id"))}`,
  );
}

describe("time", () => {
  it("brings no event by a weekly check that changes nothing", () => {
    const collecting = [{ from: connection.created, until: null }];
    const weeks = { after: START, until: START + 30 * DAY };
    const types = eventsOfTime({ ...connection, collecting, dataDelayMs: 60 * DAY }, weeks, view);
    expect(types).toEqual([]);
  });

  it("brings an update and a validation with each status", () => {
    const script = ["WEBSITE_DOWN", "CONNECTED", "CONNECTED"].map((status, index) => ({
      at: new Date(START + (index + 1) * DAY).toISOString(),
      status,
      detail: null,
    }));
    const events = eventsOfTime(
      { ...connection, script },
      { after: START, until: NOW + 5 * DAY },
      view,
    )
      .filter(({ type }) => type.startsWith("connection."))
      .map(({ type, at, payload }) => [type, (at - START) / DAY, Reflect.get(payload(), "old")]);
    expect(events).toEqual([
      ["connection.updated.v2", 1, expect.objectContaining({ status: "CONNECTED" })],
      ["connection.validated.v2", 1, undefined],
      ["connection.updated.v2", 2, expect.objectContaining({ status: "WEBSITE_DOWN" })],
      ["connection.validated.v2", 2, undefined],
    ]);
  });

  it("tells the same in one step as in many", () => {
    fc.assert(
      fc.property(
        lives,
        fc.array(fc.integer({ min: 0, max: 120 * DAY }), { maxLength: 5 }),
        (life, cuts) => {
          const bounds = [0, ...cuts.toSorted((one, other) => one - other), 120 * DAY];
          const inSteps = bounds
            .slice(1)
            .flatMap((until, index) => summary(life, START + (bounds[index] ?? 0), START + until));
          expect(inSteps.toSorted()).toEqual(summary(life, START, START + 120 * DAY).toSorted());
        },
      ),
      { numRuns: 25 },
    );
  });

  it("is quiet for as long as it was said to be", () => {
    fc.assert(
      fc.property(lives, fc.integer({ min: 0, max: 120 * DAY }), (life, later) => {
        const now = START + later;
        const until = quietUntil(life, now, view);
        expect(until).toBeGreaterThan(now);
        expect(summary(life, now, until - 1)).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});
