import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { NectarApi } from "../../src/api/client.ts";
import type { Company } from "../../src/api/resources/company.ts";
import { directReads, openSharedReads } from "../../src/onboarding/reads.ts";
import { wantedCompany } from "../../src/onboarding/reconcile.ts";

/** An API whose lists are answered by hand. */
function api(first: readonly Company[]) {
  const lists: ((list: readonly Company[]) => void)[] = [];
  const read: string[] = [];
  let count = 0;
  const fake: Pick<NectarApi, "listCompanies" | "getCompany" | "getSite"> = {
    listCompanies() {
      count += 1;
      if (count === 1) return Promise.resolve(first);
      return new Promise((resolve) => lists.push(resolve));
    },
    async getCompany(id) {
      read.push(id);
      return company(id);
    },
    async getSite(id) {
      read.push(id);
      return { id, name: id, address: null, externalId: null, isArchived: false };
    },
  };
  return { fake: fake as NectarApi, lists, read, requests: () => count };
}

function company(name: string, more: Partial<Company> = {}): Company {
  return { id: name, name, externalId: null, dataCollectionStartDate: null, sites: [], ...more };
}

const planned = (name: string, externalId: string | null) => ({
  ...{ name, externalId, isDerived: false },
});

describe("reads that many companies share", () => {
  it("find every company that reconcile may take for the planned one", async () => {
    const text = fc.oneof(
      fc.constantFrom("acme", "ACME ", "Cafe\u0301", "CAF\u00c9", "", "x  y", "X Y"),
      fc.string(),
    );
    const externalId = fc.oneof(text, fc.constant(null), fc.constant(undefined));
    const list = fc.array(fc.record({ name: text, externalId }));
    const wanted = fc.record({ name: text, externalId: fc.option(text), isDerived: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(list, wanted, async (some, plan) => {
        const companies = some.map((one, index) => company(`id-${index}`, one));
        const { judge } = wantedCompany(plan);
        const reads = await openSharedReads(api(companies).fake, () => 0);
        const found = await reads.companiesLike(plan, false);
        const matching = (all: readonly Company[]) =>
          all.flatMap((one) => (judge(one) === "other" ? [] : one.id)).sort();
        expect(matching(found)).toEqual(matching(companies));
      }),
    );
  });

  it("take from the list what it shows completely, and the rest by ID", async () => {
    const site = { id: "s", name: "s", address: null, externalId: null, isArchived: false };
    const { fake, read } = api([
      company("whole", { sites: [site, { ...site, id: "t", isArchived: undefined }] }),
      company("unknown", { externalId: undefined }),
      company("unlisted", { sites: undefined }),
    ]);
    const reads = await openSharedReads(fake, () => 0);
    for (const id of ["whole", "unknown", "unlisted", "other"]) await reads.company(id);
    for (const id of ["s", "t", "u"]) await reads.site(id);
    expect(read).toEqual(["unknown", "unlisted", "other", "t", "u"]);
  });

  it("use a list of the last minute, else request one for all that ask", async () => {
    let now = 0;
    const { fake, lists, requests } = api([]);
    const reads = await openSharedReads(fake, () => now);
    now = 60_000;
    expect(await reads.companiesLike(planned("a", null), false)).toEqual([]);
    expect(requests()).toBe(1);
    now = 60_001;
    const all = ["a", "b", "c"].map((name) => reads.companiesLike(planned(name, null), false));
    await new Promise(setImmediate);
    const late = reads.companiesLike(planned("a", null), false);
    lists[0]?.([company("a")]);
    expect((await Promise.all([...all, late])).map((found) => found.length)).toEqual([1, 0, 0, 1]);
    expect(requests()).toBe(2);
  });

  it("never answer with a list that was requested before, where it must be fresh", async () => {
    const { fake, lists, requests } = api([]);
    const reads = await openSharedReads(fake, () => 0);
    const first = reads.companiesLike(planned("a", null), true);
    await new Promise(setImmediate);
    // Requested already: these have to wait for the next one, together.
    const others = [1, 2, 3].map(() => reads.companiesLike(planned("a", null), true));
    lists[0]?.([]);
    expect(await first).toEqual([]);
    await new Promise(setImmediate);
    lists[1]?.([company("a")]);
    expect((await Promise.all(others)).map((found) => found.length)).toEqual([1, 1, 1]);
    expect(requests()).toBe(3);
  });
});

describe("reads of a single company", () => {
  it("are requests of their own", async () => {
    const { fake, read, requests } = api([company("a")]);
    const reads = directReads(fake);
    expect(await reads.companiesLike(planned("b", null), false)).toHaveLength(1);
    await reads.company("a");
    await reads.site("s");
    expect(await reads.inFull(company("a"))).toEqual(company("a"));
    expect(read).toEqual(["a", "s"]);
    expect(requests()).toBe(1);
  });
});
