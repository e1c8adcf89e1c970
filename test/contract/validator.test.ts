/** The judge is judged: what is wrong on purpose is refused, so that a green contract means something. */
import { describe, expect, it } from "vitest";
import { start } from "../emulator/harness.ts";
import { recorder } from "./checked.ts";
import { Contract, fieldsOf } from "./openapi.ts";
import { makeSandbox } from "./walk.ts";

const contract = new Contract();

function operation(method: string, path: string) {
  const found = contract.operation(method, path);
  if (found === undefined) throw new Error(`no operation ${method} ${path}`);
  return found;
}

describe("an operation", () => {
  it.each([
    ["GET", "/company", "listCompanies"],
    ["POST", "/site/company/x", "site_company_create"],
    ["POST", "/company/x/site", "site_company_create"],
    ["GET", "/company/x/connection", "listConnections"],
    ["GET", "/company/x/usage", "listUsageByCompany"],
    ["GET", "/company/x/connection/link", "createCompanyMagicLink"],
    ["GET", "/connection/x/details", "getConnection"],
    ["GET", "/connection/x", "createEditMagicLink"],
    ["POST", "/invitation/x/revoke", "revokeInvitation"],
    ["GET", "/usage/x", "getUsage"],
  ])("is found behind %s %s", (method, path, id) => {
    expect(contract.operation(method, path)?.id).toBe(id);
  });

  it.each([
    ["PUT", "/company"],
    ["GET", "/company/"],
    ["GET", "/companies"],
    ["POST", "/company/x/site/y"],
  ])("is not found behind %s %s", (method, path) => {
    expect(contract.operation(method, path)).toBeUndefined();
  });
});

describe("a body that the emulator answered", () => {
  const wrong: readonly [what: string, change: Record<string, unknown>, problem: RegExp][] = [
    ["without a required field", { publicCompanyId: undefined }, /publicCompanyId/],
    ["with a number for text", { url: 7 }, /\/url: must be string/],
    ["with an ID that is none", { id: "7" }, /\/id: must match format "uuid"/],
    ["with a time that is none", { created: "yesterday" }, /\/created: .*date-time/],
    ["with a type that is none", { initialDatasourceTypes: ["SEWER"] }, /initialDatasourceTypes/],
    ["with a wrong part", { company: { id: "7", name: "A" } }, /\/company\/id/],
    ["with null for a list", { accounts: null }, /\/accounts: must be array/],
  ];

  it.each(wrong)("is refused %s", async (_what, change, problem) => {
    const { ask } = recorder(contract);
    const emulator = await start();
    const { connection } = await makeSandbox(ask, emulator, 1);
    const path = `/connection/${connection}/details`;
    const right = fieldsOf((await ask(emulator, "GET", path)).body);
    const details = operation("GET", path);
    expect(contract.response(details, 200, right)).toEqual([]);
    const problems = contract.response(details, 200, { ...right, ...change });
    expect(problems.join()).toMatch(problem);
  });

  it("is refused with a misspelt field, wherever that is", () => {
    const site = {
      id: "91c21c6b-5f3f-4d5f-9fb9-02530ef4b13c",
      name: "A",
      dataCollectionStopDate: null,
    };
    const company = {
      ...site,
      isDemandEnabled: false,
      users: [],
      sites: [{ ...site, adress: "" }],
    };
    const problems = contract.response(operation("GET", "/company"), 200, [company]);
    expect(problems.toSorted()).toEqual([
      "/0/sites/0: must NOT have unevaluated properties (adress)",
      "/0: must NOT have unevaluated properties (dataCollectionStopDate)",
    ]);
  });

  it("is refused as a page without its envelope", () => {
    const list = operation("GET", "/connection/company/x");
    expect(contract.response(list, 200, { connections: [] }).join()).toMatch(/perPage/);
    expect(contract.response(list, 200, [])).not.toEqual([]);
  });

  it("is refused when an error is none of the documented shape", () => {
    const create = operation("POST", "/site/company/x");
    for (const body of ["no", { error: "no" }, { detail: 7 }]) {
      expect(contract.response(create, 404, body)).not.toEqual([]);
    }
    expect(contract.response(create, 404, { detail: "Not found." })).toEqual([]);
  });
});

describe("the recorder", () => {
  it.each([
    ["a status that the file does not list", { status: 418 }],
    ["an error without a detail", { status: 400, body: {} }],
    ["another media type", { status: 200, headers: { "content-type": "text/plain" }, body: "[]" }],
  ])("fails on %s", async (_what, fault) => {
    const { ask } = recorder(contract);
    const emulator = await start();
    await emulator.faults.add(fault);
    await expect(ask(emulator, "GET", "/company")).rejects.toThrow(/GET \/company/);
  });

  it("fails on success from a path that is not in the file", async () => {
    const { ask } = recorder(contract);
    const emulator = await start();
    const control = { ...emulator, url: emulator.url.replace("/v2.2", "/_emulator") };
    await expect(ask(control, "GET", "/faults")).rejects.toThrow(/not in the file/);
  });
});
