/** What a target has as a plan file: nothing is lost on the way back, and what the file can't hold is said. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SANDBOX_LOGIN } from "../../src/api/resources/connection.ts";
import {
  type Exported,
  exportCompanies,
  type Found,
  planValue,
} from "../../src/onboarding/plan-export.ts";
import { readPlanFile } from "../../src/onboarding/plan-file.ts";
import { writePlanFile } from "../../src/onboarding/plan-file-write.ts";

const SANDBOX = { url: SANDBOX_LOGIN.url, username: SANDBOX_LOGIN.username, country: "US" };
const UTILITY = { url: "https://utility.example.com", username: "someone", country: "US" };

type Company = Found["company"];
type Site = NonNullable<Company["sites"]>[number];
type Connection = Found["connections"][number];

const site = (given: Partial<Site> = {}): Site => ({
  ...{ id: "s1", name: "Plant", address: null, externalId: "plant", isArchived: false },
  ...given,
});
const connection = (given: Partial<Connection> = {}): Connection => ({
  ...{ id: "k1", status: "CONNECTED", state: "connected", statusDetail: null, ...SANDBOX },
  ...{ siteIds: null, company: null, provider: null, createdAt: null, updatedAt: null },
  ...given,
});
const found = (
  company: Partial<Company> = {},
  connections: readonly Connection[] = [connection()],
): Found => ({
  company: {
    ...{ id: "c1", name: "Acme", externalId: "acme", dataCollectionStartDate: null },
    sites: [site()],
    ...company,
  },
  connections,
});

const read = (companies: readonly Exported[]) =>
  readPlanFile(writePlanFile(companies, "exported"), "x.yaml");

/** The one company, its remarks and its text. */
function exported(one: Found) {
  const [company] = exportCompanies([one]);
  if (company === undefined) throw new Error("one company was given");
  return {
    company,
    remarks: "why" in company ? [company.why] : company.remarks,
    text: writePlanFile([company], "exported"),
  };
}

/** Text that YAML, a shell or a terminal might take for something else. */
const hostile = fc.oneof(
  fc.string({ unit: "binary", minLength: 1, maxLength: 40 }),
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 }),
  fc.constantFrom(
    ...["- a", "# a", "a # b", "a: b", "'", '"', '"a', "\\", "\\n", "a\nb", "a\r\nb", "\ta", "---"],
    ...[
      "...",
      "%YAML",
      "&a",
      "*a",
      "!a",
      "|",
      ">",
      "?",
      "{a}",
      "[a]",
      "no",
      "NO",
      "null",
      "~",
      "1",
    ],
    ...["1e3", "0x1f", "true", "2026-11-30", "a\u0000b", "\u001b[31mred", "\u202eabc", "\u0085x"],
    ...[
      "a\u2028b",
      "\ufeffa",
      "\ud800",
      "a,b",
      "=1+1",
      "@a",
      "`a`",
      "<<",
      "companies:",
      "- name: x",
    ],
  ),
);
const named = hostile.filter((text) => text.trim() !== "" && text.length <= 200);
const maybeId = fc.option(named, { nil: null });

const anySite = fc.record({
  id: fc.uuid(),
  name: named,
  address: fc.option(hostile, { nil: null }),
  externalId: maybeId,
  isArchived: fc.boolean(),
});
const anyConnection = fc.record({
  id: hostile,
  url: fc.constantFrom(SANDBOX.url, UTILITY.url, "http://no.example.com", "no URL", null),
  username: fc.oneof(fc.constantFrom(SANDBOX.username, null, "so***", ""), named),
  country: fc.constantFrom("US", "GB", "UK", "gb", null),
});
const anyFound: fc.Arbitrary<Found> = fc
  .record({
    id: fc.oneof(fc.uuid(), hostile),
    name: named,
    externalId: maybeId,
    sites: fc.array(anySite, { maxLength: 6 }),
    connections: fc.array(anyConnection, { maxLength: 3 }),
  })
  .map(({ connections, ...company }) => found(company, connections.map(connection)));

describe("an exported company", () => {
  it("is read back as the same plan, whatever its names hold", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyFound, { minLength: 1, maxLength: 4 }), async (all) => {
        const companies = exportCompanies(all);
        const written = companies.filter((one) => !("why" in one));
        if (written.length === 0) return;
        const entries = await read(companies);
        expect(entries.map(({ plan, passwordEnv }) => ({ plan, passwordEnv }))).toEqual(
          written.map((one) => {
            if ("why" in one) throw new Error("it is left out");
            const { name, externalId, sites, connection: login } = one;
            const own = login !== null && "url" in login ? login : null;
            return {
              plan: {
                company: { name, externalId, isDerived: false },
                sites: sites.map(({ id: _, ...rest }) => rest),
                connection: {
                  url: own?.url ?? SANDBOX.url,
                  username: own?.username ?? SANDBOX.username,
                  country: login?.country ?? "US",
                },
              },
              passwordEnv: own?.passwordEnv ?? null,
            };
          }),
        );
        // The JSON is the same file.
        expect(
          (await readPlanFile(JSON.stringify(planValue(companies)), "x")).map(({ plan }) => plan),
        ).toEqual(entries.map(({ plan }) => plan));
      }),
      { numRuns: 300 },
    );
  });

  it("keeps every name, address and external ID of what it holds", () => {
    fc.assert(
      fc.property(fc.array(anyFound, { maxLength: 4 }), (all) => {
        for (const [index, one] of exportCompanies(all).entries()) {
          if ("why" in one) continue;
          const source = all[index]?.company;
          expect(one.name).toBe(source?.name.trim());
          if (source?.externalId?.trim()) expect(one.externalId).toBe(source.externalId.trim());
          for (const written of one.sites) {
            const own = source?.sites?.find(({ id }) => id === written.id);
            expect([written.name, written.address]).toEqual([
              own?.name.trim(),
              own?.address?.trim() || null,
            ]);
            if (own?.externalId?.trim()) expect(written.externalId).toBe(own.externalId.trim());
          }
        }
      }),
    );
  });

  it("writes nothing that a terminal could act on", () => {
    fc.assert(
      fc.property(anyFound, (one) => {
        const text = writePlanFile(exportCompanies([one]), "exported");
        expect(text).not.toMatch(/(?!\n)[\p{C}\p{Zl}\p{Zp}]/u);
      }),
    );
  });

  it("has the IDs in comments, and the login only where it is not the sandbox's", () => {
    const { text } = exported(found({}, [connection({ country: "GB" })]));
    expect(text).toBe(`# exported

version: 1
companies:
  # company c1, connection k1
  - name: Acme
    externalId: acme
    sites:
      # site s1
      - name: Plant
        externalId: plant
    connection:
      country: GB
`);
    expect(exported(found({}, [connection(UTILITY)])).text).toContain(`    connection:
      url: https://utility.example.com
      username: someone
      passwordEnv: ACME_PASSWORD
`);
  });

  it("derives what is missing, says so, and never derives the same twice", () => {
    const twins = [found({ externalId: null }), found({ id: "c2", externalId: undefined })];
    const [first, second, third] = exportCompanies([
      ...twins,
      found({ id: "c3", name: "日本 ✓", externalId: "acme-2" }, [connection(UTILITY)]),
    ]);
    expect([first, second, third]).toMatchObject([
      { externalId: "acme", remarks: [expect.stringContaining('"acme" is derived')] },
      { externalId: "acme-3", remarks: [expect.stringContaining('"acme-3" is derived')] },
      { externalId: "acme-2", remarks: [], connection: { passwordEnv: "ACME_2_PASSWORD" } },
    ]);
    const sites = [site({ externalId: null }), site({ id: "s2", name: "??", externalId: null })];
    expect(exported(found({ sites })).company).toMatchObject({
      sites: [{ externalId: "acme-plant" }, { externalId: "acme-s2" }],
    });
  });

  it("derives nothing that ends in a space", () => {
    const { company } = exported(found({ id: "- name: x", name: "<<", externalId: null }));
    expect(company).toMatchObject({ externalId: "company-- name:" });
  });

  it("names variables that a shell can set, each once", () => {
    const companies = exportCompanies(
      ["9 lives", "日本", "日本 2", "a-b", "a.b"].map((externalId, index) =>
        found({ id: `c${index}`, externalId }, [connection(UTILITY)]),
      ),
    );
    const names = companies.map((one) =>
      "why" in one || one.connection === null || !("url" in one.connection)
        ? null
        : one.connection.passwordEnv,
    );
    expect(names).toEqual([
      ...["COMPANY_9_LIVES_PASSWORD", "COMPANY_PASSWORD", "COMPANY_2_PASSWORD", "A_B_PASSWORD"],
      "A_B_PASSWORD_2",
    ]);
  });
});

describe("what a plan file can't hold is a comment:", () => {
  it.each([
    ["no connection", found({}, []), "it has no connection"],
    [
      "several connections",
      found({}, [connection(), connection({ id: "k2", ...UTILITY })]),
      "connection k2 at https://utility.example.com is left out",
    ],
    ["an archived site", found({ sites: [site(), site({ id: "s2", isArchived: true })] }), "s2"],
    [
      "two sites with one external ID",
      found({ sites: [site(), site({ id: "s2", name: "B" })] }),
      "site s1 has its external ID too",
    ],
    ["a country that is not shown", found({}, [connection({ country: null })]), "the country"],
    ["a country that does not exist", found({}, [connection({ country: "UK" })]), "GB"],
    [
      "a masked user name at the sandbox",
      found({}, [connection({ username: "nec***" })]),
      "the API does not show the user name",
    ],
    [
      "white space around a site's name",
      found({ sites: [site({ name: " lead  x " })] }),
      'the name of the site s1, " lead  x ", is written as "lead  x": a plan file holds no white space around it',
    ],
    [
      "white space around an address",
      found({ sites: [site({ address: "1 Main St " })] }),
      'the address of the site s1, "1 Main St ", is written as "1 Main St"',
    ],
    [
      "an address of white space",
      found({ sites: [site({ address: "  " })] }),
      'the address of the site s1, "  ", is left out: it is only white space',
    ],
    [
      "white space around an external ID",
      found({ sites: [site({ externalId: " plant" })] }),
      'the external ID of the site s1, " plant", is written as "plant"',
    ],
    [
      "white space around a company's name",
      found({ name: "\tAcme" }),
      'the name of the company, "\\tAcme", is written as "Acme"',
    ],
    [
      "white space around a company's external ID",
      found({ externalId: "acme " }),
      'the external ID of the company, "acme ", is written as "acme"',
    ],
  ])("%s", (_, one, text) => {
    const { remarks, text: file, company } = exported(one);
    expect(remarks).toEqual([expect.stringContaining(text)]);
    expect(file).toContain(`  # ${remarks[0]}\n`);
    expect("why" in company).toBe(false);
  });

  it.each([
    ["no site", found({ sites: [] }), "it has no site"],
    ["only archived sites", found({ sites: [site({ isArchived: true })] }), "it has no site"],
    ["sites that are not listed", found({ sites: undefined }), "does not list its sites"],
    ["a masked user name", found({}, [connection({ ...UTILITY, username: "s***" })]), "the login"],
    ["a URL that is not shown", found({}, [connection({ url: null })]), "the login"],
    ["a blank name", found({ name: "  " }), "its name"],
  ])("%s, with the whole company", (_, one, text) => {
    const { company, text: file } = exported(one);
    expect(company).toMatchObject({ why: expect.stringContaining(text) });
    expect(file).toContain(text);
    expect(file).not.toMatch(/s\*\*\*|username/);
  });

  it("a second company with the same external ID", async () => {
    const companies = exportCompanies([found(), found({ id: "c2" })]);
    expect(companies[1]).toMatchObject({ why: "company c1 has its external ID too" });
    expect(await read(companies)).toHaveLength(1);
  });

  it("sites beyond the sandbox's three; those of the connection come first", async () => {
    const sites = ["a", "b", "c", "d"].map((id) => site({ id, name: id, externalId: id }));
    const { company, remarks } = exported(found({ sites }, [connection({ siteIds: ["d"] })]));
    expect(company).toMatchObject({ sites: [{ id: "a" }, { id: "b" }, { id: "d" }] });
    expect(remarks).toEqual([expect.stringContaining('site c "c" is left out')]);
    const other = exported(found({ sites }, [connection(UTILITY)]));
    expect(other.company).toMatchObject({ sites: [{}, {}, {}, {}] });
    expect(await read([company, other.company].slice(1))).toHaveLength(1);
  });
});
