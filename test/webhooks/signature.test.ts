/** What is signed is verified, and nothing else is. */
import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import { messageId, newSecret, openVerifier, signedHeaders } from "../../src/webhooks/signature.ts";

const secret = newSecret(randomUUID);

it("a secret is 24 bytes, as Svix makes them, and a new one each time", () => {
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{32}$/);
  expect(Buffer.from(secret.slice(6), "base64")).toHaveLength(24);
  expect(newSecret(randomUUID)).not.toBe(secret);
});

it("any payload that was signed is verified, under either name of the headers", async () => {
  const verify = await openVerifier(secret);
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "binary" }), fc.uuid(), async (payload, id) => {
      const headers = await signedHeaders(secret, { id, payload }, Date.now());
      expect(verify(headers, Buffer.from(payload))).toBeNull();
      expect(messageId(headers)).toBe(id);
      const renamed = Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name.replace("svix", "webhook"), value]),
      );
      expect(verify(renamed, Buffer.from(payload))).toBeNull();
    }),
  );
});

it("a payload, an ID or a time that was changed is not", async () => {
  const verify = await openVerifier(secret);
  await fc.assert(
    fc.asyncProperty(fc.string(), fc.string({ minLength: 1 }), async (payload, more) => {
      const headers = await signedHeaders(secret, { id: "msg_1", payload }, Date.now());
      const wrong = "the signature does not match";
      expect(verify(headers, Buffer.from(payload + more))).toBe(wrong);
      expect(verify({ ...headers, "svix-id": "msg_2" }, Buffer.from(payload))).toBe(wrong);
      const time = String(Number(headers["svix-timestamp"]) - 1);
      expect(verify({ ...headers, "svix-timestamp": time }, Buffer.from(payload))).toBe(wrong);
    }),
  );
});

it.each([
  [{ "svix-signature": "" }, "no signature"],
  [{ "svix-id": undefined }, "no signature"],
  [{ "svix-timestamp": "soon" }, "no valid timestamp"],
  [{ "svix-signature": "v1" }, "the signature does not match"],
  [{ "svix-signature": "v2,abc v1,abc" }, "the signature does not match"],
])("%j is refused: %s", async (change, reason) => {
  const headers = await signedHeaders(secret, { id: "msg_1", payload: "{}" }, Date.now());
  const verify = await openVerifier(secret);
  expect(verify({ ...headers, ...change }, Buffer.from("{}"))).toBe(reason);
});

it.each([
  [-6, "signed more than 5 minutes ago"],
  [6, "signed in the future"],
])("a message that was signed %i minutes from now is refused", async (minutes, reason) => {
  const time = Date.now() + minutes * 60_000;
  const headers = await signedHeaders(secret, { id: "msg_1", payload: "{}" }, time);
  expect((await openVerifier(secret))(headers, Buffer.from("{}"))).toBe(reason);
});

it("a text that is no secret is not shown", async () => {
  await expect(openVerifier("whsec_?secret?")).rejects.not.toThrow("?secret?");
});

it.each(["", "whsec_", "whsec_???", "not a secret", "nope", secret.slice(0, -4)])(
  "%j is no secret",
  async (text) => {
    await expect(openVerifier(text)).rejects.toMatchObject({ code: "invalid_input" });
  },
);
