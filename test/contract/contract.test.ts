/** Every route of the emulator, in all its states, against the OpenAPI file by a validator that knows nothing of the emulator. */
import { describe, expect, it } from "vitest";
import { call, start } from "../emulator/harness.ts";
import { ADDITIONS, BEYOND_THE_FILE, UNSERVED } from "./additions.ts";
import { recorder } from "./checked.ts";
import { companiesSuite } from "./companies-suite.ts";
import { connectionsSuite } from "./connections-suite.ts";
import { dataSuite } from "./data-suite.ts";
import { invitationsSuite } from "./invitations-suite.ts";
import { Contract } from "./openapi.ts";
import { makeSandbox, refused, UNKNOWN } from "./walk.ts";

const contract = new Contract();
const { ask, seen, used } = recorder(contract);

companiesSuite(ask);
connectionsSuite(ask);
dataSuite(ask);
invitationsSuite(ask);

describe("everywhere", () => {
  it.each(["/v2.2", "/v2.1", "/v2"])("%s answers the same routes", async (prefix) => {
    const running = await start({ dataDelayMs: 0 });
    const emulator = { ...running, url: running.url.replace("/v2.2", prefix) };
    expect((await ask(emulator, "GET", "/ping")).status).toBe(200);
    await refused(ask, emulator, "GET", "/ping");
    const { company, sites, connection } = await makeSandbox(ask, emulator);
    const paths = [
      "/company",
      `/company/${company}`,
      `/site/${sites[0]}`,
      `/connection/company/${company}`,
      `/company/${company}/connection`,
      `/connection/${connection}/details`,
      `/document/connection/${connection}`,
      `/usage/connection/${connection}`,
      `/interval/connection/${connection}`,
      `/invitation/company/${company}`,
    ];
    for (const path of paths) expect((await ask(emulator, "GET", path)).status, path).toBe(200);
  });

  it.each([403, 429, 500])("a fault answers %i with the documented body", async (status) => {
    const emulator = await start();
    const served = contract.operations.filter(({ id }) => !UNSERVED.has(id));
    await emulator.faults.add({ status, times: served.length });
    for (const { method, path } of served) {
      const body = method === "POST" || method === "PATCH" ? {} : undefined;
      const where = path.replaceAll(/\{\w+\}/g, UNKNOWN);
      expect((await ask(emulator, method, where, body)).status).toBe(status);
    }
  });
});

describe("the whole of it", () => {
  it("exercised every operation that the emulator serves", () => {
    const exercised = new Set([...seen].map((one) => one.split(" ", 1).join("")));
    const missed = contract.operations.map(({ id }) => id).filter((id) => !exercised.has(id));
    expect(missed.toSorted()).toEqual([...UNSERVED.keys()].toSorted());
  });

  it("saw success from each, and every refusal that the file lists but those of a key that sees less", () => {
    const unseen = contract.operations
      .filter(({ id }) => !UNSERVED.has(id))
      .flatMap(({ id, definition }) =>
        Object.keys(definition["responses"] as object)
          .filter((status) => status !== "default")
          .map((status) => `${id} ${status}`),
      )
      .filter((one) => !seen.has(one));
    expect(unseen).toEqual([]);
  });

  it("goes beyond the file only where a reason is given", () => {
    const given = [...ADDITIONS.keys(), ...BEYOND_THE_FILE.keys()];
    expect(given.filter((name) => !used.has(name))).toEqual([]);
  });

  it("does not serve what is said to be unserved", async () => {
    const emulator = await start();
    for (const id of UNSERVED.keys()) {
      const operation = contract.operations.find((one) => one.id === id);
      const path = operation?.path.replaceAll(/\{\w+\}/g, UNKNOWN) ?? "";
      const { status, body } = await call(emulator, operation?.method ?? "", path);
      expect([404, 405], id).toContain(status);
      expect(contract.schema("ErrorResponse", body)).toEqual({ problems: [], unlisted: [] });
    }
  });
});
