/** The documentation's own examples, sent as they are written: each does what its page says. */
import { describe, expect, it } from "vitest";
import { start } from "../emulator/harness.ts";
import { listOf, recorder, textOf } from "./checked.ts";
import { DOCUMENTED_EXAMPLES, type Places } from "./documented-examples.ts";
import { Contract } from "./openapi.ts";
import { makeSandbox } from "./walk.ts";

const contract = new Contract();

async function scene() {
  const { ask } = recorder(contract);
  const emulator = await start({ dataDelayMs: 0, wrongPasswordStatus: "INCORRECT_PASSWORD" });
  const { company, sites, connection } = await makeSandbox(ask, emulator);
  const usage = await ask(emulator, "GET", `/usage/connection/${connection}`);
  const [identifier] = listOf(listOf(usage.body, "usageData")[0], "identifiers");
  const places: Places = {
    company,
    sites: [sites[0] ?? "", sites[1] ?? ""],
    connection,
    identifier: textOf(identifier, "value").replace(/\D/g, ""),
  };
  return { ask, emulator, places };
}

describe("an example of a page", () => {
  it.each(DOCUMENTED_EXAMPLES)("$what ($page)", async (example) => {
    const { ask, emulator, places } = await scene();
    const body = example.body?.(places);
    const path = example.path(places);
    const { status, body: answer, operation } = await ask(emulator, example.method, path, body);
    expect(status).toBe(example.status);
    if (example.answer !== undefined) expect(answer).toMatchObject(example.answer(places));
    if (example.some !== undefined) expect(listOf(answer, example.some)).not.toEqual([]);
    if (operation === undefined) throw new Error(`${path} is not in the file`);
    if (body !== undefined) {
      expect(contract.request(operation, body)).toEqual([]);
    }
  });
});

describe("an example in the OpenAPI file", () => {
  it.each(contract.requestExamples())("$operation.id: $name", async ({ operation, value }) => {
    const { ask, emulator, places } = await scene();
    const path = operation.path.replace("{company_id}", places.company);
    const { status, body } = await ask(emulator, operation.method, path, value);
    expect(status).toBe(201);
    expect(body).toMatchObject(Object(value));
  });

  it("is there at all", () => {
    expect(contract.requestExamples().map(({ operation }) => operation.id)).toEqual([
      "createCompany",
      "site_company_create",
    ]);
  });
});
