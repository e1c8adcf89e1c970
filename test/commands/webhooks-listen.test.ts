/** `nectar webhooks listen`: registers itself, prints a line for each event, passes it on, and leaves nothing behind. */
import { randomUUID } from "node:crypto";
import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { InterruptedError } from "../../src/errors.ts";
import { newSecret, signedHeaders } from "../../src/webhooks/signature.ts";
import { receiver } from "../emulator/webhooks/receiving.ts";
import { freshPlace, type Place, type Run, type RunOptions } from "../support/run-cli.ts";

const ONBOARD = ["onboard", "--local", "--company-name", "Acme", "--site", "Plant", "--json"];
const LISTEN = ["webhooks", "listen"];
const CONNECTION_EVENTS = [
  ...["--event", "connection.created.v2", "--event", "connection.validated.v2"],
];

interface Endpoint {
  readonly url: string;
  readonly secret: string;
  readonly listenerPid: number | null;
}

interface Line {
  readonly eventType: string | null;
  readonly [field: string]: unknown;
}

async function endpoints(place: Place): Promise<readonly Endpoint[]> {
  const words = ["emulator", "webhooks", "list", "--show-secret", "--json"];
  return (await place.run(words)).json<Endpoint[]>();
}

/** Listens while something is done, and ends as Ctrl-C does. */
async function listening(
  place: Place,
  words: readonly string[],
  work: () => Promise<unknown>,
  options: RunOptions = {},
): Promise<Run> {
  const stop = new AbortController();
  const running = place.run([...LISTEN, ...words], { ...options, signal: stop.signal });
  try {
    await work();
  } finally {
    stop.abort(new InterruptedError("sigint"));
  }
  return running;
}

async function registered(place: Place): Promise<Endpoint> {
  await expect.poll(async () => (await endpoints(place)).length).toBe(1);
  const [endpoint] = await endpoints(place);
  if (endpoint === undefined) throw new Error("no endpoint");
  return endpoint;
}

/** Onboards, and waits until both events of the new connection have come. */
async function onboard(place: Place): Promise<void> {
  expect((await place.run(ONBOARD)).status).toBe(0);
  await expect.poll(() => delivered(place)).toEqual(["delivered", "delivered"]);
}

async function delivered(place: Place): Promise<readonly string[]> {
  const run = await place.run(["emulator", "webhooks", "deliveries", "--json"]);
  return run.json<{ state: string }[]>().map(({ state }) => state);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

function linesOf(run: Run): Line[] {
  return run.stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

describe("at the local emulator", () => {
  it("prints what another command does there as NDJSON, verified, and takes itself away", async () => {
    const place = freshPlace();
    const run = await listening(place, ["--local", "--json", ...CONNECTION_EVENTS], async () => {
      expect(await registered(place)).toMatchObject({ listenerPid: process.pid });
      await onboard(place);
    });
    expect([run.status, run.stderr]).toEqual([0, ""]);
    const lines = linesOf(run);
    expect(lines.map(({ eventType }) => eventType).toSorted()).toEqual([
      ...["connection.created.v2", "connection.validated.v2"],
    ]);
    expect(lines[0]).toEqual({
      receivedAt: expect.stringMatching(/^\d{4}-.*Z$/),
      id: expect.stringMatching(/^msg_/),
      eventType: expect.any(String),
      ...{ verified: true, reason: null, duplicate: false, forwarded: null },
      payload: expect.objectContaining({ status: "CONNECTED" }),
    });
    expect(await endpoints(place)).toEqual([]);
  });

  it("prints tab-separated lines in a pipe, and tells on stderr where it listens", async () => {
    const place = freshPlace();
    const run = await listening(place, ["--local", ...CONNECTION_EVENTS], async () => {
      const { url, secret } = await registered(place);
      expect(secret).toMatch(/^whsec_/);
      expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
      await onboard(place);
    });
    expect(run.stdout).toMatch(
      /^\S+Z\tconnection\.\w+\.v2\t[0-9a-f-]{36}\tCONNECTED\tverified\t\tmsg_\w+\n/,
    );
    expect(run.stderr).toMatch(/Listening at http:\/\/127\.0\.0\.1:\d+\/ .*\n.*whsec_\S+\n/);
  });

  it("passes events on with their signature, for the secret that was given", async () => {
    const place = freshPlace();
    const secret = newSecret(randomUUID);
    const target = await receiver((response) => response.writeHead(201).end());
    const run = await listening(
      place,
      ["--local", "--json", "--forward-to", target.url, ...CONNECTION_EVENTS],
      async () => {
        expect((await registered(place)).secret).toBe(secret);
        await onboard(place);
      },
      { env: { NECTAR_WEBHOOK_SECRET: secret } },
    );
    expect(target.payloads(secret).map(({ status }) => status)).toEqual(["CONNECTED", "CONNECTED"]);
    expect(linesOf(run)[0]).toMatchObject({ forwarded: { status: 201, error: null } });
  });

  it("comes back after a reset, and with the time that the reset brought back", async () => {
    const place = freshPlace();
    await place.run(["emulator", "advance", "30d", "-q"]);
    const run = await listening(place, ["--local", "--json", ...CONNECTION_EVENTS], async () => {
      await registered(place);
      await place.run(["emulator", "reset", "--yes"]);
      await expect.poll(async () => (await endpoints(place)).length).toBe(1);
      await onboard(place);
    });
    expect(linesOf(run)).toHaveLength(2);
  });

  it("keeps nothing is refused", async () => {
    const run = await freshPlace().run([...LISTEN, "--local", "--no-save"]);
    expect(run.status).toBe(2);
    expect(run.stderr).toContain("--no-save");
  });
});

describe("for Nectar's own", () => {
  const secret = newSecret(randomUUID);

  async function send(port: number, change: Record<string, string> = {}) {
    const payload = '{"eventType":"document.updated.v2","id":"d1\\u001b[31m","old":{"notes":1}}';
    const signed = await signedHeaders(secret, { id: "msg_1", payload }, Date.now());
    const answer = await fetch(`http://127.0.0.1:${port}/any/path`, {
      method: "POST",
      headers: { ...signed, ...change },
      body: payload,
    });
    return answer.status;
  }

  async function open(port: number) {
    await expect
      .poll(() =>
        fetch(`http://127.0.0.1:${port}/`).then(
          ({ status }) => status,
          () => 0,
        ),
      )
      .toBe(405);
  }

  it("takes the secret on stdin, marks repeats, and shows a forged one without its body", async () => {
    const port = await freePort();
    const run = await listening(
      freshPlace(),
      ["--port", String(port), "--secret-stdin"],
      async () => {
        await open(port);
        expect([await send(port), await send(port)]).toEqual([204, 204]);
        expect(await send(port, { "svix-signature": "v1,AAAA" })).toBe(400);
      },
      { stdin: `${secret}\n` },
    );
    expect(run.status).toBe(0);
    expect(run.stdout.split("\n").map((line) => line.split("\t").slice(1, 6))).toEqual([
      ["document.updated.v2", "d1", "changed notes", "verified", ""],
      ["document.updated.v2", "d1", "changed notes", "verified, again", ""],
      ["rejected", "", "", "not verified: the signature does not match", ""],
      [],
    ]);
    expect(run.stderr).toContain("webhook portal");
    expect(run.stdout + run.stderr).not.toContain(secret);
  });

  it("on a terminal and when quiet", async () => {
    for (const [words, options, says] of [
      [
        [],
        { columns: 100 },
        /^\S+Z {2}document\.updated\.v2 {2}d1 {2}changed notes {2}verified\n$/,
      ],
      [["--quiet"], {}, /^msg_1\n$/],
    ] as const) {
      const port = await freePort();
      const run = await listening(
        freshPlace(),
        ["--port", String(port), ...words],
        async () => {
          await open(port);
          await send(port);
        },
        { ...options, env: { NECTAR_WEBHOOK_SECRET: secret, NO_COLOR: "1" } },
      );
      expect(run.stdout).toMatch(says);
    }
  });

  it("needs a secret, and a good one", async () => {
    const none = await freshPlace().run(LISTEN);
    expect([none.status, none.stdout]).toEqual([2, ""]);
    expect(none.stderr).toMatch(/--secret-stdin[\s\S]*NECTAR_WEBHOOK_SECRET[\s\S]*--local/);
    const bad = await freshPlace().run([...LISTEN, "--secret-stdin"], { stdin: "hunter2-%" });
    expect(bad.status).toBe(2);
    expect(bad.stderr).not.toContain("hunter2");
  });

  it.each([
    ["http://example.com/", /--forward-to: .*https URL, or http on 127\.0\.0\.1/],
    ["ftp://127.0.0.1/", /--forward-to/],
  ])("passes nothing on to %s", async (url, says) => {
    const run = await freshPlace().run([...LISTEN, "--local", "--forward-to", url]);
    expect(run.status).toBe(2);
    expect(run.stderr).toMatch(says);
  });
});
