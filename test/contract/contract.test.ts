/** Every route of the emulator, in all its states, against the OpenAPI file by a validator that knows nothing of the emulator. */
import { describe, expect, it } from "vitest";
import { MISSING } from "../../src/emulator/routes/missing.ts";
import { call, start } from "../emulator/harness.ts";
import { recorder } from "./checked.ts";
import { companiesSuite } from "./companies-suite.ts";
import { connectionsSuite } from "./connections-suite.ts";
import { dataSuite } from "./data-suite.ts";
import { invitationsSuite } from "./invitations-suite.ts";
import { jobsSuite } from "./jobs-suite.ts";
import { Contract, type Operation } from "./openapi.ts";
import { routesOfEmulator, servedBy } from "./supported.ts";
import { makeSandbox, refused, UNKNOWN } from "./walk.ts";

const contract = new Contract();
const { ask, seen } = recorder(contract);
const served = servedBy(contract);

companiesSuite(ask);
connectionsSuite(ask);
dataSuite(ask);
invitationsSuite(ask);
jobsSuite(ask);

const somewhere = (path: string) => path.replaceAll(/\{\w+\}/g, UNKNOWN);

const bodyFor = (method: string) => (method === "POST" || method === "PATCH" ? {} : undefined);

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
      `/company/${company}/account`,
      `/company/${company}/meter`,
      "/team",
    ];
    for (const path of paths) expect((await ask(emulator, "GET", path)).status, path).toBe(200);
  });

  it("refuses another key", async () => {
    const stranger = { ...(await start()), key: "somebody-else" };
    for (const { method, path } of contract.operations) {
      const { status } = await ask(stranger, method, somewhere(path), bodyFor(method));
      expect(status, path).toBe(401);
    }
  });

  it.each([403, 429])("a fault answers %i with the documented body", async (status) => {
    const emulator = await start();
    await emulator.faults.add({ status, times: contract.operations.length });
    for (const { method, path } of contract.operations) {
      expect((await ask(emulator, method, somewhere(path), bodyFor(method))).status).toBe(status);
    }
  });

  it("answers 405 to a method that a path does not have", async () => {
    const emulator = await start();
    for (const operation of contract.operations) {
      const { status, body, headers } = await call(emulator, "PUT", somewhere(operation.path), {});
      expect(status, operation.path).toBe(405);
      expect(headers.get("allow"), operation.path).toContain(
        served.includes(operation) ? operation.method : "",
      );
      expect(contract.response(operation, 405, body)).toEqual([]);
    }
  });
});

describe("what the emulator does not have", () => {
  it.each(MISSING)("$method $path is 501 and says where that is listed", async (missing) => {
    const path = missing.path.replace(":id", UNKNOWN);
    const { status, body } = await ask(
      await start(),
      missing.method,
      path,
      bodyFor(missing.method),
    );
    expect(status).toBe(501);
    expect(JSON.stringify(body)).toContain(".github/docs/SUPPORTED.md");
  });

  it("is all of the file that is not served, and nothing else", () => {
    const unserved = contract.operations.filter((operation) => !served.includes(operation));
    const missing = MISSING.map(({ method, path }) => contract.operation(method, path));
    expect(new Set(missing)).toEqual(new Set(unserved));
    expect(missing).toHaveLength(unserved.length);
  });
});

describe("the whole of it", () => {
  it("is in the file, in both path forms", () => {
    const unknown = routesOfEmulator().filter(
      ({ method, path }) => contract.operation(method, path) === undefined,
    );
    expect(unknown).toEqual([]);
  });

  it("was seen in every response that the file lists", () => {
    // A method that the file lists is never answered 405; see above.
    const expected = (operation: Operation) =>
      contract
        .statuses(operation)
        .filter((status) => status !== 405)
        .filter((status) => served.includes(operation) || [401, 403, 429, 501].includes(status));
    const unseen = contract.operations
      .flatMap((operation) => expected(operation).map((status) => `${operation.id} ${status}`))
      .filter((one) => !seen.has(one));
    expect(unseen).toEqual([]);
  });
});
