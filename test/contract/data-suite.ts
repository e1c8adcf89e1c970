/** What a connection brings against the contract: documents, usage, meters, intervals, accounts. */
import { describe, expect, it } from "vitest";
import { start } from "../emulator/harness.ts";
import { type Ask, listOf, textOf } from "./checked.ts";
import { fieldsOf } from "./openapi.ts";
import { created, makeSandbox, paged, refused, type Sandbox, UNKNOWN } from "./walk.ts";

const FILTERS = [
  "startDate=2024-06-01&endDate=2024-08-31",
  "startDate=2030-01-01",
  "dateType=USAGE_PERIOD&startDate=2024-06-01",
  "dateType=CREATED_DATE&endDate=2024-08-31",
  "dateType=UPDATED_DATE&endDate=2024-08-31",
  "datasourceType=ELECTRICITY&datasourceType=SOLAR",
  "datasourceType=TELECOM",
  "identifier=none-such",
];

const WRONG = ["startDate=2024-02-30", "dateType=NONE", "datasourceType=SEWER", "identifier="];

const lists = (what: string, { company, sites, connection }: Sandbox) => [
  `/${what}/company/${company}`,
  `/company/${company}/${what}`,
  `/${what}/site/${sites[0]}`,
  `/${what}/connection/${connection}`,
];

/** An emulator whose connection has brought all that it will bring by now. */
async function withData(ask: Ask, options: Parameters<typeof start>[0] = {}) {
  let made = 0;
  // Data grows from the connection's ID, so that IDs in a row always bring the same.
  const ids = () => {
    made += 1;
    return `00000000-0000-4000-8000-${String(made).padStart(12, "0")}`;
  };
  const emulator = await start({ dataDelayMs: 0, ids, ...options });
  return { emulator, sandbox: await makeSandbox(ask, emulator) };
}

export function dataSuite(ask: Ask): void {
  describe.each(["document", "usage"])("lists of %s", (what) => {
    const name = what === "usage" ? "usageData" : "documents";

    it("are empty before there is anything", async () => {
      const { emulator, sandbox } = await withData(ask, { dataDelayMs: 30_000 });
      for (const path of lists(what, sandbox)) {
        expect(await paged(ask, emulator, path)).toMatchObject([{ [name]: [], totalPages: 1 }]);
      }
    });

    it("are whole in each scope, and one by one the same", async () => {
      const { emulator, sandbox } = await withData(ask);
      for (const path of lists(what, sandbox)) {
        const pages = await paged(ask, emulator, path);
        const rows = pages.flatMap((page) => listOf(page, name));
        expect(rows.length).toBeGreaterThan(20);
        for (const row of rows.slice(0, 5)) {
          const one = await ask(emulator, "GET", `/${what}/${textOf(row, "id")}`);
          expect([one.status, textOf(one.body, "id")]).toEqual([200, row["id"]]);
        }
      }
    });

    it("are cut by every filter", async () => {
      const { emulator, sandbox } = await withData(ask);
      const filters =
        what === "usage" ? FILTERS : [...FILTERS, "isDeleted=true", "isDeleted=false"];
      for (const path of lists(what, sandbox)) {
        for (const filter of filters) await paged(ask, emulator, `${path}?${filter}`);
        for (const wrong of WRONG) {
          expect((await ask(emulator, "GET", `${path}?${wrong}`)).status, wrong).toBe(400);
        }
        await refused(ask, emulator, "GET", path);
      }
    });

    it("are not found where nothing is", async () => {
      const { emulator } = await withData(ask);
      const nowhere = { company: UNKNOWN, sites: [UNKNOWN], connection: UNKNOWN };
      for (const path of [...lists(what, nowhere), `/${what}/${UNKNOWN}`]) {
        expect((await ask(emulator, "GET", path)).status, path).toBe(404);
      }
    });
  });

  describe("documents", () => {
    it("give their usage rows, whose meters and accounts are there", async () => {
      const { emulator, sandbox } = await withData(ask);
      const list = await ask(emulator, "GET", `/document/connection/${sandbox.connection}`);
      const documents = listOf(list.body, "documents");
      for (const document of documents.slice(0, 12)) {
        const path = `/usage/document/${textOf(document, "id")}`;
        const rows = listOf((await ask(emulator, "GET", path)).body, "usageData");
        expect(rows).toHaveLength(1);
        const meter = await ask(emulator, "GET", `/meter/${textOf(rows[0], "meter")}`);
        expect(meter.status).toBe(200);
      }
      const document = textOf(documents[0], "id");
      await paged(ask, emulator, `/usage/document/${document}?dateType=BILL_DATE`);
      await refused(ask, emulator, "GET", `/usage/document/${document}`);
      expect((await ask(emulator, "GET", `/usage/document/${UNKNOWN}`)).status).toBe(404);
      expect((await ask(emulator, "GET", `/meter/${UNKNOWN}`)).status).toBe(404);
    });

    it("are dropped with what they replace, which is listed on request", async () => {
      const { emulator, sandbox } = await withData(ask);
      const path = `/document/connection/${sandbox.connection}`;
      const total = async (query: string) =>
        fieldsOf((await ask(emulator, "GET", `${path}?${query}`)).body)["totalDocuments"];
      expect(await total("isDeleted=true")).toBeGreaterThan(Number(await total("")));
    });
  });

  describe("intervals", () => {
    it("are paged, filtered and refused", async () => {
      const { emulator, sandbox } = await withData(ask);
      const path = `/interval/connection/${sandbox.connection}`;
      const day = "startDate=2024-06-01T00:00:00Z&endDate=2024-06-15T23:59:59Z";
      expect((await paged(ask, emulator, `${path}?${day}`)).length).toBeGreaterThan(1);
      for (const filter of ["datasourceType=TELECOM", "identifier=none-such"]) {
        const [page] = await paged(ask, emulator, `${path}?${filter}`);
        expect(page).toMatchObject({ totalIntervals: 0, intervals: [] });
      }
      expect((await ask(emulator, "GET", path)).status).toBe(200);
      for (const wrong of ["endDate=2024-02-30", "datasourceType=SEWER", "identifier="]) {
        expect((await ask(emulator, "GET", `${path}?${wrong}`)).status, wrong).toBe(400);
      }
      expect((await ask(emulator, "GET", `/interval/connection/${UNKNOWN}`)).status).toBe(404);
      await refused(ask, emulator, "GET", path);
    });
  });

  describe.each(["account", "meter"])("lists of each %s", (what) => {
    it("are empty without a connection, and whole with one", async () => {
      const { emulator, sandbox } = await withData(ask);
      const bare = await created(ask, emulator, "/company", { name: "Bare" });
      for (const [company, count] of [
        [bare, 0],
        [sandbox.company, 10],
      ] as const) {
        const [page] = await paged(ask, emulator, `/company/${company}/${what}`);
        expect(listOf(page, `${what}s`)).toHaveLength(count);
      }
      expect((await ask(emulator, "GET", `/company/${UNKNOWN}/${what}`)).status).toBe(404);
    });
  });

  describe("accounts", () => {
    it("come with their connection, are untracked and tracked again", async () => {
      const { emulator, sandbox } = await withData(ask);
      const path = `/connection/${sandbox.connection}/details`;
      const accounts = async () => listOf((await ask(emulator, "GET", path)).body, "accounts");
      const [first] = await accounts();
      const account = `/account/${textOf(first, "id")}`;
      for (const isTracked of [false, true]) {
        for (const updateMeters of [true, false]) {
          const body = { isTracked, updateMeters };
          const changed = await ask(emulator, "PATCH", account, body);
          expect([changed.status, fieldsOf(changed.body)["isTracked"]]).toEqual([200, isTracked]);
          expect((await accounts())[0]).toEqual(changed.body);
        }
        const meter = listOf({ meters: (await accounts()).map((one) => one["meters"]) }, "meters");
        expect((await ask(emulator, "GET", `/meter/${meter.flat()[0]}`)).status).toBe(200);
      }
      expect((await ask(emulator, "PATCH", account, {})).status).toBe(200);
      expect((await ask(emulator, "PATCH", account, { isTracked: "no" })).status).toBe(400);
      expect((await ask(emulator, "PATCH", `/account/${UNKNOWN}`, {})).status).toBe(404);
      await refused(ask, emulator, "PATCH", account);
    });

    it("go through their own statuses while data is on its way", async () => {
      let now = Date.UTC(2025, 2, 4, 5, 6, 7);
      const clock = { now: () => now, sleep: async () => {} };
      const { emulator, sandbox } = await withData(ask, { dataDelayMs: 30_000, clock });
      const path = `/connection/company/${sandbox.company}`;
      const seen = new Set<unknown>();
      for (let second = 0; second <= 32; second += 2) {
        const [connection] = listOf((await ask(emulator, "GET", path)).body, "connections");
        for (const { status } of listOf(connection, "accounts")) seen.add(status);
        now += 2000;
      }
      expect([...seen]).toEqual(["DETECTED", "ONBOARDED", "PULL_COMPLETED"]);
    });
  });
}
