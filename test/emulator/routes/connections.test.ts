/** Connections over HTTP: the sandbox rule, fields, rules, pages, filters. */
import { describe, expect, it } from "vitest";
import { Connection } from "../../../src/api/resources/connection.ts";
import type { RunningEmulator } from "../../../src/emulator/emulator.ts";
import {
  type Body,
  call,
  createCompany,
  createConnection,
  createSite,
  NOW_ISO,
  SANDBOX,
  start,
} from "../harness.ts";

const UNKNOWN = "11111111-2222-4333-8444-555555555555";
const UUID = expect.stringMatching(/^[0-9a-f-]{36}$/);

async function withSites(emulator: RunningEmulator, count: number) {
  const company = await createCompany(emulator, { externalId: "acme" });
  const sites: string[] = [];
  for (let index = 0; index < count; index += 1) {
    sites.push((await createSite(emulator, company.id, { name: `Site ${index}` })).id);
  }
  return { company, sites };
}

describe("creating", () => {
  it("answers every documented field, and no password", async () => {
    const emulator = await start();
    const { company, sites } = await withSites(emulator, 2);
    const connection = await createConnection(emulator, company.id, { sites, country: "us" });
    expect(connection).toEqual({
      id: UUID,
      created: NOW_ISO,
      updated: NOW_ISO,
      publicCompanyId: UUID,
      connectionMagicLinkSecret: UUID,
      status: "CONNECTED",
      statusLastUpdateTime: NOW_ISO,
      statusFirstSeenTime: NOW_ISO,
      statusErrorDetail: null,
      externalId: null,
      isActive: true,
      datasource: { name: "Nectar Sandbox", url: "https://nectarclimate.com" },
      accounts: Array(10).fill(expect.objectContaining({ isTracked: true, status: "DETECTED" })),
      company: { id: company.id, name: "Acme", externalId: "acme" },
      url: "https://nectarclimate.com",
      country: "US",
      initialSites: sites,
      initialDatasourceTypes: [],
      username: "nectar-sandbox-username",
      workflowOwnerEmail: "you@nectar.local",
      dataCollectionStartDate: "2024-01-01",
      multiplyByOccupancy: false,
    });
    expect(Connection.parse(connection).status).toBe("CONNECTED");
    const details = await call(emulator, "GET", `/connection/${connection.id}/details`);
    expect(details).toMatchObject({ status: 200, body: connection });
    expect(JSON.stringify(details.body)).not.toContain(SANDBOX.password);
  });

  it.each([
    ["PASSWORD_INCORRECT", undefined],
    ["INCORRECT_PASSWORD", "INCORRECT_PASSWORD"],
  ] as const)("spells a wrong login %s", async (status, wrongPasswordStatus) => {
    const emulator = await start({ wrongPasswordStatus });
    const { company, sites } = await withSites(emulator, 1);
    const connection = await createConnection(emulator, company.id, { sites, password: "mark-7" });
    expect(connection).toMatchObject({ status, statusErrorDetail: expect.stringMatching(/\w/) });
    const list = await call(emulator, "GET", `/company/${company.id}/connection`);
    expect(JSON.stringify([connection, list.body])).not.toContain("mark-7");
  });

  it("names another provider by its host", async () => {
    const emulator = await start();
    const { company, sites } = await withSites(emulator, 1);
    const url = "https://www.utility.example/login?x=1";
    expect(await createConnection(emulator, company.id, { sites, url })).toMatchObject({
      url,
      status: "PASSWORD_INCORRECT",
      datasource: { name: "www.utility.example", url: "https://www.utility.example" },
    });
  });

  it("lets the same login be connected twice", async () => {
    const emulator = await start();
    const { company, sites } = await withSites(emulator, 1);
    const one = await createConnection(emulator, company.id, { sites });
    const two = await createConnection(emulator, company.id, { sites });
    expect(one.id).not.toBe(two.id);
  });

  it.each([
    [{ sites: [] }, "sites: must name from 1 to 3 sites."],
    [{ sites: ["x"] }, "sites[0]: must be a UUID."],
    [{ sites: undefined }, "sites: is required."],
    [{ sites: [UNKNOWN] }, `sites: ${UNKNOWN} is not a site of this company.`],
    [{ url: "" }, "url: must not be empty."],
    [{ url: "nectarclimate.com" }, "url: must be a full URL that starts with https:// or http://."],
    [{ url: "https://a:b@x.example" }, "url: must not contain a user name or a password."],
    [{ username: "" }, "username: must not be empty."],
    [{ password: undefined }, "password: is required."],
    [{ password: ["mark"] }, "password: must be text."],
    [{ country: "USA" }, "country: must be two letters."],
  ])("refuses %j", async (fields, detail) => {
    const emulator = await start();
    const { company, sites } = await withSites(emulator, 1);
    const path = `/company/${company.id}/connection`;
    const answer = await call(emulator, "POST", path, { ...SANDBOX, sites, ...fields });
    expect(answer).toMatchObject({ status: 400, body: { detail } });
    expect((await call(emulator, "GET", path)).body.totalConnections).toBe(0);
  });

  it("takes any number of sites for another login", async () => {
    const emulator = await start();
    const { company, sites } = await withSites(emulator, 20);
    for (const login of [{ password: "other" }, { url: "https://utility.example" }]) {
      for (const some of [[], sites.slice(0, 4), sites]) {
        const fields = { ...login, sites: some };
        const { id } = await createConnection(emulator, company.id, fields);
        // Its data would be that of the sandbox.
        await emulator.setStatus(id, "CONNECTED");
        const { status, body } = await call(emulator, "GET", `/connection/${id}/details`);
        expect([status, Object(body).initialSites]).toEqual([200, some]);
      }
    }
  });

  it("takes up to three sites of the company, each once", async () => {
    const emulator = await start();
    const { company, sites } = await withSites(emulator, 4);
    const other = await withSites(emulator, 1);
    const post = (ids: readonly string[]) =>
      call(emulator, "POST", `/company/${company.id}/connection`, { ...SANDBOX, sites: ids });
    expect((await post(sites)).body.detail).toBe("sites: must name from 1 to 3 sites.");
    expect((await post([...sites.slice(0, 1), ...sites.slice(0, 1)])).body.detail).toBe(
      "sites: names a site twice.",
    );
    expect((await post([...sites.slice(0, 1), ...other.sites])).status).toBe(400);
    expect((await post(sites.slice(0, 3))).status).toBe(201);
  });
});

describe("pages", () => {
  async function withConnections(count: number) {
    const emulator = await start();
    const { company, sites } = await withSites(emulator, 1);
    const made: Body[] = [];
    for (let index = 0; index < count; index += 1) {
      const username = `user-${index}`;
      made.push(await createConnection(emulator, company.id, { sites, username }));
    }
    const list = (query: string) =>
      call(emulator, "GET", `/connection/company/${company.id}${query}`);
    return { made, list };
  }

  it("follow each other in the order of creation", async () => {
    const { made, list } = await withConnections(5);
    expect((await list("?limit=2")).body).toEqual({
      totalConnections: 5,
      perPage: 2,
      totalPages: 3,
      currentPage: 1,
      hasNext: true,
      hasPrevious: false,
      connections: made.slice(0, 2),
    });
    expect((await list("?limit=2&page=2")).body).toMatchObject({
      currentPage: 2,
      hasNext: true,
      hasPrevious: true,
      connections: made.slice(2, 4),
    });
    const last = {
      currentPage: 3,
      hasNext: false,
      hasPrevious: true,
      connections: made.slice(4),
    };
    for (const page of ["3", "4", "99999999999999999999999"]) {
      expect((await list(`?limit=2&page=${page}`)).body).toMatchObject(last);
    }
  });

  it("hold 100 unless told otherwise", async () => {
    const { list } = await withConnections(0);
    expect((await list("")).body).toEqual({
      totalConnections: 0,
      perPage: 100,
      totalPages: 1,
      currentPage: 1,
      hasNext: false,
      hasPrevious: false,
      connections: [],
    });
    expect((await list("?limit=500&page=7")).body).toMatchObject({ perPage: 500, currentPage: 1 });
  });

  it.each([
    ["page=0", "page: must be a whole number from 1."],
    ["page=-1", "page: must be a whole number from 1."],
    ["page=", "page: must be a whole number from 1."],
    ["page=two", "page: must be a whole number from 1."],
    ["page=1.5", "page: must be a whole number from 1."],
    ["limit=0", "limit: must be a whole number from 1 to 500."],
    ["limit=501", "limit: must be a whole number from 1 to 500."],
    ["limit=x", "limit: must be a whole number from 1 to 500."],
    ["connectionOwnerEmail=", "connectionOwnerEmail: must not be empty."],
    ["sites=x", "sites[0]: must be a UUID."],
    ["status=CONNECTED&status=PENDING", "status: can be given once."],
    ["connectionOwnerEmail=a&connectionOwnerEmail=b", "connectionOwnerEmail: can be given once."],
  ])("refuse %s", async (query, detail) => {
    const { list } = await withConnections(0);
    expect(await list(`?${query}`)).toMatchObject({ status: 400, body: { detail } });
  });

  it("refuse an unknown status and name the known ones", async () => {
    const { list } = await withConnections(0);
    const { status, body } = await list("?status=connected");
    expect(status).toBe(400);
    expect(body.detail).toMatch(/^status: must be one of CONNECTED, .*COMPANY_INACTIVE/);
    expect(body.detail.split(", ")).toHaveLength(13);
  });
});

describe("filters", () => {
  it("narrow the list down, and the total with it", async () => {
    const emulator = await start();
    const { company, sites } = await withSites(emulator, 3);
    const [a = "", b = "", c = ""] = sites;
    const good = await createConnection(emulator, company.id, { sites: [a, b] });
    const bad = await createConnection(emulator, company.id, { sites: [c], password: "no" });
    const ids = async (query: string) => {
      const { body } = await call(emulator, "GET", `/company/${company.id}/connection?${query}`);
      expect(body.totalConnections).toBe(body.connections.length);
      return body.connections.map(({ id }) => id);
    };
    expect(await ids("status=CONNECTED")).toEqual([good.id]);
    expect(await ids("status=PASSWORD_INCORRECT")).toEqual([bad.id]);
    expect(await ids("status=INCORRECT_PASSWORD")).toEqual([]);
    expect(await ids("status=PENDING")).toEqual([]);
    expect(await ids(`sites=${b}`)).toEqual([good.id]);
    expect(await ids(`sites=${b.toUpperCase()}&sites=${c}`)).toEqual([good.id, bad.id]);
    expect(await ids(`sites=${UNKNOWN}`)).toEqual([]);
    expect(await ids("connectionOwnerEmail=you@nectar.local")).toEqual([good.id, bad.id]);
    expect(await ids("connectionOwnerEmail=you")).toEqual([]);
    expect(await ids(`sites=${c}&status=CONNECTED`)).toEqual([]);
  });

  it("keep to the company", async () => {
    const emulator = await start();
    const one = await withSites(emulator, 1);
    const two = await withSites(emulator, 1);
    await createConnection(emulator, one.company.id, { sites: one.sites });
    const { body } = await call(emulator, "GET", `/connection/company/${two.company.id}`);
    expect(body.connections).toEqual([]);
  });
});
