/** Arguments and flags that name an object: by its ID, the beginning of one, a name or an external ID. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { freshPlace, type Place } from "../../support/run-cli.ts";

const ACME = "aaaaaaaa-1111-4111-8111-111111111111";
const BETA = "aaaaaaaa-2222-4222-8222-222222222222";
const PLANT = "bbbbbbbb-1111-4111-8111-111111111111";
const MILL = "bbbbbbbb-2222-4222-8222-222222222222";
const CONNECTION = "cccccccc-1111-4111-8111-111111111111";

const SEED = {
  companies: [
    {
      ...{ id: ACME, name: "Acme", externalId: "acme-1" },
      sites: [{ id: PLANT, name: "Plant", externalId: "plant-1" }],
      connections: [{ id: CONNECTION, status: "CONNECTED" }],
    },
    {
      ...{ id: BETA, name: "Beta", externalId: "beta-1" },
      sites: [
        { id: MILL, name: "Mill" },
        { id: "bbbbbbbb-3333-4333-8333-333333333333", name: "Plant" },
      ],
    },
  ],
};

async function seeded(): Promise<Place> {
  const place = freshPlace();
  writeFileSync(join(place.folder, "seed.json"), JSON.stringify(SEED));
  expect((await place.run(["emulator", "seed", "seed.json"])).status).toBe(0);
  return place;
}

const requests = (stderr: string) => stderr.match(/^debug [A-Z]+ \S+/gm) ?? [];

describe("a company", () => {
  it.each(["Beta", "beta-1", "aaaaaaaa-2", BETA, BETA.toUpperCase()])(
    "is found by %s",
    async (given) => {
      const place = await seeded();
      for (const words of [
        ["companies", "get", given],
        ["companies", "update", given, "--external-id", "beta-1"],
      ]) {
        const run = await place.run([...words, "--local", "-q"]);
        expect([run.status, run.stdout, run.stderr]).toEqual([0, `${BETA}\n`, ""]);
      }
      const sites = await place.run(["sites", "list", "--company", given, "--local", "-q"]);
      expect(sites.stdout.split("\n")).toContain(MILL);
    },
  );

  it("is not looked up when its ID is given; a name is, with one request", async () => {
    const place = await seeded();
    await place.run(["companies", "use", ACME, "--local"]);
    const read = `debug GET /company/${ACME}`;
    for (const [given, expected] of [
      [ACME, [read]],
      ["Acme", ["debug GET /company", read]],
      ["acme-1", ["debug GET /company", read]],
    ] as const) {
      const run = await place.run(["companies", "get", given, "--local", "--debug"]);
      expect(requests(run.stderr)).toEqual(expected);
    }
  });

  it("is found where the profile knows it and a list that lags does not show it yet", async () => {
    const place = await seeded();
    await place.run(["companies", "use", ACME, "--local"]);
    const lag = ["emulator", "fault", "--route", "companies.list", "--lag", "10m"];
    expect((await place.run([...lag, "--times", "forever"])).status).toBe(0);
    const run = await place.run(["companies", "get", "Acme", "--local", "-q"]);
    expect([run.status, run.stdout]).toEqual([0, `${ACME}\n`]);
  });

  it("is ambiguous when two begin alike, and both are named", async () => {
    const run = await (await seeded()).run(["companies", "get", "aaaaaaaa", "--local"]);
    expect([run.status, run.stdout]).toEqual([5, ""]);
    expect(run.stderr).toContain('several companies match "aaaaaaaa"');
    expect(run.stderr).toContain(`  ${ACME}  Acme\n  ${BETA}  Beta\n`);
  });

  it("is found by a name in other letters and spaces, unless another has it exactly", async () => {
    const place = await seeded();
    const get = async (given: string) =>
      (await place.run(["companies", "get", given, "--local", "-q"])).stdout;
    expect(await get(" aCME ")).toBe(`${ACME}\n`);
    await place.run(["companies", "create", "--name", "acme", "--external-id", "x", "--local"]);
    expect(await get("Acme")).toBe(`${ACME}\n`);
    expect((await place.run(["companies", "get", "ACME", "--local"])).stderr).toContain(
      'several companies match "ACME"',
    );
  });

  it.each(["nobody", "aaaaaaa", "aaaaaaaa-3", "acm"])("named %s is not found", async (given) => {
    const place = await seeded();
    for (const words of [
      ["companies", "get", given],
      ["connections", "list", "--company", given],
    ]) {
      const run = await place.run([...words, "--local", "--json"]);
      expect([run.status, run.error().code]).toEqual([5, "not_found"]);
      expect(run.error().next[0]?.command).toBe("nectar companies list --local");
    }
  });
});

describe("a site", () => {
  it("is looked for in the company of the command first, then in all", async () => {
    const place = await seeded();
    const alike = ["connections", "list", "--site", "Plant", "--local", "-q"];
    const inAcme = await place.run([...alike, "--company", "Acme"]);
    expect([inAcme.status, inAcme.stdout]).toEqual([0, `${CONNECTION}\n`]);
    const inAll = await place.run([...alike, "--all-companies"]);
    expect(inAll.status).toBe(5);
    await place.run(["companies", "use", ACME, "--local"]);
    for (const [given, id] of [
      ["plant-1", PLANT],
      ["bbbbbbbb-1", PLANT],
      ["Mill", MILL],
    ]) {
      const run = await place.run(["sites", "get", given ?? "", "--local", "-q"]);
      expect([given, run.stdout]).toEqual([given, `${id}\n`]);
    }
  });

  it("is looked for in all companies with the one request that lists them", async () => {
    const run = await (await seeded()).run(["sites", "get", "plant-1", "--local", "--debug", "-q"]);
    expect(run.stdout).toBe(`${PLANT}\n`);
    expect(requests(run.stderr)).toEqual(["debug GET /company", `debug GET /site/${PLANT}`]);
  });

  it("filters lists by its name", async () => {
    const place = await seeded();
    await place.run(["companies", "use", ACME, "--local"]);
    const run = await place.run(["connections", "list", "--site", "Plant", "--local", "-q"]);
    expect(run.stdout).toBe(`${CONNECTION}\n`);
    const usage = await place.run(["usage", "list", "--site", "Plant", "--limit", "1", "--local"]);
    expect(usage.status).toBe(0);
  });
});

const TWIN = "dddddddd-1111-4111-8111-111111111111";
const OTHER_TWIN = "dddddddd-2222-4222-8222-222222222222";

const hall = (id: string) => `5${id.slice(1)}`;
const login = (id: string) => `c${id.slice(1)}`;

/** Two of each, and the profile's company is one of them. */
async function twins(): Promise<Place> {
  const place = freshPlace();
  const company = (id: string, externalId: string, name = "Twin") => ({
    ...{ id, name, externalId },
    sites: [{ id: hall(id), name: "Hall", externalId: `hall-${externalId}` }],
    connections: [{ id: login(id), status: "CONNECTED" }],
  });
  const named = company("eeeeeeee-1111-4111-8111-111111111111", "t3", "t1");
  const seed = { companies: [company(TWIN, "t1"), company(OTHER_TWIN, "t2"), named] };
  writeFileSync(join(place.folder, "seed.json"), JSON.stringify(seed));
  expect((await place.run(["emulator", "seed", "seed.json"])).status).toBe(0);
  expect((await place.run(["companies", "use", OTHER_TWIN, "--local"])).status).toBe(0);
  return place;
}

describe("two that match", () => {
  it.each([
    ["companies get Twin", TWIN, OTHER_TWIN],
    ["companies get t1", TWIN, "eeeeeeee-1111-4111-8111-111111111111"],
    ["companies get dddddddd", TWIN, OTHER_TWIN],
    ["companies use Twin", TWIN, OTHER_TWIN],
    ["companies update Twin --name Renamed", TWIN, OTHER_TWIN],
    ["companies delete Twin --yes", TWIN, OTHER_TWIN],
    ["companies delete Twin", TWIN, OTHER_TWIN],
    ["teardown --company Twin --also-adopted --yes", TWIN, OTHER_TWIN],
    ["export --company Twin", TWIN, OTHER_TWIN],
    ["connections list --company Twin", TWIN, OTHER_TWIN],
    ["sites list --company Twin", TWIN, OTHER_TWIN],
    ["sites create --company Twin --name New", TWIN, OTHER_TWIN],
    ["connections create --company Twin", TWIN, OTHER_TWIN],
    ["invitations create --company Twin", TWIN, OTHER_TWIN],
    ["usage list --company Twin", TWIN, OTHER_TWIN],
    ["documents list --company Twin", TWIN, OTHER_TWIN],
    ["sites get Hall", hall(TWIN), hall(OTHER_TWIN)],
    ["sites update Hall --name Renamed", hall(TWIN), hall(OTHER_TWIN)],
    ["sites get 5ddddddd", hall(TWIN), hall(OTHER_TWIN)],
    ["connections get cddddddd", login(TWIN), login(OTHER_TWIN)],
    ["connections wait cddddddd", login(TWIN), login(OTHER_TWIN)],
    ["invitations create --reconnect cddddddd", login(TWIN), login(OTHER_TWIN)],
  ])("are both named, whichever the profile has: %s", async (line, one, other) => {
    const place = await twins();
    const run = await place.run([...line.split(" "), "--local", "--json"]);
    expect([run.status, run.stdout, run.error().code]).toEqual([5, "", "ambiguous"]);
    expect(run.stderr).toContain(one);
    expect(run.stderr).toContain(other);
    const list = await place.run(["companies", "list", "--local"]);
    expect(list.stdout.match(/^Twin/gm)).toHaveLength(2);
  });

  it("are told apart by their company, and shown up to a limit", async () => {
    const place = await twins();
    const run = await place.run(["sites", "get", "Hall", "--local"]);
    expect(run.stderr).toContain(`  ${hall(TWIN)}  Hall  (Twin)\n`);
    expect(run.stderr).toContain("  5eeeeeee-1111-4111-8111-111111111111  Hall  (t1)\n");
    const companies = Array.from({ length: 25 }, (_, at) => ({
      name: "Many",
      externalId: `m${at}`,
    }));
    writeFileSync(join(place.folder, "many.json"), JSON.stringify({ companies }));
    await place.run(["emulator", "seed", "many.json"]);
    const many = await place.run(["companies", "get", "Many", "--local"]);
    expect(many.stderr.match(/ Many$/gm)).toHaveLength(20);
    expect(many.stderr).toContain("  … and 5 more\n");
  });
});

describe("a connection, a document and an invitation", () => {
  it("are found by the beginning of an ID", async () => {
    const place = freshPlace();
    await place.run(["onboard", "--local", "--company-name", "Acme", "--site", "Plant"]);
    const first = async (noun: string) =>
      (await place.run([noun, "list", "--local", "-q"])).stdout.split("\n")[0] ?? "";
    const connection = await first("connections");
    const reconnect = ["--reconnect", connection.slice(0, 8), "--local"];
    expect((await place.run(["invitations", "create", ...reconnect])).status).toBe(0);
    for (const noun of ["connections", "invitations"]) {
      const id = await first(noun);
      expect(id).toMatch(/^[0-9a-f-]{36}$/);
      const found = await place.run([noun, "get", id.slice(0, 13).toUpperCase(), "--local", "-q"]);
      expect([noun, found.stdout]).toEqual([noun, `${id}\n`]);
    }
    // The emulator's documents of one connection have IDs that begin alike.
    const bill = (await first("documents")).slice(0, 13);
    const several = await place.run(["documents", "get", bill, "--local"]);
    expect([several.status, several.stderr.split("\n")[0]]).toEqual([
      5,
      `nectar: several documents match "${bill}"`,
    ]);
  });

  it("is found by commands that act on the emulator, too", async () => {
    const place = await seeded();
    const set = ["emulator", "set-status", "cccccccc", "WEBSITE_DOWN", "-q"];
    expect((await place.run(set)).stdout).toBe(`${CONNECTION}\n`);
  });

  it("have no name, so nothing is asked for one", async () => {
    const run = await (await seeded()).run(["connections", "get", "nope", "--local", "--debug"]);
    expect([run.status, requests(run.stderr)]).toEqual([5, []]);
    expect(run.stderr).toContain('no connection has an ID that begins with "nope"');
  });
});
