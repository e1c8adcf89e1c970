/** What ledgers prove about companies. */
import { describe, expect, it } from "vitest";
import { Company } from "../../src/api/resources/company.ts";
import type { Intent, LedgerObject, LedgerState } from "../../src/onboarding/ledger.ts";
import {
  companiesIn,
  inspectCompany,
  isPlanned,
  openCompanies,
} from "../../src/onboarding/teardown.ts";

const object = (given: Partial<LedgerObject> = {}): LedgerObject => ({
  ...{ kind: "company", key: "external:acme", id: "c1", companyId: "c1", name: "Acme" },
  ...{ made: "created", at: 5 },
  ...given,
});
const ledger = (given: Partial<LedgerState> = {}): LedgerState => ({
  ...{ schemaVersion: 1, target: "local", company: "external:acme", createdAt: 1 },
  ...{ objects: [object()], intents: [], deleted: [], run: null },
  ...given,
});
const site = (given: Partial<LedgerObject> = {}) =>
  object({ kind: "site", key: "name:plant", id: "s1", name: "Plant", ...given });

describe("the companies of the ledgers", () => {
  it("are created where one ledger says so, since the first time", () => {
    const adopted = ledger({
      company: "external:new",
      objects: [object({ key: "external:new", made: "adopted", at: 9 }), site({ id: "s2" })],
    });
    expect(companiesIn([adopted, ledger({ objects: [object(), site()] })])).toMatchObject([
      {
        ...{ id: "c1", made: "created", at: 5, keys: ["external:new", "external:acme"] },
        created: [{ id: "s2" }, { id: "s1" }],
      },
    ]);
    expect(companiesIn([adopted])).toMatchObject([{ made: "adopted", at: 9 }]);
  });

  it("hold what was created in them, once", () => {
    const objects = [
      object(),
      site(),
      site({ key: "id:s1" }),
      site({ id: "s2", made: "adopted" }),
      site({ id: "s3", companyId: "c0" }),
    ];
    expect(companiesIn([ledger({ objects })]).map(({ created }) => created)).toMatchObject([
      [{ id: "s1" }],
    ]);
  });

  it("are several for one key, without those whose deletion is confirmed", () => {
    const objects = [object(), object({ id: "c2", companyId: "c2" }), object({ id: "c3" })];
    const deleted = [
      { id: "c1", at: 6, isConfirmed: true },
      { id: "c2", at: 7, isConfirmed: false },
    ];
    const found = companiesIn([ledger({ objects, deleted })]);
    expect(found.map(({ id }) => id)).toEqual(["c2", "c3"]);
  });

  it("may lack one whose create is open", () => {
    const intent: Intent = {
      ...{ kind: "company" as const, key: "external:acme", name: "Acme", companyId: null },
      ...{ sentAt: 1, until: 2, request: "", before: [], failure: null },
    };
    const open = openCompanies([ledger({ intents: [intent, { ...intent, kind: "site" }] })]);
    expect(open).toEqual([{ key: "external:acme", intent }]);
  });
});

describe("a company that this tool created", () => {
  const decide = async (sites: readonly string[] | undefined) => {
    const [candidate] = companiesIn([ledger({ objects: [object(), site()] })]);
    if (candidate === undefined) throw new Error("no candidate");
    const company = Company.parse({ id: "c1", name: "Acme", sites: sites?.map(asSite) });
    return inspectCompany(candidate, false, {
      api: { getCompany: async () => company, allConnections: async () => [] },
      // A list that lags shows nothing of what is in it.
      reads: { companiesLike: async () => [{ ...company, sites: [] }] },
    });
  };
  const asSite = (id: string) => ({ id, name: id });

  it("is deleted with what this tool created in it, and left with anything else", async () => {
    expect(await decide(["s1"])).toMatchObject({ outcome: "to-delete", sites: 1 });
    expect(await decide(["s1", "s2"])).toMatchObject({
      ...{ outcome: "left", reason: "holds 1 site that this tool did not create" },
    });
  });

  it("is left where the API does not show what is in it", async () => {
    expect(await decide(undefined)).toMatchObject({ outcome: "left", candidate: null });
  });
});

describe("a planned company", () => {
  const candidate = { keys: ["external:acme"], name: "Acme" };

  it("is the ledger's of its key, and of its name where the key is derived from it", () => {
    const planned = { name: "ACME!", externalId: "acme", isDerived: false };
    expect(isPlanned(planned, candidate)).toBe(true);
    expect(isPlanned({ ...planned, isDerived: true }, candidate)).toBe(false);
    expect(isPlanned({ ...planned, name: " acme", isDerived: true }, candidate)).toBe(true);
    expect(isPlanned({ ...planned, externalId: "other" }, candidate)).toBe(false);
  });
});
