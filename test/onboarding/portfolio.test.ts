/** Many companies in one run: nothing twice wherever it ends, and no more requests than needed. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InterruptedError, NectarError } from "../../src/errors.ts";
import type { Applied } from "../../src/onboarding/portfolio.ts";
import { type End, VirtualMachine } from "../support/virtual-machine.ts";
import { applyOnce, entry } from "../support/virtual-portfolio.ts";
import type { Fate } from "../support/virtual-vendor.ts";

const ENTRIES = ["a", "b", "c", "d", "e", "f", "g", "h"].map(entry);
const ALL = [ENTRIES.length, ENTRIES.length * 2, ENTRIES.length];

function connected(results: readonly Applied[] | null): readonly string[] {
  const failed = results?.find(({ error }) => error !== null)?.error;
  if (failed !== undefined) throw failed;
  return (results ?? []).map(({ connection }) => connection?.outcome ?? "none").sort();
}

describe("a portfolio", () => {
  it("takes four creates for each company and one list", async () => {
    const machine = new VirtualMachine();
    expect(connected(await applyOnce(machine, ENTRIES))).toEqual(Array(8).fill("created"));
    expect(await machine.counts()).toEqual(ALL);
    const { asked } = machine.vendor;
    expect(asked.filter((line) => line === "GET /company")).toHaveLength(1);
    expect(asked).toHaveLength(1 + 4 * 8);
  });

  it("takes one list and a read of each connection when it is done already", async () => {
    const machine = new VirtualMachine();
    await applyOnce(machine, ENTRIES);
    const before = machine.vendor.asked.length;
    expect(connected(await applyOnce(machine, ENTRIES))).toEqual(Array(8).fill("existing"));
    const again = machine.vendor.asked.slice(before);
    expect(again.filter((line) => /^GET \/connection\/[^/]+\/details$/.test(line))).toHaveLength(8);
    expect(again).toHaveLength(1 + 8);
  });

  it("finds everything without a ledger, too, with a list of each company's connections", async () => {
    const machine = new VirtualMachine();
    await applyOnce(machine, ENTRIES);
    const other = new VirtualMachine(machine.vendor);
    const before = machine.vendor.asked.length;
    expect(connected(await applyOnce(other, ENTRIES))).toEqual(Array(8).fill("existing"));
    expect(machine.vendor.asked.length - before).toBe(1 + 2 * 8);
  });

  it("reads by ID what a list that lags does not show", async () => {
    const machine = new VirtualMachine();
    machine.vendor.shape = { lagMs: 600_000, omit: [], normalises: false };
    await applyOnce(machine, ENTRIES);
    expect(connected(await applyOnce(machine, ENTRIES))).toEqual(Array(8).fill("existing"));
    expect(await machine.counts()).toEqual(ALL);
  });

  it("reads a company by ID before it creates a site that the list does not show", async () => {
    const machine = new VirtualMachine();
    await applyOnce(machine, ENTRIES);
    const [first] = (await machine.holds()).companies;
    const other = new VirtualMachine(machine.vendor);
    // The list shows the companies without their sites, reads by ID show all.
    const { http } = machine.vendor;
    machine.vendor.http = (...ends) => {
      const plain = http.apply(machine.vendor, ends);
      return {
        ...plain,
        async send(request) {
          const answer = await plain.send(request);
          if (request.path !== "/company" || request.method !== "GET") return answer;
          const body = (answer.body as object[]).map((company) => ({ ...company, sites: [] }));
          return { ...answer, body };
        },
      };
    };
    expect(connected(await applyOnce(other, ENTRIES))).toEqual(Array(8).fill("existing"));
    expect(await machine.counts()).toEqual(ALL);
    expect(machine.vendor.asked).toContain(`GET /company/${first?.id}`);
  });

  it.each([
    [["externalId"]],
    [["sites"]],
    [["dataCollectionStopDate"]],
    [["externalId", "sites", "initialSites", "username", "url"]],
  ])("knows its own where the server leaves out %j", async (omit) => {
    const machine = new VirtualMachine();
    machine.vendor.shape = { lagMs: 0, omit, normalises: true };
    await applyOnce(machine, ENTRIES);
    expect(connected(await applyOnce(machine, ENTRIES))).toEqual(Array(8).fill("existing"));
    expect(await machine.counts()).toEqual(ALL);
  });

  it("creates again what somebody else has deleted, though a list that lags shows it", async () => {
    const machine = new VirtualMachine();
    await applyOnce(machine, ENTRIES);
    const [first] = (await machine.holds()).companies;
    machine.vendor.shape = { lagMs: 600_000, omit: [], normalises: false };
    await machine.vendor.remove(first?.id ?? "");
    const outcomes = connected(await applyOnce(machine, ENTRIES));
    expect(outcomes).toEqual(["created", ...Array(7).fill("existing")]);
    expect(await machine.counts()).toEqual(ALL);
  });

  it("looks afresh for what a lost answer has left, and never sends it twice", async () => {
    const machine = new VirtualMachine();
    const lost: Fate = { commitMs: 3_000, answer: "cut" };
    const results = await applyOnce(machine, ENTRIES, { fates: Array(12).fill(lost) });
    expect(connected(results)).toEqual(Array(8).fill("created"));
    expect(await machine.counts()).toEqual(ALL);
    expect(machine.vendor.asked.filter((line) => line.startsWith("POST"))).toHaveLength(4 * 8);
  });

  it("lets one company's failure be its own", async () => {
    const machine = new VirtualMachine();
    const twin = { name: "Twin", externalId: "c" };
    for (let time = 0; time < 2; time += 1) await machine.vendor.ask("POST", "/company", twin);
    const results = (await applyOnce(machine, ENTRIES)) ?? [];
    const failed = results.filter(({ error }) => error !== null);
    expect(failed.map(({ entry: { key } }) => key)).toEqual(["c"]);
    expect(failed[0]?.error).toMatchObject({ code: "ambiguous" });
    expect(await machine.counts()).toEqual([7 + 2, 14, 7]);
  });

  it("concludes that a company does not exist from a list of the last minute only", async () => {
    const machine = new VirtualMachine();
    // Each company takes a good while, so the last ones are begun minutes after the first list.
    const fates = Array<Fate>(6 * 4 * 2).fill({ commitMs: 20_000, answer: "given" });
    const many = Array.from({ length: 14 }, (_, index) => entry(`n${index}`));
    await applyOnce(machine, many, { fates });
    const lists = machine.vendor.asked.filter((line) => line === "GET /company");
    expect(lists.length).toBeGreaterThan(1);
    expect(lists.length).toBeLessThan(8);
  });
});

describe("a portfolio that is stopped", () => {
  it("lets what is under way be answered, begins nothing more, and leaves no create open", async () => {
    for (let afterMs = 5; afterMs < 60; afterMs += 7) {
      const machine = new VirtualMachine();
      const results = await applyOnce(machine, ENTRIES, { end: { how: "interrupt", afterMs } });
      for (const { error } of results ?? []) {
        if (error !== null) expect(error).toBeInstanceOf(InterruptedError);
      }
      const open = [...machine.ledgers.values()].flatMap(({ intents }) => intents);
      expect(open).toEqual([]);
      connected(await applyOnce(machine, ENTRIES));
      expect(await machine.counts()).toEqual(ALL);
    }
  });

  const fate: fc.Arbitrary<Fate> = fc.record({
    commitMs: fc.constantFrom(0, 0, 0, 50, 5_000, 31_000),
    answer: fc.constantFrom("given", "given", "given", "cut", "failed", "refused", "vanished"),
  });
  const end: fc.Arbitrary<End | null> = fc.option(
    fc.record({
      how: fc.constantFrom("kill" as const, "interrupt" as const),
      afterMs: fc.oneof(fc.integer({ min: 1, max: 150 }), fc.integer({ min: 1, max: 70_000 })),
    }),
  );
  const runs = fc.array(fc.record({ fates: fc.array(fate, { maxLength: 20 }), end }), {
    maxLength: 4,
  });

  it("anywhere, on any server, is completed by later runs, nothing twice", async () => {
    await fc.assert(
      fc.asyncProperty(runs, fc.constantFrom(0, 200, 7_000), async (broken, lagMs) => {
        const machine = new VirtualMachine();
        machine.vendor.shape = { lagMs, omit: [], normalises: false };
        const few = ENTRIES.slice(0, 4);
        for (const run of broken) {
          for (const { error } of (await applyOnce(machine, few, run)) ?? []) {
            if (error !== null && !(error instanceof NectarError)) throw error;
          }
        }
        // A create that was assumed lost is created by the run after that.
        for (let run = 0; run < 2; run += 1) await applyOnce(machine, few);
        connected(await applyOnce(machine, few));
        expect(await machine.counts()).toEqual([4, 8, 4]);
      }),
      { numRuns: 30 },
    );
  }, 60_000);
});
