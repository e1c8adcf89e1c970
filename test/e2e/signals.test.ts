import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { freshHome, startEmulator } from "../support/nectar-process.ts";
import { type StubServer, stubServer } from "../support/stub-server.ts";

const STATUS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const LIST = ["connections", "list", "--company", "8f1c2f3a-0d44-4b50-8888-8dd25736052a"];
const STACK = /^\s+at /m;

/** A server that takes a request and never answers it. */
async function silentServer(): Promise<StubServer & { readonly wasAsked: Promise<void> }> {
  let asked = () => {};
  const wasAsked = new Promise<void>((resolve) => {
    asked = resolve;
  });
  return { ...(await stubServer(() => asked())), wasAsked };
}

/** A server that hands everything on to another, but keeps back the answers to what `keeps` names. */
async function frontOf(url: string, keeps: (method: string, path: string) => boolean) {
  let keep = () => {};
  const kept = new Promise<void>((resolve) => {
    keep = resolve;
  });
  const front = await stubServer(async (response, { method, path, headers, body }) => {
    const answer = await fetch(new URL(path, url), {
      method,
      headers: {
        "x-api-key": String(headers["x-api-key"]),
        "content-type": "application/json",
      },
      ...(body === "" ? {} : { body }),
    });
    const text = await answer.text();
    if (keeps(method, path)) return keep();
    response.writeHead(answer.status, { "content-type": "application/json" }).end(text);
  });
  return { url: front.url, kept };
}

describe.each(SIGNALS)("%s during a request", (signal) => {
  test("ends with its own exit status, and says how to go on", async () => {
    const server = await silentServer();
    const running = freshHome().start([...LIST, "--api-url", server.url], {
      env: { NECTAR_API_KEY: "a-key" },
    });
    await server.wasAsked;
    running.kill(signal);
    const ended = await running.ended;
    expect(ended).toMatchObject({ status: STATUS[signal], signal: null, stdout: "" });
    expect(ended.stderr.match(/stopped/g)).toHaveLength(1);
    expect(ended.stderr).toMatch(
      new RegExp(`^nectar: stopped by ${signal}\nRun the same command again`),
    );
    expect(ended.stderr).not.toMatch(STACK);
  });

  test("is one JSON object with --json", async () => {
    const server = await silentServer();
    const running = freshHome().start([...LIST, "--json", "--api-url", server.url], {
      env: { NECTAR_API_KEY: "a-key" },
    });
    await server.wasAsked;
    running.kill(signal);
    const { status, stdout, stderr } = await running.ended;
    expect(status).toBe(STATUS[signal]);
    expect(stdout).toBe("");
    expect(JSON.parse(stderr).error).toMatchObject({ code: "interrupted", retryable: true });
  });
});

test.each(SIGNALS)(
  "an onboarding that %s stops tells what it made, and the same command continues it",
  async (signal) => {
    const emulator = await startEmulator(freshHome());
    let lost = true;
    const front = await frontOf(
      emulator.url,
      (method, path) => lost && method === "POST" && path.includes("connection"),
    );
    const home = freshHome();
    const words = ["onboard", "--company-name", "Acme", "--site", "Plant", "--json"];
    const options = { env: { NECTAR_API_KEY: emulator.key } };
    const running = home.start([...words, "--api-url", front.url], options);
    await front.kept;
    running.kill(signal);
    const stopped = await running.ended;
    expect(stopped).toMatchObject({ status: STATUS[signal], signal: null, stdout: "" });
    const { companyId, siteIds } = JSON.parse(stopped.stderr).error.created;
    expect(companyId).toMatch(/^[0-9a-f-]{36}$/);

    lost = false;
    const again = await home.run([...words, "--api-url", front.url], options);
    expect(again).toMatchObject({ status: 0, stderr: "" });
    const result = JSON.parse(again.stdout);
    expect(result.company).toMatchObject({ id: companyId, outcome: "existing" });
    expect(result.sites.map(({ id }: { id: string }) => id)).toEqual(siteIds);
    expect(result.connection).toMatchObject({ state: "connected", siteIds });
    const list = await home.run(["connections", "list", "--quiet"], options);
    expect(list.stdout).toBe(`${result.connection.id}\n`);
  },
);

describe("a second SIGINT", () => {
  test("right behind the first is no trouble", async () => {
    const server = await silentServer();
    const running = freshHome().start([...LIST, "--api-url", server.url], {
      env: { NECTAR_API_KEY: "a-key" },
    });
    await server.wasAsked;
    running.kill("SIGINT");
    running.kill("SIGINT");
    const { status, signal, stderr } = await running.ended;
    // Which of the two ended it is the system's business.
    expect([130, "SIGINT"]).toContain(status ?? signal);
    expect(stderr).not.toMatch(STACK);
  });

  test("ends a command whose clean-up hangs", async () => {
    const preload = pathToFileURL(`${import.meta.dirname}/preloads/never-closing.mjs`).href;
    const { running } = await startEmulator(freshHome(), [], { node: ["--import", preload] });
    running.kill("SIGINT");
    await running.shows("hangs");
    running.kill("SIGINT");
    expect(await running.ended).toMatchObject({
      ...{ status: null, signal: "SIGINT" },
      stderr: expect.stringMatching(/^hangs\n\{.*"message": "stopped by SIGINT"/s),
    });
  });
});
