/** Companies over HTTP: fields and defaults, rules, changes, deletion. */
import { describe, expect, it } from "vitest";
import { Companies, Company } from "../../../src/api/resources/company.ts";
import { call, createCompany, createConnection, createSite, start } from "../harness.ts";

const UUID = /^[0-9a-f-]{36}$/;

describe("creating", () => {
  it("answers every documented field, with the documented defaults", async () => {
    const emulator = await start();
    const answer = await call(emulator, "POST", "/company", {
      name: "Sandbox Test Company",
      externalId: "sandbox-test-001",
    });
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      id: expect.stringMatching(UUID),
      name: "Sandbox Test Company",
      externalId: "sandbox-test-001",
      dataCollectionStartDate: "2024-01-01",
      isImpliedMeteringEnabled: false,
      impliedMeteringFraction: "1.00",
      isDemandEnabled: false,
      isBasicIdentifierMappingEnabled: false,
      isLowAccuracyModeEnabled: false,
      users: ["you@nectar.local"],
      sites: [],
    });
    expect(Company.parse(answer.body).id).toBe(answer.body.id);
  });

  it("keeps what is given", async () => {
    const given = {
      name: "n".repeat(200),
      externalId: null,
      dataCollectionStartDate: "2020-02-29",
      isImpliedMeteringEnabled: true,
      impliedMeteringFraction: "0.85",
      isDemandEnabled: true,
      isBasicIdentifierMappingEnabled: true,
      isLowAccuracyModeEnabled: true,
      users: ["you@nectar.local"],
    };
    expect(await createCompany(await start(), given)).toMatchObject(given);
  });

  it("lets two companies share a name and an external ID", async () => {
    const emulator = await start();
    const one = await createCompany(emulator, { externalId: "same" });
    const other = await createCompany(emulator, { externalId: "same" });
    expect(one.id).not.toBe(other.id);
  });

  it.each([
    [{}, "name: is required."],
    [{ name: "" }, "name: must not be empty."],
    [{ name: "n".repeat(201) }, "name: must be at most 200 characters long."],
    [{ name: null }, "name: must be text."],
    [{ name: 7 }, "name: must be text."],
    [{ name: "x", externalId: 7 }, "externalId: must be text."],
    [
      { name: "x", dataCollectionStartDate: "2023-02-29" },
      "dataCollectionStartDate: must be a date written as YYYY-MM-DD.",
    ],
    [{ name: "x", isDemandEnabled: "yes" }, "isDemandEnabled: must be true or false."],
    [
      { name: "x", impliedMeteringFraction: "10.5" },
      "impliedMeteringFraction: must be a decimal string with at most one digit before the decimal point and two after it.",
    ],
    [
      { name: "x", impliedMeteringFraction: "-" },
      "impliedMeteringFraction: must be a decimal string.",
    ],
    [{ name: "x", impliedMeteringFraction: 1 }, "impliedMeteringFraction: must be text."],
    [{ name: "x", users: "you" }, "users: must be a list."],
    [{ name: "x", users: ["you@nectar.local", 7] }, "users[1]: must be text."],
    [
      { name: "x", users: ["colleague@example.com"] },
      "users: only you@nectar.local has an account on the local emulator.",
    ],
    [
      { name: "", isDemandEnabled: 1 },
      "name: must not be empty; isDemandEnabled: must be true or false.",
    ],
  ])("refuses %j", async (body, detail) => {
    const emulator = await start();
    expect(await call(emulator, "POST", "/company", body)).toMatchObject({
      status: 400,
      body: { detail },
    });
    expect((await call(emulator, "GET", "/company")).body).toEqual([]);
  });
});

describe("reading", () => {
  it("lists all in the order of creation, as a bare array with sites inside", async () => {
    const emulator = await start();
    const one = await createCompany(emulator, { name: "One" });
    const two = await createCompany(emulator, { name: "Two" });
    const site = await createSite(emulator, one.id);
    const { status, body } = await call(emulator, "GET", "/company");
    expect(status).toBe(200);
    expect(body).toEqual([{ ...one, sites: [site] }, two]);
    expect(Companies.parse(body)).toHaveLength(2);
  });

  it("finds one, whatever the letter case of its ID", async () => {
    const emulator = await start();
    const company = await createCompany(emulator);
    const answer = await call(emulator, "GET", `/company/${company.id.toUpperCase()}`);
    expect(answer).toMatchObject({ status: 200, body: company });
  });
});

describe("changing", () => {
  it("changes what is given and nothing else", async () => {
    const emulator = await start();
    const company = await createCompany(emulator, { externalId: "a" });
    const path = `/company/${company.id}`;
    const renamed = await call(emulator, "PATCH", path, { name: "New", isDemandEnabled: true });
    expect(renamed).toMatchObject({ status: 200 });
    expect(renamed.body).toEqual({ ...company, name: "New", isDemandEnabled: true });
    const cleared = await call(emulator, "PATCH", path, { externalId: null });
    expect(cleared.body).toEqual({ ...renamed.body, externalId: null });
    expect((await call(emulator, "GET", path)).body).toEqual(cleared.body);
  });

  it("keeps the caller among the users, who can't remove themselves", async () => {
    const emulator = await start();
    const company = await createCompany(emulator);
    const answer = await call(emulator, "PATCH", `/company/${company.id}`, { users: [] });
    expect(answer).toMatchObject({ status: 200, body: { users: ["you@nectar.local"] } });
  });

  it("keeps to the rules of creation", async () => {
    const emulator = await start();
    const company = await createCompany(emulator);
    const answer = await call(emulator, "PATCH", `/company/${company.id}`, { name: "" });
    expect(answer).toMatchObject({ status: 400, body: { detail: "name: must not be empty." } });
  });
});

describe("deleting", () => {
  it("answers 204 and takes sites and connections along", async () => {
    const emulator = await start();
    const company = await createCompany(emulator);
    const other = await createCompany(emulator, { name: "Other" });
    const site = await createSite(emulator, company.id);
    const kept = await createSite(emulator, other.id);
    const connection = await createConnection(emulator, company.id, { sites: [site.id] });
    const path = `/company/${company.id}`;
    expect(await call(emulator, "DELETE", path)).toMatchObject({ status: 204, body: null });
    for (const gone of [path, `/site/${site.id}`, `/connection/${connection.id}/details`]) {
      expect((await call(emulator, "GET", gone)).status).toBe(404);
    }
    expect((await call(emulator, "DELETE", path)).status).toBe(404);
    expect((await call(emulator, "GET", "/company")).body).toEqual([{ ...other, sites: [kept] }]);
  });
});
