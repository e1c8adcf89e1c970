import { describe, expect, it } from "vitest";
import { createClient } from "../../src/api/client.ts";
import { createCompany, createConnection, createSite } from "../../src/api/creates.ts";
import { createHttp } from "../../src/api/http.ts";
import type { KnownForms } from "../../src/api/routes.ts";
import { type Answer, json, stubServer } from "../support/stub-server.ts";
import { testClock } from "../support/test-clock.ts";

const COMPANY = "8f1c2f3a-5d07-4c6b-9a41-2f1f6b0c9d11";
const company = { id: COMPANY, name: "Acme", isDemandEnabled: false, sites: [], users: [] };
const site = { id: "s1", name: "Plant", dataCollectionStopDate: null };
const LOGIN = { url: "u", username: "n", password: "p", sites: ["s"] };
const page = (connections: unknown[], more: object = {}) => ({
  totalConnections: connections.length,
  perPage: 100,
  totalPages: 1,
  currentPage: 1,
  hasNext: false,
  hasPrevious: false,
  connections,
  ...more,
});

async function client(answer: Answer, known?: KnownForms) {
  const server = await stubServer(answer);
  const found: string[] = [];
  const http = createHttp({
    baseUrl: server.url,
    key: "k",
    userAgent: "x",
    clock: testClock(),
    random: () => 0,
    signal: new AbortController().signal,
    deadline: () => Number.POSITIVE_INFINITY,
  });
  const api = createClient({
    http,
    ...(known === undefined ? {} : { known }),
    onForm: (nested, form) => found.push(`${nested}:${form}`),
  });
  const paths = () => server.asked.map(({ method, path }) => `${method} ${path.split("?")[0]}`);
  return { api, server, found, paths };
}

/** A vendor that routes only one of the two documented forms. */
function onlyForm(form: "guide" | "reference"): Answer {
  return (response, { method, path }) => {
    const [route = ""] = path.replace("/v2.2", "").split("?");
    const nested =
      form === "guide"
        ? /^\/company\/[^/]+\/(site|connection)$/
        : /^\/(site|connection)\/company\/[^/]+$/;
    const noun = nested.exec(route)?.[1];
    if (noun === "site") return json(response, 201, site);
    if (noun === "connection") {
      return method === "GET" ? json(response, 200, page([])) : json(response, 201, { id: "c1" });
    }
    if (route === `/company/${COMPANY}`) return json(response, 200, company);
    return json(response, 404, { detail: "Not found." });
  };
}

describe("the two path forms", () => {
  it("begin with the guide's, and are told once", async () => {
    const { api, found, paths } = await client(onlyForm("guide"));
    await api.create(createSite(COMPANY, { name: "Plant" }));
    await api.create(createSite(COMPANY, { name: "Plant" }));
    expect(paths()).toEqual([
      `POST /v2.2/company/${COMPANY}/site`,
      `POST /v2.2/company/${COMPANY}/site`,
    ]);
    expect(found).toEqual(["sites:guide"]);
  });

  it("change to the reference's on a 404 once the company is known to exist, and never ask twice", async () => {
    const { api, found, paths } = await client(onlyForm("reference"));
    await api.create(createSite(COMPANY, { name: "Plant" }));
    await api.create(createSite(COMPANY, { name: "Plant" }));
    expect(paths()).toEqual([
      `POST /v2.2/company/${COMPANY}/site`,
      `GET /v2.2/company/${COMPANY}`,
      `POST /v2.2/site/company/${COMPANY}`,
      `POST /v2.2/site/company/${COMPANY}`,
    ]);
    expect(found).toEqual(["sites:reference"]);
  });

  it("do not look the company up when it was seen", async () => {
    const { api, paths } = await client(onlyForm("reference"));
    await api.getCompany(COMPANY);
    await api.create(createConnection(COMPANY, LOGIN));
    expect(paths()).toEqual([
      `GET /v2.2/company/${COMPANY}`,
      `POST /v2.2/company/${COMPANY}/connection`,
      `POST /v2.2/connection/company/${COMPANY}`,
    ]);
  });

  it("start with what an earlier run found", async () => {
    const { api, paths, found } = await client(onlyForm("reference"), { connections: "reference" });
    for await (const _ of api.listConnections(COMPANY)) expect.unreachable();
    expect(paths()).toEqual([`GET /v2.2/connection/company/${COMPANY}`]);
    expect(found).toEqual([]);
  });

  it("are found out once for all that are created side by side", async () => {
    const { api, found, paths } = await client(onlyForm("reference"));
    await api.getCompany(COMPANY);
    const sites = ["A", "B", "C"].map((name) => api.create(createSite(COMPANY, { name })));
    await Promise.all(sites);
    await api.create(createConnection(COMPANY, LOGIN));
    expect(paths().slice(1)).toEqual([
      `POST /v2.2/company/${COMPANY}/site`,
      ...Array(3).fill(`POST /v2.2/site/company/${COMPANY}`),
      `POST /v2.2/connection/company/${COMPANY}`,
    ]);
    expect(found).toEqual(["sites:reference", "connections:reference"]);
  });

  it.each([404, 405])("are tried for each method: GET answers, POST has %d", async (status) => {
    const reference = onlyForm("reference");
    const guide = onlyForm("guide");
    const { api, found, paths } = await client((response, asked, index) => {
      if (asked.method === "GET") return guide(response, asked, index);
      if (/\/company\/[^/]+\/connection$/.test(asked.path)) return json(response, status, {});
      return reference(response, asked, index);
    });
    await api.getCompany(COMPANY);
    await api.allConnections(COMPANY);
    for (let time = 0; time < 2; time += 1) await api.create(createConnection(COMPANY, LOGIN));
    expect(paths().slice(1)).toEqual([
      `GET /v2.2/company/${COMPANY}/connection`,
      `POST /v2.2/company/${COMPANY}/connection`,
      ...Array(2).fill(`POST /v2.2/connection/company/${COMPANY}`),
    ]);
    expect(found).toEqual(["connections:guide", "connections:reference"]);
  });

  it("cost nothing where the guide's answers", async () => {
    const { api, paths } = await client(onlyForm("guide"));
    await Promise.all(["A", "B", "C"].map((name) => api.create(createSite(COMPANY, { name }))));
    expect(paths()).toEqual(Array(3).fill(`POST /v2.2/company/${COMPANY}/site`));
  });

  it("are tried by the next one where the first did not find out", async () => {
    let failed = false;
    const reference = onlyForm("reference");
    const { api, paths } = await client((response, asked, index) => {
      if (failed || asked.method === "GET") return reference(response, asked, index);
      failed = true;
      json(response, 500, {});
    });
    await api.getCompany(COMPANY);
    const sites = ["A", "B"].map((name) => api.create(createSite(COMPANY, { name })));
    const outcomes = await Promise.allSettled(sites);
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
    expect(paths().slice(1)).toEqual([
      `POST /v2.2/company/${COMPANY}/site`,
      `POST /v2.2/company/${COMPANY}/site`,
      `POST /v2.2/site/company/${COMPANY}`,
    ]);
  });

  it.each([
    ["guide, reference", "guide"],
    ["reference, guide", "reference"],
    ["reference", "reference"],
  ] as const)("are known where the server says so, and nobody waits: %s", async (list, form) => {
    let waiting = 0;
    let release = () => {};
    const all = new Promise<void>((resolve) => {
      release = resolve;
    });
    const answer = onlyForm(form);
    const { api, paths } = await client(async (response, asked, index) => {
      response.setHeader("x-nectar-path-forms", list);
      if (asked.method === "POST") {
        waiting += 1;
        if (waiting === 3) release();
        await all;
      }
      answer(response, asked, index);
    });
    await api.getCompany(COMPANY);
    await Promise.all(["A", "B", "C"].map((name) => api.create(createSite(COMPANY, { name }))));
    expect(paths()).toHaveLength(4);
  });

  it("are not taken from a server that names none of them", async () => {
    const { api, paths } = await client((response, asked, index) => {
      response.setHeader("x-nectar-path-forms", "other");
      onlyForm("guide")(response, asked, index);
    });
    await api.getCompany(COMPANY);
    await api.create(createSite(COMPANY, { name: "A" }));
    expect(paths()[1]).toBe(`POST /v2.2/company/${COMPANY}/site`);
  });

  it("mend a memory that is wrong", async () => {
    const { api, found } = await client(onlyForm("guide"), { sites: "reference" });
    await api.create(createSite(COMPANY, { name: "Plant" }));
    expect(found).toEqual(["sites:guide"]);
  });

  it("say that the company is not found when it is not", async () => {
    const { api, paths } = await client((response) => json(response, 404, { detail: "No." }));
    await expect(api.create(createSite(COMPANY, { name: "P" }))).rejects.toMatchObject({
      exit: "not-found",
    });
    expect(paths()).toHaveLength(2);
  });
});

describe("a create", () => {
  it("is sent once, also where the server surely did not act on it", async () => {
    const { api, server } = await client((response) =>
      json(response, 429, {}, { "retry-after": "1" }),
    );
    for (const request of [
      createCompany({ name: "A" }),
      createSite(COMPANY, { name: "A" }),
      createConnection(COMPANY, LOGIN),
    ]) {
      await expect(api.create<{ id: string }>(request)).rejects.toMatchObject({
        code: "rate_limited",
        processed: "no",
      });
    }
    expect(server.asked).toHaveLength(3);
  });

  it("is as requested where its answer does not say", async () => {
    const { api } = await client((response) =>
      json(response, 201, { id: COMPANY.toUpperCase(), externalId: null }),
    );
    const body = { name: "A", externalId: "a" };
    expect(await api.create(createCompany(body))).toMatchObject({
      ...{ id: COMPANY, name: "A", externalId: null, sites: undefined },
    });
    expect(await api.create(createConnection(COMPANY, LOGIN))).toMatchObject({
      ...{ id: COMPANY, url: LOGIN.url, username: LOGIN.username },
    });
  });

  it("whose answer can't be used may have happened", async () => {
    for (const body of [{}, [], { id: 5 }, null]) {
      const { api } = await client((response) => json(response, 201, body));
      await expect(api.create(createCompany({ name: "A" }))).rejects.toMatchObject({
        code: "bad_answer",
        processed: "unknown",
      });
    }
  });
});

describe("a list of connections", () => {
  it("follows every page and passes the filters on", async () => {
    const { api, server } = await client((response, { path }) => {
      const number = Number(new URL(path, "http://x").searchParams.get("page"));
      json(
        response,
        200,
        page([{ id: `c${number}` }], { currentPage: number, hasNext: number < 3 }),
      );
    });
    const ids: string[] = [];
    const filter = { status: "CONNECTED", siteIds: ["a", "b"], ownerEmail: "x@y.z" };
    for await (const { id } of api.listConnections(COMPANY, filter)) ids.push(id);
    expect(ids).toEqual(["c1", "c2", "c3"]);
    const query = new URL(server.asked[1]?.path ?? "", "http://x").searchParams;
    expect(query.getAll("sites")).toEqual(["a", "b"]);
    expect(Object.fromEntries(query)).toMatchObject({
      status: "CONNECTED",
      connectionOwnerEmail: "x@y.z",
      page: "2",
      limit: "500",
    });
  });

  it("ends when a server repeats the last page for ever", async () => {
    const { api, server } = await client((response) =>
      json(response, 200, page([{ id: "c" }], { currentPage: 2, hasNext: true })),
    );
    let count = 0;
    for await (const _ of api.listConnections(COMPANY)) count += 1;
    expect(count).toBe(1);
    expect(server.asked).toHaveLength(2);
  });
});

describe("an answer", () => {
  it("may have fields and a status that nobody knows, and loses its secrets", async () => {
    const { api } = await client((response) =>
      json(response, 200, {
        id: "c1",
        status: "BRAND_NEW",
        connectionMagicLinkSecret: "shh",
        password: "shh",
        future: { deep: true },
        created: "2024-09-06T00:15:43.073014",
      }),
    );
    const connection = await api.getConnection("c1");
    expect(connection).toMatchObject({
      status: "BRAND_NEW",
      state: "unknown",
      createdAt: "2024-09-06T00:15:43.073Z",
    });
    expect(JSON.stringify(connection)).not.toContain("shh");
  });

  it("that lacks what is required names the field", async () => {
    const { api } = await client((response) => json(response, 200, [{ ...company, name: 5 }]));
    await expect(api.listCompanies()).rejects.toMatchObject({
      exit: "network",
      message: expect.stringContaining("0.name"),
    });
  });

  it("of the wrong kind is no crash", async () => {
    for (const body of ["text", 5, null, [], {}]) {
      const { api } = await client((response) => json(response, 200, body));
      await expect(api.getCompany(COMPANY)).rejects.toMatchObject({ code: "bad_answer" });
    }
  });
});
