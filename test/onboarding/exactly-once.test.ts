/**
 * Whatever happens to runs and servers, there is at most one of each object that the plan names, what the ledger says is
 * true, 0 means that all is there, and "may still be under way" is said only as long as it may.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NectarError } from "../../src/errors.ts";
import type { OnboardingResult } from "../../src/onboarding/engine.ts";
import type { LedgerState } from "../../src/onboarding/ledger.ts";
import type { OnboardingPlan } from "../../src/onboarding/plan.ts";
import { type End, type Outcome, PLAN, VirtualMachine } from "../support/virtual-machine.ts";
import type { Fate, Shape } from "../support/virtual-vendor.ts";

function failure(outcome: Outcome): NectarError {
  if (outcome instanceof NectarError) return outcome;
  throw new Error(`did not fail: ${JSON.stringify(outcome)}`);
}

function result(outcome: Outcome): OnboardingResult {
  if (outcome === "killed" || outcome instanceof NectarError) {
    throw outcome === "killed" ? new Error(outcome) : outcome;
  }
  return outcome;
}

const outcomesOf = ({ company, sites, connection }: OnboardingResult) =>
  [company, ...sites, connection].map(({ outcome }) => outcome);

const posts = ({ vendor }: VirtualMachine) =>
  vendor.asked.filter((line) => line.startsWith("POST"));

/** Only the last create of a run, the connection's, is slow. */
const slow = (commitMs: number, answer: Fate["answer"] = "given"): readonly Fate[] => [
  { commitMs: 0, answer: "given" },
  { commitMs: 0, answer: "given" },
  { commitMs: 0, answer: "given" },
  { commitMs, answer },
];

describe("a slow create", () => {
  it.each(["interrupt", "kill", "deadline"] as const)(
    "that a run does not see the end of (%s) is found by the next one",
    async (how) => {
      const machine = new VirtualMachine();
      const first = await machine.run({ fates: slow(9_000), end: { how, afterMs: 2_500 } });
      if (how === "deadline") {
        expect(failure(first)).toMatchObject({ code: "fate_open", exit: "network" });
        expect(failure(first).message).toMatch(
          /^the connection may still be under way; it was sent 2 s ago/,
        );
        expect(failure(first).hint).toMatch(/^Until \d\d:\d\d:\d\d nothing is created again\. /);
      }
      if (how === "interrupt") {
        expect(failure(first).hint).toMatch(
          /^The connection may still be under way; .* nothing is created again\.$/,
        );
      }
      expect(outcomesOf(result(await machine.run()))).toEqual(Array(4).fill("existing"));
      expect(await machine.counts()).toEqual([1, 2, 1]);
    },
  );

  it("is not sent again before it can't appear any more, by whatever run", async () => {
    const machine = new VirtualMachine();
    await machine.run({ fates: slow(50_000), end: { how: "kill", afterMs: 2_500 } });
    const second = await machine.run({
      end: { how: "deadline", afterMs: 20_000 },
      profile: "other",
    });
    expect(failure(second)).toMatchObject({ code: "fate_open", retryable: true });
    expect(outcomesOf(result(await machine.run()))).toEqual(Array(4).fill("existing"));
    expect(posts(machine)).toHaveLength(4);
  });

  it("whose answer is lost is waited for, also where lists lag, and never sent twice", async () => {
    const machine = new VirtualMachine();
    machine.vendor.shape = { lagMs: 7_000, omit: [], normalises: false };
    expect(outcomesOf(result(await machine.run({ fates: slow(0, "cut") })))).toEqual(
      Array(4).fill("created"),
    );
    expect(posts(machine)).toHaveLength(4);
    expect(await machine.counts()).toEqual([1, 2, 1]);
  });

  it("counts from when it leaves, not from when it begins to wait for another one", async () => {
    const machine = new VirtualMachine();
    // On a server whose path form is not known the first site finds out, and the second waits for it.
    const fates: readonly Fate[] = [0, 20_000, 44_900].map((commitMs) => ({
      commitMs,
      answer: "given",
    }));
    await machine.run({ fates, end: { how: "kill", afterMs: 50_000 } });
    expect(outcomesOf(result(await machine.run()))).toEqual([
      ...Array(3).fill("existing"),
      "created",
    ]);
    expect(await machine.counts()).toEqual([1, 2, 1]);
  });

  it("is not waited for once its company is gone", async () => {
    const machine = new VirtualMachine();
    const fates: readonly Fate[] = [0, 50_000].map((commitMs) => ({ commitMs, answer: "given" }));
    await machine.run({ fates, end: { how: "kill", afterMs: 15_000 } });
    for (const { id } of (await machine.holds()).companies) await machine.vendor.remove(id);
    const begun = machine.time.now();
    expect(outcomesOf(result(await machine.run()))).toEqual(Array(4).fill("created"));
    expect(machine.time.now() - begun).toBeLessThan(10_000);
  });

  it("that never arrives is assumed lost by the run that sent it, and created by the next", async () => {
    const machine = new VirtualMachine();
    const begun = machine.time.now();
    const first = failure(await machine.run({ fates: slow(0, "vanished") }));
    expect(first).toMatchObject({ code: "create_lost", exit: "network", retryable: true });
    expect(machine.time.now() - begun).toBeGreaterThanOrEqual(60_000);
    expect(posts(machine)).toHaveLength(4);
    const again = await machine.run();
    expect(outcomesOf(result(again))).toEqual(["existing", "existing", "existing", "created"]);
    expect(await machine.counts()).toEqual([1, 2, 1]);
  });

  it("that the server itself failed on is waited for ten seconds", async () => {
    const machine = new VirtualMachine();
    machine.vendor.shape = { lagMs: 20_000, omit: [], normalises: false };
    const begun = machine.time.now();
    expect(failure(await machine.run({ fates: slow(0, "failed") }))).toMatchObject({
      code: "create_lost",
      httpStatus: 500,
    });
    expect(machine.time.now() - begun).toBeLessThan(12_000);
  });

  it("that comes after all, beside the one that followed it, is reported", async () => {
    const machine = new VirtualMachine();
    const late: Fate = { commitMs: 61_000, answer: "given" };
    await machine.run({
      fates: [...slow(0).slice(0, 3), late],
      end: { how: "kill", afterMs: 300 },
    });
    await machine.time.until(() => false, machine.time.now() + 60_300);
    // Its own answer takes longer than the late one.
    const outcome = failure(await machine.run({ fates: [{ commitMs: 2_000, answer: "given" }] }));
    expect(outcome).toMatchObject({ code: "duplicate", exit: "not-found" });
    expect(outcome.lines).toHaveLength(2);
    expect(outcome.created.connectionId).toBe(outcome.lines[0]);
  });

  it("that the server surely did not get is sent again", async () => {
    const machine = new VirtualMachine();
    const refused: Fate = { commitMs: 0, answer: "refused" };
    const fates = [refused, refused];
    const cut = await machine.run({ fates, end: { how: "deadline", afterMs: 300 } });
    expect(failure(cut).hint).toContain("deadline comes before the next attempt");
    expect(outcomesOf(result(await machine.run({ fates })))).toEqual(Array(4).fill("created"));
    expect(await machine.counts()).toEqual([1, 2, 1]);
  });
});

describe("what is remembered", () => {
  it("wins over lists that lag", async () => {
    const machine = new VirtualMachine();
    machine.vendor.shape = { lagMs: 30_000, omit: [], normalises: false };
    const first = result(await machine.run());
    const before = machine.vendor.asked.length;
    const again = result(await machine.run());
    expect(again.connection.id).toBe(first.connection.id);
    // The company, two sites, the connection: all by ID, side by side.
    expect(machine.vendor.asked.slice(before).filter((line) => !line.startsWith("GET"))).toEqual(
      [],
    );
    expect(machine.vendor.asked.slice(before)).toHaveLength(4);
  });

  it("wins over reads by ID that lag", async () => {
    const machine = new VirtualMachine();
    machine.vendor.shape = { lagMs: 9_000, readLagMs: 9_000, omit: [], normalises: false };
    result(await machine.run());
    expect(failure(await machine.run({ end: { how: "deadline", afterMs: 2_000 } })).code).toBe(
      "deadline",
    );
    expect(outcomesOf(result(await machine.run()))).toEqual(Array(4).fill("existing"));
    expect(await machine.counts()).toEqual([1, 2, 1]);
  });

  it.each([
    ["externalId"],
    ["sites"],
    ["initialSites"],
    ["username"],
    ["url"],
    ["externalId", "sites", "initialSites", "username", "url"],
  ])("wins over answers without %s", async (...omit) => {
    const machine = new VirtualMachine();
    machine.vendor.shape = { lagMs: 0, omit, normalises: true };
    await machine.run();
    expect(outcomesOf(result(await machine.run()))).toEqual(Array(4).fill("existing"));
    expect(await machine.counts()).toEqual([1, 2, 1]);
  });

  it("on another machine: candidates are named and nothing is created beside them", async () => {
    const machine = new VirtualMachine();
    const { connection } = result(await machine.run());
    machine.vendor.shape = { lagMs: 0, omit: ["initialSites", "username"], normalises: false };
    const other = new VirtualMachine(machine.vendor);
    const error = failure(await other.run());
    expect(error).toMatchObject({ code: "ambiguous", exit: "not-found" });
    expect(error.lines.join()).toContain(connection.id);
    expect(await machine.counts()).toEqual([1, 2, 1]);
  });

  it("on another machine: names and URLs that the server writes its own way are the same", async () => {
    const machine = new VirtualMachine();
    machine.vendor.shape = { lagMs: 0, omit: [], normalises: true };
    await machine.run();
    const other = new VirtualMachine(machine.vendor);
    expect(outcomesOf(result(await other.run()))).toEqual(Array(4).fill("existing"));
  });

  it("is not adopted again once this tool has deleted it, whatever a list shows", async () => {
    const machine = new VirtualMachine();
    const { company } = result(await machine.run());
    const [[key, state]] = [...machine.ledgers] as [
      [string, NonNullable<ReturnType<typeof machine.ledgers.get>>],
    ];
    machine.ledgers.set(key, {
      ...state,
      deleted: [{ id: company.id, at: machine.time.now(), isConfirmed: true }],
    });
    // The vendor deletes in the background: reads by ID find it still.
    const again = result(await machine.run());
    expect(again.company.id).not.toBe(company.id);
    expect(outcomesOf(again)).toEqual(Array(4).fill("created"));
  });

  it("gives way to what is listed once it was changed at the server", async () => {
    const machine = new VirtualMachine();
    const { connection } = result(await machine.run());
    const login = { ...PLAN.connection, username: "somebody-else" };
    const other = result(await machine.run({ plan: { ...PLAN, connection: login } }));
    const [[key, state]] = [...machine.ledgers] as [[string, LedgerState]];
    const objects = state.objects.map((one) =>
      one.id === connection.id ? { ...one, id: other.connection.id } : one,
    );
    machine.ledgers.set(key, { ...state, objects });
    expect(result(await machine.run()).connection).toMatchObject({
      ...{ id: connection.id, outcome: "existing" },
    });
    expect(await machine.counts()).toEqual([1, 2, 2]);
  });

  it("is not created again while it is unknown whether this tool has deleted it", async () => {
    const machine = new VirtualMachine();
    const { company } = result(await machine.run());
    const [[key, state]] = [...machine.ledgers] as [[string, LedgerState]];
    const sent = { id: company.id, at: machine.time.now(), isConfirmed: false };
    machine.ledgers.set(key, { ...state, deleted: [sent] });
    expect(failure(await machine.run())).toMatchObject({
      ...{ code: "ambiguous", exit: "not-found", lines: [expect.stringContaining(company.id)] },
    });
    expect(await machine.counts()).toEqual([1, 2, 1]);
    const named = { ...PLAN, company: { id: company.id } };
    machine.ledgers.set(`id:${company.id}`, { ...state, deleted: [sent] });
    expect(outcomesOf(result(await machine.run({ plan: named })))).toEqual(
      Array(4).fill("existing"),
    );
    expect(machine.ledgers.get(`id:${company.id}`)?.deleted).toEqual([]);
  });

  it("is left out when somebody else has deleted it, though a list that lags shows it", async () => {
    const machine = new VirtualMachine();
    const { company } = result(await machine.run());
    machine.vendor.shape = { lagMs: 60_000, omit: [], normalises: false };
    await machine.vendor.remove(company.id);
    expect(outcomesOf(result(await machine.run()))).toEqual(Array(4).fill("created"));
    expect(await machine.counts()).toEqual([1, 2, 1]);
  });

  it("is no reason to create where another machine sees it listed, and nothing at its ID", async () => {
    const machine = new VirtualMachine();
    const { company } = result(await machine.run());
    machine.vendor.shape = { lagMs: 60_000, omit: [], normalises: false };
    await machine.vendor.remove(company.id);
    const other = new VirtualMachine(machine.vendor);
    const sent = posts(other).length;
    expect(failure(await other.run())).toMatchObject({
      ...{ exit: "not-found", code: "ambiguous", retryable: true },
      message: expect.stringContaining(company.id),
    });
    expect(posts(other).length).toBe(sent);
    machine.vendor.shape = { lagMs: 0, omit: [], normalises: false };
    expect(outcomesOf(result(await other.run()))).toEqual(Array(4).fill("created"));
  });

  it("of the profile counts where there is no ledger", async () => {
    const machine = new VirtualMachine();
    const { company, sites, connection } = result(await machine.run());
    machine.vendor.shape = { lagMs: 60_000, omit: [], normalises: false };
    const { id, url, username } = connection;
    const remembered = {
      company: { id: company.id, name: company.name, externalId: "acme-foods" },
      sites: sites.map((site) => ({
        id: site.id,
        name: site.name,
        externalId: site.externalId ?? null,
      })),
      connection: { id, url, username },
    };
    const other = new VirtualMachine(machine.vendor);
    expect(outcomesOf(result(await other.run({ remembered })))).toEqual(Array(4).fill("existing"));
  });
});

describe("a create that the server answers with what existed before", () => {
  it("is adopted, so that a teardown leaves it", async () => {
    const machine = new VirtualMachine();
    const { connection } = result(await machine.run());
    machine.vendor.existing = connection.id;
    const again = result(await machine.run({ newConnection: true }));
    expect(again.connection).toMatchObject({ id: connection.id, outcome: "existing" });
    const other = new VirtualMachine(machine.vendor);
    machine.vendor.existing = connection.id;
    await other.run({ newConnection: true });
    const [ledger] = other.ledgers.values();
    expect(ledger?.objects.filter(({ made }) => made === "created")).toEqual([]);
  });
});

describe("what a server makes of an external ID", () => {
  it.each([
    ["another normalisation", (id: string) => id.normalize("NFC")],
    ["capitals", (id: string) => id.toUpperCase()],
    ["nothing", () => null],
  ])("(%s) does not part this machine from what it created", async (_, rewrite) => {
    const machine = new VirtualMachine();
    machine.vendor.shape = { lagMs: 0, omit: [], normalises: false, externalId: rewrite };
    const plan: OnboardingPlan = {
      ...PLAN,
      company: { name: "Caf\u00e9", externalId: "cafe\u0301", isDerived: true },
    };
    for (let run = 0; run < 3; run += 1) result(await machine.run({ plan }));
    expect(await machine.counts()).toEqual([1, 2, 1]);
  });

  it("(nothing) does not hide what came after a create whose answer was lost", async () => {
    const machine = new VirtualMachine();
    machine.vendor.shape = { lagMs: 0, omit: [], normalises: false, externalId: () => null };
    const lost: Fate = { commitMs: 0, answer: "cut" };
    expect(outcomesOf(result(await machine.run({ fates: [lost] })))).toEqual(
      Array(4).fill("created"),
    );
    expect(await machine.counts()).toEqual([1, 2, 1]);
  });
});

describe("a clock that was set back", () => {
  it("keeps a create open for no longer than its time", async () => {
    const machine = new VirtualMachine();
    await machine.run({ fates: slow(0, "vanished"), end: { how: "kill", afterMs: 2_500 } });
    for (const [key, ledger] of machine.ledgers) {
      const intents = ledger.intents.map((open) => ({
        ...open,
        sentAt: open.sentAt + 86_400_000,
        until: open.until + 86_400_000,
      }));
      machine.ledgers.set(key, { ...ledger, intents });
    }
    const begun = machine.time.now();
    result(await machine.run());
    expect(machine.time.now() - begun).toBeLessThan(70_000);
  });
});

describe("an external ID that was derived from a name", () => {
  it("is known to be another company's where a list that lags does not show it", async () => {
    const machine = new VirtualMachine();
    machine.vendor.shape = { lagMs: 60_000, omit: [], normalises: false };
    const company = { externalId: "c-energy", isDerived: true };
    await machine.run({ plan: { ...PLAN, company: { ...company, name: "C++ Energy" } } });
    const error = failure(
      await machine.run({ plan: { ...PLAN, company: { ...company, name: "C# Energy" } } }),
    );
    expect(error.code).toBe("external_id_taken");
    expect(await machine.counts()).toEqual([1, 2, 1]);
  });

  const named = (name: string, isDerived = true): OnboardingPlan => ({
    ...PLAN,
    company: { name, externalId: "c-energy", isDerived },
  });

  it("does not take over the company of another name, on this machine or another", async () => {
    const machine = new VirtualMachine();
    const { company } = result(await machine.run({ plan: named("C++ Energy") }));
    for (const place of [machine, new VirtualMachine(machine.vendor)]) {
      const error = failure(await place.run({ plan: named("C# Energy") }));
      expect(error).toMatchObject({ code: "external_id_taken", exit: "not-found" });
      expect(error.message).toContain('"C# Energy"');
      expect(error.message).toContain('"C++ Energy"');
      expect(error.lines.join()).toContain(company.id);
    }
    expect(await machine.counts()).toEqual([1, 2, 1]);
  });

  it("finds the company whose name differs in letter case, spaces and normalisation alone", async () => {
    const machine = new VirtualMachine();
    await machine.run({ plan: named("Caf\u00e9  ENERGY") });
    const other = new VirtualMachine(machine.vendor);
    expect(outcomesOf(result(await other.run({ plan: named("cafe\u0301 energy ") })))).toEqual(
      Array(4).fill("existing"),
    );
  });

  it("may be used for another name when it is given", async () => {
    const machine = new VirtualMachine();
    await machine.run({ plan: named("C++ Energy") });
    expect(outcomesOf(result(await machine.run({ plan: named("C# Energy", false) })))).toEqual(
      Array(4).fill("existing"),
    );
  });
});

describe("a run that ends at any instant", () => {
  const sites = (count: number): OnboardingPlan => ({
    ...PLAN,
    sites: [...PLAN.sites, { name: "Yard", address: null, externalId: null }].slice(0, count),
  });

  it.each([0, 3_000])(
    "is completed by the next one, nothing twice; commits after %d ms",
    async (commitMs) => {
      const fates = Array<Fate>(5).fill({ commitMs, answer: "given" });
      for (let afterMs = 1; ; afterMs += commitMs === 0 ? 1 : 97) {
        const machine = new VirtualMachine();
        const plan = sites(3);
        const first = await machine.run({ plan, fates, end: { how: "kill", afterMs } });
        result(await machine.run({ plan }));
        expect([afterMs, ...(await machine.counts())]).toEqual([afterMs, 1, 3, 1]);
        if (first !== "killed") break;
      }
    },
  );

  it("opens one new connection beside another, with --new-connection", async () => {
    for (let afterMs = 1; ; afterMs += 1) {
      const machine = new VirtualMachine();
      await machine.run();
      const first = await machine.run({ newConnection: true, end: { how: "kill", afterMs } });
      const again = first === "killed" ? await machine.run({ newConnection: true }) : first;
      expect([afterMs, ...(await machine.counts())]).toEqual([afterMs, 1, 2, 2]);
      // The new one is the known one from now on.
      expect(result(await machine.run()).connection.id).toBe(result(again).connection.id);
      if (first !== "killed") break;
    }
  });

  it("opens one more with each --new-connection that is done", async () => {
    const machine = new VirtualMachine();
    await machine.run();
    result(await machine.run({ newConnection: true }));
    result(await machine.run({ newConnection: true }));
    expect(await machine.counts()).toEqual([1, 2, 3]);
  });
});

/** Holds after every step of a random sequence. */
async function check(machine: VirtualMachine, gone: ReadonlySet<string>): Promise<void> {
  const { companies, sites, connections } = await machine.holds();
  const count = (name: string) => sites.filter((site) => site.name === name).length;
  const numbers = [companies.length, count("Plant"), count("Cold Store"), connections.length];
  expect(numbers.filter((number) => number > 1)).toEqual([]);
  expect(sites.length).toBe(count("Plant") + count("Cold Store"));
  const there = new Set([...companies, ...sites, ...connections].map(({ id }) => id));
  const objects = [...machine.ledgers.values()].flatMap((ledger) => ledger.objects);
  expect(objects.filter(({ id, companyId }) => !there.has(id) && !gone.has(companyId))).toEqual([]);
}

/** What the sequence itself knows: the companies that somebody else has deleted. */
interface Model {
  readonly gone: Set<string>;
}

class Run implements fc.AsyncCommand<Model, VirtualMachine> {
  readonly profile: string;
  readonly fates: readonly Fate[];
  readonly end: End | null;
  constructor(profile: string, fates: readonly Fate[], end: End | null) {
    this.profile = profile;
    this.fates = fates;
    this.end = end;
  }
  check = () => true;
  async run(model: Model, machine: VirtualMachine): Promise<void> {
    const { profile, fates, end } = this;
    const outcome = await machine.run({ profile, fates, end });
    await check(machine, model.gone);
    if (outcome === "killed") return;
    if (!(outcome instanceof NectarError)) {
      expect(await machine.counts()).toEqual([1, 2, 1]);
    } else if (outcome.code === "fate_open") {
      const [ledger] = machine.ledgers.values();
      expect(ledger?.intents.some(({ until }) => until > machine.time.now())).toBe(true);
    } else {
      expect(EXPECTED).toContain(outcome.code);
    }
  }
  toString(): string {
    return `run(${this.profile}, ${JSON.stringify(this.fates)}, ${JSON.stringify(this.end)})`;
  }
}

class Reshape implements fc.AsyncCommand<Model, VirtualMachine> {
  readonly shape: Shape;
  constructor(shape: Shape) {
    this.shape = shape;
  }
  check = () => true;
  async run(_model: Model, machine: VirtualMachine): Promise<void> {
    machine.vendor.shape = this.shape;
  }
  toString(): string {
    return `shape(${JSON.stringify(this.shape)})`;
  }
}

/** Somebody deletes the company elsewhere, when nothing is under way. */
class Remove implements fc.AsyncCommand<Model, VirtualMachine> {
  check = () => true;
  async run(model: Model, machine: VirtualMachine): Promise<void> {
    await machine.time.until(() => machine.vendor.pending === 0);
    for (const { id } of (await machine.holds()).companies) {
      model.gone.add(id);
      await machine.vendor.remove(id);
    }
  }
  toString = () => "remove";
}

/** This tool deletes the company, and nothing tells whether the request arrived. */
class Delete implements fc.AsyncCommand<Model, VirtualMachine> {
  readonly arrives: boolean;
  constructor(arrives: boolean) {
    this.arrives = arrives;
  }
  check = () => true;
  async run(model: Model, machine: VirtualMachine): Promise<void> {
    const at = machine.time.now();
    for (const [key, ledger] of machine.ledgers) {
      const ids = ledger.objects.flatMap(({ kind, id }) => (kind === "company" ? [id] : []));
      const deleted = ids.map((id) => ({ id, at, isConfirmed: false }));
      machine.ledgers.set(key, { ...ledger, deleted });
    }
    if (this.arrives) await new Remove().run(model, machine);
  }
  toString = () => `delete(${this.arrives})`;
}

class Wait implements fc.AsyncCommand<Model, VirtualMachine> {
  readonly ms: number;
  constructor(ms: number) {
    this.ms = ms;
  }
  check = () => true;
  async run(model: Model, machine: VirtualMachine): Promise<void> {
    const time = machine.time.now() + this.ms;
    await machine.time.until(() => false, time);
    await check(machine, model.gone);
  }
  toString = () => `wait(${this.ms})`;
}

/** How a run may fail here; anything else is a fault of the engine. */
const EXPECTED = ["create_lost", "interrupted", "deadline", "ambiguous", "unreachable"];

// Together less than the minute for which a create may be under way.
const LATEST_COMMIT_MS = 45_000;
const LONGEST_LAG_MS = 9_000;

const fate: fc.Arbitrary<Fate> = fc.record({
  commitMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: LATEST_COMMIT_MS })),
  answer: fc.constantFrom("given", "given", "cut", "failed", "refused", "vanished"),
});
const end: fc.Arbitrary<End | null> = fc.oneof(
  fc.constant(null),
  fc.record({
    how: fc.constantFrom("kill" as const, "interrupt" as const, "deadline" as const),
    afterMs: fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 300, max: 70_000 })),
  }),
);
const shape: fc.Arbitrary<Shape> = fc.record({
  lagMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: LONGEST_LAG_MS })),
  readLagMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: LONGEST_LAG_MS })),
  omit: fc.subarray(["externalId", "sites", "initialSites", "username", "url"]),
  normalises: fc.boolean(),
});
const COMMANDS = [
  fc
    .tuple(fc.constantFrom("default", "other"), fc.array(fate, { maxLength: 4 }), end)
    .map(([profile, fates, ends]) => new Run(profile, fates, ends)),
  shape.map((one) => new Reshape(one)),
  fc.constant(new Remove()),
  fc.boolean().map((arrives) => new Delete(arrives)),
  fc.integer({ min: 1, max: 90_000 }).map((ms) => new Wait(ms)),
];

describe("any sequence of runs, ends, fates, shapes and deletions", () => {
  it("leaves at most one of each object, and a ledger that is true", async () => {
    await fc.assert(
      fc.asyncProperty(fc.commands(COMMANDS, { maxCommands: 12 }), (commands) =>
        fc.asyncModelRun(
          () => ({ model: { gone: new Set<string>() }, real: new VirtualMachine() }),
          commands,
        ),
      ),
      { numRuns: Number(process.env["NECTAR_MODEL_RUNS"] ?? 200) },
    );
  }, 120_000);
});
