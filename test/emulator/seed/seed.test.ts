/** Filling an emulator from a seed. */
import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { nameBasedId } from "../../../src/emulator/seed/identity.ts";
import { parseSeed } from "../../../src/emulator/seed/schema.ts";
import { readScenario } from "../../../src/emulator/statuses/scenario.ts";
import {
  type Body,
  call,
  createCompany,
  createConnection,
  createSite,
  NOW,
  SANDBOX,
  start,
  temporaryFolder,
} from "../harness.ts";

const DAY = 86_400_000;
const iso = (time: number) => new Date(time).toISOString();

const ACME = {
  companies: [
    {
      name: "Acme",
      externalId: "acme",
      dataCollectionStartDate: "2023-01-01",
      sites: [
        { name: "Plant", externalId: "plant", address: "1 Main St" },
        { name: "Depot" },
        { name: "Depot" },
        { name: "Office" },
      ],
      connections: [
        {},
        { sites: ["plant", 3] },
        { username: "someone", password: "else" },
        { status: "mfa-token-expired", country: "ca" },
        { createdAt: "2025-01-01", scenario: { "website-down-after": 2 }, sites: [1] },
      ],
    },
    { name: "Bare" },
  ],
};

/** Everything that the API shows. */
async function all(emulator: Parameters<typeof call>[0]) {
  const answer = await call(emulator, "GET", "/company");
  // The one list without an envelope.
  const companies: readonly Body[] = JSON.parse(JSON.stringify(answer.body));
  const pages = await Promise.all(
    companies.map(({ id }) => call(emulator, "GET", `/connection/company/${id}`)),
  );
  return { companies, connections: pages.flatMap(({ body }) => body.connections) };
}

describe("a seed", () => {
  it("makes what it names, and tells the IDs", async () => {
    const emulator = await start();
    const result = await emulator.seed(ACME);
    const { companies, connections } = await all(emulator);
    const [acme, bare] = result.companies;
    expect(result.now).toBe(iso(NOW));
    expect(companies).toMatchObject([
      {
        ...{ id: acme?.id, name: "Acme", externalId: "acme" },
        dataCollectionStartDate: "2023-01-01",
        sites: [
          { name: "Plant", address: "1 Main St", externalId: "plant" },
          { name: "Depot" },
          { name: "Depot" },
          { name: "Office" },
        ],
      },
      { id: bare?.id, name: "Bare", dataCollectionStartDate: "2024-01-01", sites: [] },
    ]);
    const sites = acme?.sites.map(({ id }) => id) ?? [];
    expect(new Set(sites).size).toBe(4);
    expect(connections).toMatchObject([
      { status: "CONNECTED", initialSites: sites.slice(0, 3), country: "US", created: iso(NOW) },
      { status: "CONNECTED", initialSites: [sites[0], sites[3]] },
      { status: "PASSWORD_INCORRECT", username: "someone" },
      { status: "MFA_TOKEN_EXPIRED", country: "CA", statusErrorDetail: expect.any(String) },
      {
        ...{ status: "WEBSITE_DOWN", created: "2025-01-01T00:00:00.000Z" },
        ...{ statusFirstSeenTime: "2025-01-15T00:00:00.000Z", initialSites: [sites[1]] },
      },
    ]);
    expect(acme?.connections.map(({ id, status }) => [id, status])).toEqual(
      connections.map(({ id, status }) => [id, status]),
    );
  });

  it("is the same in every emulator, IDs and all", async () => {
    const [one, other] = [await start(), await start()];
    expect(await one.seed(ACME)).toEqual(await other.seed(ACME));
  });

  it("twice creates nothing twice, also after a restart", async () => {
    const stateDir = temporaryFolder();
    const first = await start({ stateDir });
    const made = await first.seed(ACME);
    const before = await all(first);
    await first.close();
    const second = await start({ stateDir, ids: randomUUID });
    const again = await second.seed(ACME);
    expect(await all(second)).toEqual(before);
    const existing = JSON.stringify(made).replaceAll('"created"', '"existing"');
    expect(JSON.stringify(again)).toBe(existing);
  });

  it("finds by external ID what was there, and leaves it as it is", async () => {
    const emulator = await start();
    const company = await createCompany(emulator, { name: "Acme Inc", externalId: "acme" });
    const site = await createSite(emulator, company.id, { name: "Old", externalId: "plant" });
    const { companies } = await emulator.seed(ACME);
    expect(companies[0]).toMatchObject({
      ...{ id: company.id, name: "Acme Inc", outcome: "existing" },
      sites: [
        { id: site.id, name: "Old", outcome: "existing" },
        { outcome: "created" },
        { outcome: "created" },
        { outcome: "created" },
      ],
    });
  });

  it("finds by ID, and may have one external ID twice then", async () => {
    const emulator = await start();
    const [one, other] = [randomUUID(), randomUUID()];
    const seed = {
      companies: [
        { id: one.toUpperCase(), name: "A", externalId: "x" },
        { id: other, name: "B", externalId: "x" },
      ],
    };
    const { companies } = await emulator.seed(seed);
    expect(companies.map(({ id }) => id)).toEqual([one, other]);
    expect((await emulator.seed(seed)).companies).toMatchObject([
      { outcome: "existing" },
      { outcome: "existing" },
    ]);
  });

  it("follows the emulator's own scenario unless it has another, and spells as it does", async () => {
    const emulator = await start({
      scenario: readScenario([["pending-for", "1h"]]),
      wrongPasswordStatus: "INCORRECT_PASSWORD",
    });
    const { companies } = await emulator.seed({
      companies: [
        {
          name: "Acme",
          sites: [{ name: "Plant" }],
          connections: [
            {},
            { password: "x", scenario: {} },
            {
              ...{ username: "u", status: "CONNECTED" },
              ...{ createdAt: "2025-03-01T00:00:00+01:00" },
            },
          ],
        },
      ],
    });
    expect(companies[0]?.connections.map(({ status }) => status)).toEqual([
      "PENDING",
      "INCORRECT_PASSWORD",
      "CONNECTED",
    ]);
  });

  it("takes no part when another fails: all or nothing", async () => {
    const emulator = await start();
    const broken = { companies: [...ACME.companies, { name: "C", connections: [{ sites: [0] }] }] };
    await expect(emulator.seed(broken)).rejects.toThrow(
      "companies[2].connections[0].sites[0]: 0 is not a site of this company",
    );
    expect((await call(emulator, "GET", "/company")).body).toEqual([]);
  });

  it("keeps no password", async () => {
    const emulator = await start();
    const seed = {
      companies: [{ name: "A", sites: [{ name: "S" }], connections: [{ password: "marked-1" }] }],
    };
    const result = await emulator.seed(seed);
    expect(JSON.stringify([result, await all(emulator)])).not.toContain("marked-1");
  });
});

describe("the clock of a seed", () => {
  it.each([
    ["2026-01-01", Date.UTC(2026, 0, 1)],
    ["2026-01-01T12:00:00+02:00", Date.UTC(2026, 0, 1, 10)],
    ["30d", NOW + 30 * DAY],
    ["2020-06-01", Date.UTC(2020, 5, 1)],
  ])("%s sets the time, once", async (clock, time) => {
    let now = NOW;
    const emulator = await start({ clock: { now: () => now, sleep: async () => {} } });
    const seed = { ...ACME, companies: [{ name: "A" }], clock };
    expect((await emulator.seed(seed)).now).toBe(iso(time));
    now += DAY;
    expect((await emulator.seed(seed)).now).toBe(iso(time + DAY));
    expect((await call(emulator, "GET", "/company")).body).toMatchObject([
      { dataCollectionStartDate: `${new Date(time).getUTCFullYear() - 1}-01-01` },
    ]);
  });

  it("goes ahead again where a later date is asked for", async () => {
    const emulator = await start();
    await emulator.seed({ clock: "2026-01-01" });
    expect((await emulator.seed({ clock: "2026-02-01" })).now).toBe("2026-02-01T00:00:00.000Z");
  });

  it("does not go back while there are connections", async () => {
    const emulator = await start();
    const company = await createCompany(emulator);
    const site = await createSite(emulator, company.id);
    await createConnection(emulator, company.id, { ...SANDBOX, sites: [site.id] });
    await expect(emulator.seed({ clock: "2020-01-01" })).rejects.toThrow(
      "clock: is before the emulator's time",
    );
    expect((await emulator.time()).aheadMs).toBe(0);
  });

  it("is what a connection's creation is held against", async () => {
    const emulator = await start();
    const seed = (createdAt: string) => ({
      companies: [{ name: "A", sites: [{ name: "S" }], connections: [{ createdAt }] }],
      clock: "2025-06-01",
    });
    await expect(emulator.seed(seed("2025-06-02"))).rejects.toThrow(
      "companies[0].connections[0].createdAt: is after the emulator's time, which is 2025-06-01",
    );
    expect((await emulator.seed(seed("2025-05-31"))).companies).toHaveLength(1);
  });
});

describe("what is refused", () => {
  const company = (fields: object) => ({ companies: [{ name: "A", ...fields }] });
  const connection = (fields: object) => company({ sites: [{ name: "S" }], connections: [fields] });
  const ID = "8f1c2f3a-5d07-4c6b-9a41-2f1f6b0c9d11";

  it.each<[string, unknown, string]>([
    ["a list", [], "seed: must be an object"],
    ["nothing", null, "seed: must be an object"],
    ["a field of no meaning", { company: [] }, "company: is not a field of a seed"],
    ["no name", { companies: [{}] }, "companies[0].name: is required"],
    [
      "no name of a site",
      company({ sites: [{ name: "a" }, { name: "b" }, {}] }),
      "companies[0].sites[2].name: is required",
    ],
    ["an empty name", company({ name: "" }), "companies[0].name: must not be empty"],
    ["a name of another type", company({ name: 5 }), "companies[0].name: must be text"],
    ["an ID that is none", company({ id: "x" }), "companies[0].id: must be a UUID"],
    [
      "a date that is none",
      company({ dataCollectionStartDate: "2025-02-30" }),
      "companies[0].dataCollectionStartDate: must be a date written as YYYY-MM-DD",
    ],
    ["sites that are no list", company({ sites: {} }), "companies[0].sites: must be a list"],
    [
      "a status of no meaning",
      connection({ status: "FINE" }),
      "companies[0].connections[0].status: must be one of CONNECTED",
    ],
    [
      "a scenario of no meaning",
      connection({ scenario: { nope: 1 } }),
      'companies[0].connections[0].scenario: "nope": is not one of mfa-expires-after',
    ],
    [
      "a scenario beside a status",
      connection({ status: "PENDING", scenario: {} }),
      "companies[0].connections[0]: takes a status or a scenario, not both",
    ],
    [
      "no sites",
      company({ connections: [{}] }),
      "companies[0].connections[0].sites: is required, because its company has no site",
    ],
    [
      "four sites",
      company({
        sites: [{ name: "a" }, { name: "b" }, { name: "c" }, { name: "d" }],
        connections: [{ sites: [0, 1, 2, 3] }],
      }),
      "companies[0].connections[0].sites: must name from 1 to 3 sites",
    ],
    [
      "a site twice",
      connection({ sites: [0, 0] }),
      "companies[0].connections[0].sites: names a site twice",
    ],
    [
      "a URL that is none",
      connection({ url: "nectar" }),
      "companies[0].connections[0].url: must be a full URL",
    ],
    [
      "a country of three letters",
      connection({ country: "USA" }),
      "companies[0].connections[0].country: must be two letters",
    ],
    [
      "a time without a zone",
      connection({ createdAt: "2025-01-01T00:00:00" }),
      "companies[0].connections[0].createdAt: must be a date",
    ],
    ["a clock of no meaning", { clock: "soon" }, "clock: must be a date such as 2025-06-01"],
    [
      "a clock before 1970",
      { clock: "0001-01-01" },
      "clock: must be a date such as 2025-06-01, or a time such as 2025-06-01T12:00:00Z, in the years 1970 to 9999",
    ],
    [
      "a time that is in the year 10000 by UTC",
      connection({ createdAt: "9999-12-31T23:59:59-14:00" }),
      "companies[0].connections[0].createdAt: must be a date",
    ],
    [
      "an ID twice",
      {
        companies: [
          { id: ID, name: "A" },
          { id: ID, name: "B" },
        ],
      },
      `companies[1].id: ${ID} is given twice`,
    ],
    [
      "an external ID twice",
      {
        companies: [
          { name: "A", externalId: "x" },
          { name: "B", externalId: "x" },
        ],
      },
      "companies[1].externalId: is given twice",
    ],
  ])("%s", async (_, seed, says) => {
    const emulator = await start();
    const error = await emulator.seed(seed).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "invalid_seed" });
    expect(String(error)).toContain(`the seed can't be used: ${says}`);
    expect((await call(emulator, "GET", "/company")).body).toEqual([]);
  });

  it("a site or a connection of another company", async () => {
    const emulator = await start();
    const [site, login] = [randomUUID(), randomUUID()];
    const seed = (name: string, siteId: string, connectionId: string) => ({
      companies: [
        { name, sites: [{ id: siteId, name: "S" }], connections: [{ id: connectionId }] },
      ],
    });
    await emulator.seed(seed("A", site, login));
    await expect(emulator.seed(seed("B", site, randomUUID()))).rejects.toThrow(
      "companies[0].sites[0].id: belongs to another company",
    );
    await expect(emulator.seed(seed("B", randomUUID(), login))).rejects.toThrow(
      "companies[0].connections[0].id: belongs to another company",
    );
  });

  it("every broken field, at once", () => {
    try {
      parseSeed({ companies: [{ nam: "A" }], clock: 5 });
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({
        message: "the seed can't be used: companies[0].name: is required",
        lines: ["companies[0].nam: is not a field of a seed", "clock: must be text"],
      });
    }
  });
});

it("an ID that is made of names is a UUID of version 8, and a different one for different names", () => {
  const ids = [nameBasedId("a", "bc"), nameBasedId("ab", "c"), nameBasedId("abc")];
  for (const id of ids) {
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  }
  expect(new Set(ids).size).toBe(3);
  expect(nameBasedId("a", "bc")).toBe(ids[0]);
});
