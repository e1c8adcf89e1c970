import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Company } from "../../src/api/resources/company.ts";
import type { Connection } from "../../src/api/resources/connection.ts";
import type { Site } from "../../src/api/resources/site.ts";
import { NotFoundError } from "../../src/errors.ts";
import { derivedSiteId } from "../../src/onboarding/plan.ts";
import {
  reconcile,
  type Verdict,
  type Wanted,
  wantedCompany,
  wantedConnection,
  wantedSite,
} from "../../src/onboarding/reconcile.ts";

const company = (more: Partial<Company> = {}): Company => ({
  id: "c1",
  name: "Acme Foods",
  externalId: null,
  dataCollectionStartDate: null,
  sites: [],
  ...more,
});
const site = (more: Partial<Site> = {}): Site => ({
  id: "s1",
  name: "Plant",
  address: null,
  externalId: null,
  isArchived: false,
  ...more,
});
const connection = (more: Partial<Connection> = {}): Connection => ({
  id: "k1",
  status: "CONNECTED",
  state: "connected",
  statusDetail: null,
  url: "https://nectarclimate.com",
  username: "someone",
  country: "US",
  siteIds: ["s1", "s2"],
  company: null,
  provider: null,
  createdAt: null,
  updatedAt: null,
  ...more,
});

describe("a company", () => {
  const named = (more = {}) => ({
    name: "Acme Foods",
    externalId: "acme-foods",
    isDerived: true,
    ...more,
  });

  it.each<[string, Partial<Company>, Verdict]>([
    ["the external ID and the name", { externalId: "acme-foods" }, "same"],
    [
      "a name with other spaces and letter case",
      { externalId: "acme-foods", name: " ACME  foods" },
      "same",
    ],
    ["the external ID and another name", { externalId: "acme-foods", name: "Acme-Foods" }, "taken"],
    ["another external ID and the name", { externalId: "acme" }, "other"],
    ["no external ID and the name", { externalId: null }, "presumed"],
    ["no external ID and another name", { externalId: null, name: "Other" }, "other"],
    ["the external ID in other letters", { externalId: "ACME-FOODS" }, "maybe"],
    ["an unknown external ID and the name", { externalId: undefined }, "maybe"],
    ["an unknown external ID and another name", { externalId: undefined, name: "Other" }, "other"],
  ])("with %s", (_, more, verdict) => {
    expect(wantedCompany(named()).judge(company(more))).toBe(verdict);
  });

  it.each<[string, Verdict]>([
    ["acme-foods", "presumed"],
    ["acme-foods-2", "presumed"],
    ["acme-foods-b", "alike"],
    ["1234", "alike"],
  ])("of the name without an external ID, where %s is wanted", (externalId, verdict) => {
    const wanted = wantedCompany(named({ externalId, isDerived: false }));
    expect(wanted.judge(company({ externalId: null }))).toBe(verdict);
  });

  it("is found by an external ID that was given, whatever its name", () => {
    const wanted = wantedCompany(named({ isDerived: false }));
    expect(wanted.judge(company({ externalId: "acme-foods", name: "Other" }))).toBe("same");
  });

  it("is found by its name where it has no external ID", () => {
    const wanted = wantedCompany(named({ externalId: null }));
    expect(wanted.judge(company({ name: "acme foods" }))).toBe("same");
    expect(wanted.judge(company({ name: "acme" }))).toBe("other");
  });

  it("of another name is refused by name, both of them", () => {
    const there = company({ externalId: "acme-foods", name: "Acme-Foods" });
    expect(() => reconcile(wantedCompany(named()), null, [there])).toThrow(
      /"Acme Foods", belongs to the company "Acme-Foods"/,
    );
  });
});

describe("a site", () => {
  const planned = { name: "Plant", address: null, externalId: "plant-1" };
  it.each<[string, Partial<Site>, Verdict]>([
    ["the external ID", { externalId: "plant-1", name: "Other" }, "same"],
    ["another external ID", { externalId: "plant-2" }, "other"],
    ["no external ID and the name", {}, "alike"],
    ["no external ID and another name", { name: "Other" }, "other"],
    ["an unknown external ID and the name", { externalId: undefined }, "maybe"],
    ["the external ID, archived", { externalId: "plant-1", isArchived: true }, "other"],
  ])("with %s", (_, more, verdict) => {
    expect(wantedSite(planned, "Acme").judge(site(more))).toBe(verdict);
  });

  it("with an external ID derived from its name is the one of that name without an external ID", () => {
    const { judge } = wantedSite(
      { ...planned, externalId: derivedSiteId("acme", site({})) },
      "Acme",
    );
    expect([
      judge(site({})),
      judge(site({ name: "Other" })),
      judge(site({ externalId: "x" })),
    ]).toEqual(["presumed", "other", "other"]);
  });

  it.each(["Plant", " plant ", "PLANT"])(
    "without an external ID is found by the name %j",
    (name) => {
      const wanted = wantedSite({ ...planned, externalId: null }, "Acme");
      expect(wanted.judge(site({ name, externalId: "any" }))).toBe("same");
    },
  );
});

describe("a connection", () => {
  const judge = (more: Partial<Connection>, url = "https://nectarclimate.com") =>
    wantedConnection({ url, username: "someone" }, ["s1", "s2"]).judge(connection(more));

  it.each<[string, Partial<Connection>, Verdict]>([
    ["all of it", {}, "same"],
    ["its sites in another order", { siteIds: ["s2", "s1"] }, "same"],
    ["http", { url: "http://nectarclimate.com/" }, "same"],
    ["www", { url: "https://WWW.nectarclimate.com" }, "same"],
    ["no scheme", { url: "nectarclimate.com" }, "same"],
    ["another path", { url: "https://nectarclimate.com/login" }, "maybe"],
    ["another host", { url: "https://nectarclimate.com.example" }, "other"],
    ["another port", { url: "https://nectarclimate.com:8443" }, "other"],
    ["no URL", { url: null }, "maybe"],
    ["no user name", { username: null }, "maybe"],
    ["a masked user name", { username: "s*****e" }, "maybe"],
    ["a user name in another letter case", { username: "Someone" }, "maybe"],
    ["another user name", { username: "other" }, "other"],
    ["unknown sites", { siteIds: null }, "maybe"],
    ["no sites", { siteIds: [] }, "maybe"],
    ["fewer sites", { siteIds: ["s1"] }, "other"],
    ["more sites", { siteIds: ["s1", "s2", "s3"] }, "other"],
    ["unknown sites and another user name", { siteIds: null, username: "other" }, "other"],
  ])("with %s", (_, more, verdict) => {
    expect(judge(more)).toBe(verdict);
  });
});

describe("one whose ID is remembered", () => {
  const planned = { name: "Plant", address: null, externalId: "plant-1" };
  it("fits whatever the server made of its name and URL, and where it keeps no external ID", () => {
    expect(wantedSite(planned, "Acme").fits(site({ name: "Renamed", externalId: null }))).toBe(
      true,
    );
    const named = { name: "Acme #1", externalId: "acme-1", isDerived: true };
    expect(wantedCompany(named).fits(company({ name: "Acme 1", externalId: undefined }))).toBe(
      true,
    );
    const login = { url: "https://nectarclimate.com", username: "someone" };
    const wanted = wantedConnection(login, ["s1", "s2"]);
    expect(wanted.fits(connection({ url: "https://login.provider.example" }))).toBe(true);
  });

  it("does not fit where it is archived, or another external ID, user name or set of sites is told", () => {
    expect(wantedSite(planned, "Acme").fits(site({ isArchived: true }))).toBe(false);
    expect(wantedSite(planned, "Acme").fits(site({ externalId: "plant-2" }))).toBe(false);
    const named = { name: "Acme", externalId: "acme", isDerived: false };
    expect(wantedCompany(named).fits(company({ externalId: "other" }))).toBe(false);
    const wanted = wantedConnection({ url: "https://u.example", username: "someone" }, ["s1"]);
    expect(wanted.fits(connection({ username: "other", siteIds: ["s1"] }))).toBe(false);
    expect(wanted.fits(connection({ siteIds: ["s2"] }))).toBe(false);
  });
});

describe("reconcile", () => {
  interface Thing {
    readonly id: string;
    readonly verdict: Verdict;
  }
  const wanted: Wanted<Thing> = {
    things: "things",
    by: "the name",
    judge: ({ verdict }) => verdict,
    fits: ({ verdict }) => verdict !== "other",
    refuse: () => new NotFoundError("external_id_taken", "taken"),
    choose: (id) => ["nectar", "sites", "get", id],
    hint: "Choose one.",
  };
  const thing = fc.record({
    id: fc.uuid(),
    verdict: fc.constantFrom<Verdict>("same", "maybe", "alike", "presumed", "taken", "other"),
  });
  const things = fc.uniqueArray(thing, { selector: ({ id }) => id, maxLength: 5 });
  const count = (all: readonly Thing[], verdict: Verdict) =>
    all.filter((one) => one.verdict === verdict).length;

  it("lets what is known win as long as it fits", () => {
    fc.assert(
      fc.property(thing, things, (known, there) => {
        fc.pre(known.verdict !== "other");
        expect(reconcile(wanted, known, there)).toEqual({ kind: "adopt", existing: known });
      }),
    );
  });

  it("creates only where every object is another one, or has only the name and was there before a create", () => {
    fc.assert(
      fc.property(things, fc.option(fc.array(fc.uuid())), (there, since) => {
        let step: unknown;
        try {
          step = reconcile(wanted, null, there, since).kind;
        } catch {
          step = "refused";
        }
        const isOther = ({ id, verdict }: Thing) =>
          verdict === "other" ||
          (verdict === "alike" && (since === null || since.includes(id))) ||
          (verdict === "presumed" && since?.includes(id) === true);
        expect(step === "create").toBe(there.every(isOther));
      }),
    );
  });

  it("adopts a presumed one only where no other could be meant", () => {
    fc.assert(
      fc.property(things, (there) => {
        fc.pre(count(there, "presumed") === 1 && count(there, "taken") === 0);
        const presumed = there.find(({ verdict }) => verdict === "presumed");
        const same = there.find(({ verdict }) => verdict === "same");
        fc.pre(count(there, "same") < 2);
        if (same === undefined && count(there, "maybe") > 0) {
          expect(() => reconcile(wanted, null, there)).toThrow(/so none of them is chosen/);
        } else {
          expect(reconcile(wanted, null, there)).toEqual({
            kind: "adopt",
            existing: same ?? presumed,
          });
        }
      }),
    );
  });

  it("adopts the one that is the same, and never guesses between two", () => {
    fc.assert(
      fc.property(things, (there) => {
        const same = count(there, "same");
        if (same === 1) {
          expect(reconcile(wanted, null, there)).toEqual({
            kind: "adopt",
            existing: there.find(({ verdict }) => verdict === "same"),
          });
        } else if (same > 1) {
          expect(() => reconcile(wanted, null, there)).toThrow(/so none of them is chosen/);
        }
      }),
    );
  });

  it("takes what may be it only where it came after the create, and is the only one", () => {
    const maybe = { id: "new", verdict: "maybe" } as const;
    const old = { id: "old", verdict: "maybe" } as const;
    expect(() => reconcile(wanted, null, [maybe])).toThrow(/does not return enough/);
    expect(reconcile(wanted, null, [maybe], ["old"])).toEqual({ kind: "adopt", existing: maybe });
    expect(() => reconcile(wanted, null, [old], ["old"])).toThrow(NotFoundError);
    expect(() => reconcile(wanted, null, [maybe, old], ["old"])).toThrow(NotFoundError);
  });

  it("names every candidate", () => {
    const two = [
      { id: "a", verdict: "same" },
      { id: "b", verdict: "same" },
    ] as const;
    try {
      reconcile(wanted, null, two);
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({
        code: "ambiguous",
        exit: "not-found",
        lines: ["a", "b"],
        next: [{ words: ["nectar", "sites", "get", "a"] }],
      });
    }
  });
});
