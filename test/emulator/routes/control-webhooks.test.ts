/** `/_emulator/webhooks`: the portal of the local emulator, over HTTP. */
import { describe, expect, it } from "vitest";
import type { RunningEmulator } from "../../../src/emulator/emulator.ts";
import { call, start } from "../harness.ts";
import { receiver, scene } from "../webhooks/receiving.ts";

function control(emulator: RunningEmulator, method: string, path: string, body?: unknown) {
  const origin = { ...emulator, url: new URL(emulator.url).origin };
  return call(origin, method, `/_emulator/webhooks${path}`, body);
}

describe("an endpoint", () => {
  it("is registered with a secret that is told once, listed without it, removed", async () => {
    const emulator = await start();
    const url = "https://example.com/hook?x=1";
    const made = await control(emulator, "POST", "", { url });
    expect(made.status).toBe(201);
    expect(made.body).toEqual({
      ...{ id: expect.stringMatching(/^[0-9a-f-]{36}$/), url, eventTypes: [], listenerPid: null },
      ...{ secret: expect.stringMatching(/^whsec_/), created: expect.stringMatching(/Z$/) },
    });
    const { secret: _, ...shown } = { secret: "", ...made.body };
    expect((await control(emulator, "GET", "")).body).toEqual([shown]);
    expect((await control(emulator, "DELETE", `/${made.body.id}`)).status).toBe(204);
    expect((await control(emulator, "DELETE", `/${made.body.id}`)).status).toBe(404);
    expect((await control(emulator, "GET", "")).body).toEqual([]);
  });

  it("whose URL is there already is the same, with the events of the later call", async () => {
    const emulator = await start();
    const url = "http://127.0.0.1:3000/";
    const first = await control(emulator, "POST", "", { url });
    const eventTypes = ["document.created.v2"];
    const again = await control(emulator, "POST", "", { url: "http://127.0.0.1:3000", eventTypes });
    expect(again.status).toBe(200);
    expect(again.body).toEqual({ ...first.body, eventTypes });
    expect((await control(emulator, "GET", "")).body).toHaveLength(1);
  });

  it.each([
    [{}, "url: must be text."],
    [{ url: "ftp://example.com" }, "url: must be an https URL"],
    [{ url: "http://example.com/" }, "url: must be an https URL, or http on 127.0.0.1"],
    [{ url: "http://127.0.0.1.example.com/" }, "url: must be an https URL"],
    [{ url: "https://me:pass@example.com/" }, "url: must be"],
    [{ url: "https://example.com/#x" }, "url: must be"],
    [
      { url: "https://example.com", eventTypes: ["x"] },
      "eventTypes: each must be one of connection.",
    ],
    [{ url: "https://example.com", eventTypes: "x" }, "eventTypes: must be a list"],
    [{ url: "https://example.com", secret: "x" }, "secret: is not a field of a webhook."],
  ])("%j is refused", async (body, says) => {
    const emulator = await start();
    const answer = await control(emulator, "POST", "", body);
    expect(answer.status).toBe(400);
    expect(answer.body.detail).toContain(says);
    expect((await control(emulator, "GET", "")).body).toEqual([]);
  });
});

it("deliveries are listed newest first, with every attempt and the payload", async () => {
  const { emulator, connect } = await scene();
  const there = await receiver((response, _, index) => {
    response.writeHead(index === 0 ? 500 : 200).end();
  });
  const { endpoint } = await emulator.webhooks.add({
    url: there.url,
    eventTypes: ["connection.created.v2"],
  });
  const { id } = await connect();
  await connect();
  await emulator.webhooks.deliver();
  const { body } = await control(emulator, "GET", `/deliveries?endpoint=${endpoint.id}`);
  expect(body).toHaveLength(2);
  expect(Reflect.get(body, 1)).toMatchObject({
    ...{ eventType: "connection.created.v2", url: endpoint.url, payload: { id } },
    messageId: expect.stringMatching(/^msg_[0-9a-f]{32}$/),
  });
  expect((await control(emulator, "GET", "/deliveries?limit=1")).body).toHaveLength(1);
  expect((await control(emulator, "GET", "/deliveries?endpoint=x")).body).toEqual([]);
  expect((await control(emulator, "GET", "/deliveries?limit=0")).status).toBe(400);
});

it("needs the emulator's key", async () => {
  const emulator = await start();
  const other = { ...emulator, key: "nectar_local_x" };
  expect((await control(other, "GET", "")).status).toBe(401);
});
