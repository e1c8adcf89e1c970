/** Webhooks with the built tool: several processes, signals, and what a killed listener leaves behind. */
import { describe, expect, test } from "vitest";
import { receiver } from "../emulator/webhooks/receiving.ts";
import { freshHome, type Home, startEmulator } from "../support/nectar-process.ts";

const ONBOARD = ["onboard", "--local", "--company-name", "Acme", "--site", "Plant", "--json"];
const LISTEN = ["webhooks", "listen", "--local", "--event", "connection.created.v2"];

interface Endpoint {
  readonly url: string;
  readonly secret: string;
}

async function endpoints(home: Home): Promise<readonly Endpoint[]> {
  const words = ["emulator", "webhooks", "list", "--show-secret", "--json"];
  return JSON.parse((await home.run(words)).stdout);
}

describe("a listener", () => {
  test("gets what another command does, and ends with 0 on SIGINT, leaving nothing", async () => {
    const home = freshHome();
    const listener = home.start(LISTEN);
    await listener.shows("Ctrl-C");
    expect((await home.run(ONBOARD)).status).toBe(0);
    await listener.shows("connection.created.v2\t");
    listener.kill("SIGINT");
    const { status, stdout } = await listener.ended;
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^\S+Z\tconnection\.created\.v2\t[0-9a-f-]{36}\tCONNECTED\tverified\t\tmsg_\w+\n$/,
    );
    expect(await endpoints(home)).toEqual([]);
  });

  test("ends with 143 on SIGTERM, leaving nothing", async () => {
    const home = freshHome();
    const listener = home.start(LISTEN);
    await listener.shows("Ctrl-C");
    listener.kill("SIGTERM");
    expect((await listener.ended).status).toBe(143);
    expect(await endpoints(home)).toEqual([]);
  });

  test("that was killed is tidied away by the next one", async () => {
    const home = freshHome();
    const killed = home.start(LISTEN);
    await killed.shows("Ctrl-C");
    killed.kill("SIGKILL");
    await killed.ended;
    const [left] = await endpoints(home);
    expect(left).toBeDefined();
    const next = home.start(LISTEN);
    await next.shows("Ctrl-C");
    const now = await endpoints(home);
    expect(now).toHaveLength(1);
    expect(now[0]?.url).not.toBe(left?.url);
  });

  test("ends when nobody reads it any more", async () => {
    const home = freshHome();
    const listener = home.start(LISTEN);
    await listener.shows("Ctrl-C");
    listener.child.stdout?.destroy();
    expect((await home.run(ONBOARD)).status).toBe(0);
    expect(await listener.ended).toMatchObject({ status: 0, signal: null });
    expect(await endpoints(home)).toEqual([]);
  });

  test("gets what a standing emulator does, each event once", async () => {
    const home = freshHome();
    const { running } = await startEmulator(home);
    const listener = home.start([...LISTEN, "--json"]);
    await expect.poll(async () => (await endpoints(home)).length).toBe(1);
    expect((await home.run(ONBOARD)).status).toBe(0);
    await listener.shows('"connection.created.v2"');
    running.kill("SIGINT");
    await running.ended;
    listener.kill("SIGINT");
    const lines = (await listener.ended).stdout.trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { verified: true, duplicate: false, eventType: "connection.created.v2" },
    ]);
  });
});

test("a standing emulator sends to an endpoint that was added beside it, also what only time brings", async () => {
  const home = freshHome();
  const there = await receiver();
  const { running } = await startEmulator(home, ["--scenario", "mfa-expires-after=3"]);
  const event = "connection.validated.v2";
  await home.run(["emulator", "webhooks", "add", there.url, "--event", event]);
  expect((await home.run(ONBOARD)).status).toBe(0);
  await expect.poll(() => there.types()).toEqual([event]);
  expect((await home.run(["emulator", "advance", "21d"])).status).toBe(0);
  await expect.poll(() => there.types()).toEqual([event, event]);
  const [endpoint] = await endpoints(home);
  expect(there.payloads(endpoint?.secret ?? "").map(({ status }) => status)).toEqual([
    ...["CONNECTED", "MFA_TOKEN_EXPIRED"],
  ]);
  running.kill("SIGINT");
  expect(await running.ended).toMatchObject({ status: 0, stderr: "" });
});
