import { once } from "node:events";
import { get } from "node:http";
import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { freshHome, type StandingEmulator, startEmulator } from "../support/nectar-process.ts";

const ONBOARD = ["onboard", "--local", "--company-name", "Acme", "--site", "Plant", "--json"];

/** Resolves when the port can be listened on. */
function listenOn(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => {
      server.close(() => resolve());
    });
  });
}

interface Thing {
  readonly id: string;
  readonly name: string;
}

function caller({ url, key }: Pick<StandingEmulator, "url" | "key">) {
  return async (method: string, path: string, body?: object) => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { "X-API-Key": key, "Content-Type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const parsed: Thing = JSON.parse(await answer.text());
    return { status: answer.status, body: parsed };
  };
}

describe("a standing emulator", () => {
  test("ends with 0 on SIGINT, frees its port, and --local goes on without it", async () => {
    const home = freshHome();
    const { url, running } = await startEmulator(home);
    const made = JSON.parse((await home.run(ONBOARD)).stdout);
    running.kill("SIGINT");
    expect(await running.ended).toMatchObject({ status: 0, signal: null, stderr: "" });
    await listenOn(Number(new URL(url).port));
    const { status, stdout } = await home.run(["companies", "list", "--local", "--json"]);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject([{ id: made.company.id, name: "Acme" }]);
  });

  test.each([
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)("ends with its status on %s and frees its port", async (signal, status) => {
    const { url, running } = await startEmulator(freshHome());
    running.kill(signal);
    expect(await running.ended).toMatchObject({ status, signal: null });
    await listenOn(Number(new URL(url).port));
  });

  test("ends cleanly while it makes a caller wait", async () => {
    const emulator = await startEmulator(freshHome(), ["--latency", "60s"]);
    // Not `fetch`: on some versions of Node it never settles when its connection is reset this early.
    const asking = get(`${emulator.url}/company`, { headers: { "x-api-key": emulator.key } });
    const hungUp = once(asking, "error");
    await once(asking, "finish");
    emulator.running.kill("SIGINT");
    expect(await emulator.running.ended).toMatchObject({ status: 0, stderr: "" });
    await hungUp;
  });

  test("keeps its data and its key for the next start", async () => {
    const home = freshHome();
    const first = await startEmulator(home);
    const { body: company } = await caller(first)("POST", "/company", { name: "Acme" });
    first.running.kill("SIGINT");
    await first.running.ended;
    const second = await startEmulator(home);
    expect(second.key).toBe(first.key);
    expect((await caller(second)("GET", `/company/${company.id}`)).body.name).toBe("Acme");
  });

  test("that was killed blocks nothing", async () => {
    const home = freshHome();
    const { running } = await startEmulator(home);
    running.kill("SIGKILL");
    await running.ended;
    const status = await home.run(["emulator", "status", "--json"]);
    expect(JSON.parse(status.stdout)).toMatchObject({ running: false, url: null });
    expect((await home.run(ONBOARD)).status).toBe(0);
    const { url, key } = await startEmulator(home);
    expect((await caller({ url, key })("GET", "/company")).body).toHaveLength(1);
  });

  test.each([[[]], [["--latency", "2s"]]])(
    "is found by other commands, and no second one starts beside it; options: %j",
    async (options) => {
      const home = freshHome();
      const { url } = await startEmulator(home, options);
      const status = await home.run(["emulator", "status", "--json"]);
      expect(JSON.parse(status.stdout)).toMatchObject({ running: true, url });
      const second = await home.run(["emulator", "start", "--port", "0"]);
      expect(second).toMatchObject({ status: 2, stdout: "" });
      expect(second.stderr).toContain(`a local emulator is already running at ${url}`);
    },
  );

  test("says so when its port is taken", async () => {
    const { url } = await startEmulator(freshHome());
    const { port } = new URL(url);
    const second = await freshHome().run(["emulator", "start", "--port", port]);
    expect(second).toMatchObject({ status: 2, stdout: "" });
    expect(second.stderr).toContain(`port ${port} on 127.0.0.1 is in use`);
  });
});

/** @see https://docs.nectarclimate.com/developer-guide/sandbox-testing */
describe.each([
  ["sandbox guide", (id: string) => [`/company/${id}/site`, `/company/${id}/connection`]],
  ["reference", (id: string) => [`/site/company/${id}`, `/connection/company/${id}`]],
] as const)("another program, in the path form of the %s", (_, pathsOf) => {
  test.each(["PASSWORD_INCORRECT", "INCORRECT_PASSWORD"])(
    "walks the documented steps; a wrong login is %s",
    async (wrong) => {
      const emulator = await startEmulator(freshHome(), ["--wrong-password-status", wrong]);
      const call = caller(emulator);
      expect((await call("GET", "/ping")).status).toBe(200);
      expect(await caller({ ...emulator, key: "another" })("GET", "/ping")).toMatchObject({
        status: 401,
        body: { detail: expect.any(String) },
      });

      const company = await call("POST", "/company", {
        name: "Sandbox Test Company",
        externalId: "sandbox-test-001",
      });
      expect(company).toMatchObject({ status: 201, body: { externalId: "sandbox-test-001" } });
      const [sites = "", connections = ""] = pathsOf(company.body.id);
      const site = await call("POST", sites, {
        name: "Test Facility",
        address: "123 Main St, San Francisco, CA 94105",
        externalId: "site-001",
      });
      expect(site).toMatchObject({ status: 201, body: { name: "Test Facility" } });
      const login = {
        url: "https://nectarclimate.com",
        username: "nectar-sandbox-username",
        password: "nectar-sandbox-password",
        sites: [site.body.id],
        country: "US",
      };
      const connection = await call("POST", connections, login);
      expect(connection).toMatchObject({ status: 201, body: { status: "CONNECTED" } });
      const refused = await call("POST", connections, { ...login, password: "another" });
      expect(refused).toMatchObject({ status: 201, body: { status: wrong } });

      const details = await call("GET", `/connection/${connection.body.id}/details`);
      expect(details.body).toMatchObject({ id: connection.body.id, status: "CONNECTED" });
      const page = await call("GET", connections);
      expect(page.body).toMatchObject({ totalConnections: 2, hasNext: false, currentPage: 1 });
      expect((await call("GET", "/company")).body).toMatchObject([
        { id: company.body.id, sites: [{ id: site.body.id }] },
      ]);
    },
  );
});
