/** What webhooks carry, against the webhooks of the OpenAPI file. */
import { describe, expect, it } from "vitest";
import { call } from "../emulator/harness.ts";
import { inviteAgain, send, visit } from "../emulator/visitor.ts";
import { receiver, scene } from "../emulator/webhooks/receiving.ts";
import { Contract, fieldsOf } from "./openapi.ts";

const contract = new Contract();

describe("a webhook", () => {
  it("of each kind keeps to the file", async () => {
    const { emulator, connect } = await scene({ dataDelayMs: 2000 });
    const there = await receiver();
    const { endpoint } = await emulator.webhooks.add({ url: there.url });
    const { id } = await connect();
    for (const days of [1, 30, 30, 30, 30, 30, 30, 30]) {
      await emulator.advance(`${days}d`);
      await emulator.webhooks.deliver();
    }
    await emulator.setStatus(id, "MFA_TOKEN_EXPIRED");
    const details = (await call(emulator, "GET", `/connection/${id}/details`)).body;
    const [account] = Object(Reflect.get(details, "accounts"));
    await call(emulator, "PATCH", `/account/${account.id}`, { isTracked: false });
    const { url } = await inviteAgain(emulator, id);
    await send(await visit(url), [
      ["username", "another"],
      ["password", "wrong"],
    ]);
    await emulator.webhooks.deliver();

    const seen = new Set<string>();
    for (const payload of there.payloads(endpoint.secret)) {
      expect(contract.webhook(payload.eventType, payload), payload.eventType).toEqual([]);
      seen.add(payload.eventType);
    }
    expect([...seen].toSorted()).toEqual(contract.webhooks.toSorted());
  });

  it("that breaks the file is noticed", () => {
    const payload = fieldsOf({ eventType: "connection.created.v2", initialSites: ["no-uuid"] });
    expect(contract.webhook("connection.created.v2", payload)).not.toEqual([]);
    expect(contract.webhook("connection.created.v9", payload)).not.toEqual([]);
  });
});
