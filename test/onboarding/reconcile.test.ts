import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Company } from "../../src/api/schemas/company.ts";
import type { Connection } from "../../src/api/schemas/connection.ts";
import type { Site } from "../../src/api/schemas/site.ts";
import { NotFoundError } from "../../src/errors.ts";
import type { OnboardingPlan } from "../../src/onboarding/plan.ts";
import { isSameConnection, reconcile } from "../../src/onboarding/reconcile.ts";

const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
const site = (n: number, more: Partial<Site> = {}): Site => ({
  id: uuid(n),
  name: `Site ${n}`,
  address: null,
  externalId: null,
  isArchived: false,
  ...more,
});
const company = (n: number, more: Partial<Company> = {}): Company => ({
  id: uuid(n),
  name: `Company ${n}`,
  externalId: null,
  dataCollectionStartDate: null,
  sites: [],
  ...more,
});
const connection = (n: number, more: Partial<Connection> = {}): Connection => ({
  id: uuid(n),
  status: "CONNECTED",
  state: "connected",
  statusDetail: null,
  url: "https://nectarclimate.com",
  username: "u",
  country: "US",
  siteIds: [],
  company: null,
  provider: null,
  createdAt: null,
  updatedAt: null,
  ...more,
});
const login = { url: "https://nectarclimate.com", username: "u", country: "US" };
const plan = (more: Partial<OnboardingPlan> = {}): OnboardingPlan => ({
  company: { name: "Acme", externalId: "acme" },
  sites: [{ name: "Site 1", address: null, externalId: null }],
  connection: login,
  ...more,
});
const planned = (name: string, externalId: string | null = null) => ({
  name,
  address: null,
  externalId,
});

describe("reconcile", () => {
  it("creates everything where nothing is", () => {
    const steps = reconcile(plan(), { companies: [], connections: null });
    expect(steps.company.kind).toBe("create");
    expect(steps.sites.map(({ kind }) => kind)).toEqual(["create"]);
    expect(steps.connection?.kind).toBe("create");
  });

  it("finds a company by its external ID, whatever its name is", () => {
    const there = company(1, { name: "Renamed", externalId: "acme" });
    const { company: step } = reconcile(plan(), {
      companies: [company(2), there],
      connections: null,
    });
    expect(step).toEqual({ kind: "adopt", existing: there });
  });

  it("does not take a company for its name when the plan has an external ID", () => {
    const namesake = company(1, { name: "Acme", externalId: "other" });
    const { company: step } = reconcile(plan(), { companies: [namesake], connections: null });
    expect(step.kind).toBe("create");
  });

  it("goes by the exact name when the plan has no external ID", () => {
    const there = company(1, { name: "Acme" });
    const byName = plan({ company: { name: "Acme", externalId: null } });
    expect(reconcile(byName, { companies: [there], connections: null }).company.kind).toBe("adopt");
    const near = company(2, { name: "acme" });
    expect(reconcile(byName, { companies: [near], connections: null }).company.kind).toBe("create");
  });

  it("never guesses between two", () => {
    const twins = [company(1, { externalId: "acme" }), company(2, { externalId: "acme" })];
    try {
      reconcile(plan(), { companies: twins, connections: null });
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(NotFoundError);
      if (!(error instanceof NotFoundError)) return;
      expect(error.code).toBe("ambiguous");
      expect(error.lines.join("\n")).toContain(uuid(1));
      expect(error.lines.join("\n")).toContain(uuid(2));
    }
  });

  it("looks past archived sites", () => {
    const there = company(1, { externalId: "acme", sites: [site(1, { isArchived: true })] });
    expect(reconcile(plan(), { companies: [there], connections: null }).sites[0]?.kind).toBe(
      "create",
    );
  });

  it("says what it does not know: the connection, before the connections were looked at", () => {
    const there = company(1, { externalId: "acme", sites: [site(1)] });
    expect(reconcile(plan(), { companies: [there], connections: null }).connection).toBeNull();
  });

  it("finds a connection only for exactly these sites", () => {
    const there = company(1, { externalId: "acme", sites: [site(1), site(2)] });
    const facts = (siteIds: string[]) => ({
      companies: [there],
      connections: [connection(9, { siteIds })],
    });
    const two = plan({ sites: [planned("Site 1"), planned("Site 2")] });
    expect(reconcile(two, facts([uuid(2), uuid(1)])).connection?.kind).toBe("adopt");
    expect(reconcile(two, facts([uuid(1)])).connection?.kind).toBe("create");
    expect(reconcile(two, facts([uuid(1), uuid(2), uuid(3)])).connection?.kind).toBe("create");
    expect(reconcile(plan(), facts([uuid(1), uuid(2)])).connection?.kind).toBe("create");
  });

  it("opens a new connection where a site has to be made first", () => {
    const there = company(1, { externalId: "acme", sites: [site(1)] });
    const two = plan({ sites: [planned("Site 1"), planned("New")] });
    expect(reconcile(two, { companies: [there], connections: null }).connection?.kind).toBe(
      "create",
    );
  });

  it("refuses IDs that are not there", () => {
    const gone = plan({ company: { id: uuid(77) } });
    expect(() => reconcile(gone, { companies: [company(1)], connections: null })).toThrow(uuid(77));
    const there = company(1, { externalId: "acme", sites: [site(1)] });
    const other = plan({ sites: [{ id: uuid(78) }] });
    expect(() => reconcile(other, { companies: [there], connections: null })).toThrow(uuid(78));
    expect(() => reconcile(other, { companies: [], connections: null })).toThrow(uuid(78));
  });

  it("creates nothing more once everything that it asked for is there", () => {
    const sites = fc.uniqueArray(
      fc.record({ n: fc.integer({ min: 1, max: 50 }), byId: fc.boolean() }),
      {
        minLength: 1,
        maxLength: 3,
        selector: ({ n }) => n,
      },
    );
    const others = fc.uniqueArray(fc.integer({ min: 100, max: 120 }), { maxLength: 5 });
    fc.assert(
      fc.property(sites, others, fc.boolean(), (asked, strangers, byId) => {
        const have = company(1, {
          name: "Acme",
          externalId: byId ? "acme" : null,
          sites: [...asked.map(({ n }) => site(n)), ...strangers.map((n) => site(n))],
        });
        const wanted = plan({
          company: { name: "Acme", externalId: byId ? "acme" : null },
          sites: asked.map(({ n, byId: id }) => (id ? { id: uuid(n) } : planned(`Site ${n}`))),
        });
        const siteIds = asked.map(({ n }) => uuid(n)).reverse();
        const steps = reconcile(wanted, {
          companies: [...strangers.map((n) => company(n)), have],
          connections: [connection(200, { siteIds }), connection(201, { siteIds, username: "x" })],
        });
        const kinds = [steps.company, ...steps.sites, steps.connection].map((step) => step?.kind);
        expect(new Set(kinds)).toEqual(new Set(["adopt"]));
        const adopted = steps.sites.map((step) => (step.kind === "adopt" ? step.existing.id : ""));
        expect(adopted).toEqual(asked.map(({ n }) => uuid(n)));
      }),
    );
  });
});

describe("the same login", () => {
  it("does not mind a trailing slash or the letter case of a host", () => {
    const there = connection(1, { url: "https://NectarClimate.com/", siteIds: [uuid(1)] });
    expect(isSameConnection(there, login, [uuid(1)])).toBe(true);
  });
  it("minds the user name, and a missing URL", () => {
    expect(isSameConnection(connection(1, { username: "U" }), login, [])).toBe(false);
    expect(isSameConnection(connection(1, { url: null }), login, [])).toBe(false);
  });
});
