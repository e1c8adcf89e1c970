/** What is recorded of a create that waits for its turn, behind another one. */
import { describe, expect, it } from "vitest";
import { createClient } from "../../src/api/client.ts";
import { createHttp } from "../../src/api/http.ts";
import { ensureCompany } from "../../src/onboarding/engine.ts";
import { memoryLedger } from "../../src/onboarding/ledger.ts";
import type { PlannedCompany } from "../../src/onboarding/plan.ts";
import type { EnginePorts } from "../../src/onboarding/ports.ts";
import { directReads } from "../../src/onboarding/reads.ts";
import { json, stubServer } from "../support/stub-server.ts";
import { testClock } from "../support/test-clock.ts";

const FATE_MS = 60_000;

/** A promise, and what resolves it. */
function gate<Value>() {
  let open: (value: Value) => void = () => {};
  const passed = new Promise<Value>((resolve) => {
    open = resolve;
  });
  return { passed, open };
}

/** Two creates on a client that sends one request at a time: the first is with the server, the second recorded. */
async function twoCreates() {
  const arrived = gate<() => void>();
  const server = await stubServer((response, { method, body }, index) => {
    if (method === "GET") return json(response, 200, []);
    const answer = () => json(response, 201, { id: `c${index}`, ...JSON.parse(body) });
    if (index === 0) arrived.open(answer);
    else answer();
  });
  const stop = new AbortController();
  const clock = testClock();
  const deadline = () => Number.POSITIVE_INFINITY;
  const common = { clock, random: () => 0, signal: stop.signal, deadline };
  const http = createHttp({
    ...{ baseUrl: server.url, key: "any", userAgent: "nectar-cli/test", ...common },
    limits: { maxConcurrent: 1 },
  });
  const api = createClient({ http });
  const companies = ["first", "second"].map((name) => {
    const key = { target: server.url, company: `external:${name}` };
    const ledger = memoryLedger(key, clock.now);
    const planned: PlannedCompany = { name, externalId: name, isDerived: false };
    const recorded = gate<void>();
    const times: number[] = [];
    const ports: EnginePorts = {
      ...{ ...common, api, fateMs: FATE_MS, remembers: true, remembered: null },
      ledger: {
        ...ledger,
        intend: async (...given) => {
          await ledger.intend(...given);
          times.push(given[0].until);
          recorded.open();
        },
      },
      reads: { ...directReads(api), companiesLike: async () => [] },
      report: () => {},
      created: () => {},
      keep: async () => {},
    };
    return {
      start: () => ensureCompany(planned, {}, ports),
      recorded: recorded.passed,
      times,
      open: () => ledger.open("company", ledger.company),
    };
  });
  const [first, second] = companies;
  if (first === undefined || second === undefined) throw new Error("two companies");
  const firstEnds = first.start();
  const answerFirst = await arrived.passed;
  const secondEnds = second.start();
  await second.recorded;
  return { server, stop, clock, answerFirst, firstEnds, second, secondEnds };
}

describe("a create that waits for its turn", () => {
  it("is on record before, as one that may appear until its time counted from now, and a little more", async () => {
    const { clock, second, server, answerFirst, firstEnds, secondEnds } = await twoCreates();
    const { until = 0 } = second.open() ?? {};
    expect(until).toBeGreaterThan(clock.now() + FATE_MS);
    expect(until).toBeLessThan(clock.now() + FATE_MS + 1_000);
    expect(server.asked).toHaveLength(1);
    answerFirst();
    expect((await firstEnds).outcome).toBe("created");
    expect((await secondEnds).outcome).toBe("created");
    expect(second.open()).toBeNull();
    expect(second.times).toHaveLength(1);
  });

  it("is recorded anew if it waited long", async () => {
    const { clock, second, stop, answerFirst, firstEnds, secondEnds } = await twoCreates();
    await clock.sleep(10_000, stop.signal);
    answerFirst();
    await Promise.all([firstEnds, secondEnds]);
    const [early = 0, late = 0, ...more] = second.times;
    expect(late - early).toBe(10_000);
    expect(more).toEqual([]);
  });

  it("leaves no open create if it is stopped before it is sent", async () => {
    const { second, stop, server, firstEnds, secondEnds } = await twoCreates();
    const reason = new Error("stopped");
    stop.abort(reason);
    await expect(firstEnds).rejects.toBe(reason);
    await expect(secondEnds).rejects.toBe(reason);
    expect(second.open()).toBeNull();
    expect(server.asked).toHaveLength(1);
  });
});
