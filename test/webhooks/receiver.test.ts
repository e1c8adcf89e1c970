/** The receiving end over HTTP: what it answers, what it tells, what it passes on. */
import { randomUUID } from "node:crypto";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Received, type ReceiverOptions, startReceiver } from "../../src/webhooks/receiver.ts";
import { newSecret, openVerifier, signedHeaders } from "../../src/webhooks/signature.ts";
import { handClock } from "../emulator/webhooks/receiving.ts";
import { type Answer, stubServer } from "../support/stub-server.ts";

const secret = newSecret(randomUUID);
const PAYLOAD = '{"eventType":"connection.created.v2","id":"c1","text":"ü\\u0000"}';

async function open(options: Partial<ReceiverOptions> = {}) {
  const verify = await openVerifier(secret);
  const clock = handClock();
  const received: Received[] = [];
  const receiver = await startReceiver({
    ...{ port: 0, forwardTo: null, clock, verify: () => verify },
    stopped: new AbortController().signal,
    onReceived: (one) => received.push(one),
    ...options,
  });
  onTestFinished(() => receiver.close());
  const send = async (change: Record<string, string> = {}, body = PAYLOAD, id = "msg_1") => {
    const signed = await signedHeaders(secret, { id, payload: PAYLOAD }, Date.now());
    const answer = await fetch(receiver.url, {
      method: "POST",
      headers: { "content-type": "application/json", ...signed, ...change },
      body,
    });
    return { status: answer.status, text: await answer.text() };
  };
  return { receiver, received, send, clock };
}

async function forwarding(answer: Answer) {
  const target = await stubServer(answer);
  return { target, ...(await open({ forwardTo: target.url })) };
}

describe("a verified message", () => {
  it("is answered 204 and told", async () => {
    const { send, received, clock } = await open();
    expect(await send()).toEqual({ status: 204, text: "" });
    expect(received).toEqual([
      {
        receivedAt: new Date(clock.now()).toISOString(),
        ...{ id: "msg_1", verified: true, reason: null, duplicate: false, forwarded: null },
        payload: JSON.parse(PAYLOAD),
      },
    ]);
  });

  it("that comes again is marked, and answered as before", async () => {
    const { send, received } = await open();
    await send();
    expect((await send()).status).toBe(204);
    await send({}, PAYLOAD, "msg_2");
    expect(received.map(({ duplicate }) => duplicate)).toEqual([false, true, false]);
  });

  it("is passed on to the byte with its signature, and answered as it was there", async () => {
    const { target, send, received } = await forwarding((response) => {
      response.writeHead(202).end("words");
    });
    expect(await send()).toEqual({ status: 202, text: "" });
    const [asked] = target.asked;
    expect(asked).toMatchObject({ method: "POST", body: PAYLOAD, headers: { "svix-id": "msg_1" } });
    expect((await openVerifier(secret))(asked?.headers ?? {}, Buffer.from(PAYLOAD))).toBeNull();
    expect(received).toMatchObject([{ forwarded: { status: 202, error: null } }]);
  });

  it.each([302, 400, 500])("that is answered %i there is answered so here", async (status) => {
    const { send, received } = await forwarding((response) => {
      response.writeHead(status, { location: "http://127.0.0.1:1/" }).end();
    });
    expect((await send()).status).toBe(status);
    expect(received).toMatchObject([{ forwarded: { status } }]);
  });

  it("that can't be passed on is answered 502, so that it comes again", async () => {
    const { send, received } = await open({ forwardTo: "http://127.0.0.1:1/" });
    expect(await send()).toMatchObject({
      status: 502,
      text: expect.stringContaining("connection refused"),
    });
    expect(received).toMatchObject([
      { forwarded: { status: null, error: "connection refused" }, verified: true },
    ]);
  });

  it("that is not answered there within 15 seconds is answered 502", async () => {
    const { send, clock, target } = await forwarding(() => clock.wake(15_000));
    expect((await send()).text).toContain("no response within 15 s");
    expect(target.asked).toHaveLength(1);
  });
});

describe("whoever it is passed on to", () => {
  it.each([
    ["099 None", 99],
    ["101 Other\r\nConnection: upgrade\r\nUpgrade: other", 101],
  ])("that answers %j has not taken it, and the next one is still taken", async (line, status) => {
    const { send, received } = await forwarding((response) => {
      response.socket?.end(`HTTP/1.1 ${line}\r\n\r\n`);
    });
    const refused = {
      status: 502,
      text: `{"detail":"Not forwarded: the response was ${status}."}`,
    };
    expect(await send()).toEqual(refused);
    expect(await send()).toEqual(refused);
    expect(received).toMatchObject([
      { verified: true, forwarded: { status } },
      { duplicate: true, forwarded: { status } },
    ]);
  });
});

describe("a circle", () => {
  it("to itself is refused, however the address is written", async () => {
    const { receiver } = await open();
    const port = new URL(receiver.url).port;
    await receiver.close();
    for (const host of ["127.0.0.1", "localhost", "127.1", "0x7f.1", "[::1]"]) {
      const forwardTo = new URL(`http://${host}:${port}/hook`).href;
      await expect(open({ port: Number(port), forwardTo })).rejects.toMatchObject({
        code: "invalid_input",
        exit: "usage",
        message: expect.stringContaining(forwardTo),
      });
    }
    // It does not listen any more.
    await expect(fetch(receiver.url)).rejects.toThrow();
  });

  it("of listeners is cut after three hops, and each of them says what became of it", async () => {
    const first = await open();
    const port = Number(new URL(first.receiver.url).port);
    await first.receiver.close();
    const second = await open({ forwardTo: first.receiver.url });
    const again = await open({ port, forwardTo: second.receiver.url });
    expect(await again.send()).toEqual({ status: 508, text: "" });
    const told = [...again.received, ...second.received].map(({ forwarded }) => forwarded);
    expect(told).toHaveLength(4);
    expect(told.filter((forwarded) => forwarded?.status === 508)).toHaveLength(3);
    expect(told.find((forwarded) => forwarded?.status === null)?.error).toContain("3 times");
  });

  it("is suspected where the count can't be read", async () => {
    const { send, target } = await forwarding((response) => response.end());
    expect((await send({ "nectar-hops": "1, 2" })).status).toBe(508);
    expect((await send({ "nectar-hops": "2" })).status).toBe(200);
    expect(target.asked).toHaveLength(1);
    expect(target.asked[0]?.headers["nectar-hops"]).toBe("3");
  });
});

describe("what is not verified", () => {
  it.each([
    [{ "svix-signature": "v1,AAAA" }, "the signature does not match"],
    [{ "svix-id": "" }, "no signature"],
    [{ "svix-timestamp": "1" }, "signed more than 5 minutes ago"],
  ])("%j is answered 400, told without its body, and not passed on", async (change, reason) => {
    const { send, received, target } = await forwarding((response) => response.end());
    expect(await send(change)).toEqual({
      status: 400,
      text: `{"detail":"Not verified: ${reason}."}`,
    });
    expect(received).toMatchObject([{ verified: false, reason, payload: null, forwarded: null }]);
    expect(target.asked).toEqual([]);
    // It did not make the real one a second.
    await send();
    expect(received.at(-1)).toMatchObject({ verified: true, duplicate: false });
  });

  it("is so when a byte of the body is another one", async () => {
    const { send, received } = await open();
    expect((await send({}, PAYLOAD.replace("c1", "c2"))).status).toBe(400);
    expect(JSON.stringify(received)).not.toContain("c2");
  });

  it("is too large above 1 MiB", async () => {
    const { send, received } = await open();
    expect((await send({}, "x".repeat(1024 * 1024 + 1))).status).toBe(413);
    expect(received).toMatchObject([{ verified: false, payload: null }]);
  });

  it("is no POST", async () => {
    const { receiver, received } = await open();
    expect((await fetch(receiver.url)).status).toBe(405);
    expect(received).toEqual([]);
  });

  it("comes again when the secret was not known yet", async () => {
    const { send, received } = await open({ verify: () => null });
    expect((await send()).status).toBe(503);
    expect(received).toEqual([]);
  });
});

it("a port that is taken is said to be", async () => {
  const { receiver } = await open();
  const port = Number(new URL(receiver.url).port);
  await expect(open({ port })).rejects.toMatchObject({ code: "port_in_use" });
});
