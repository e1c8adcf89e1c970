/** The seal of a state: what was sealed comes back, nothing else does, and nobody can read it. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSeal, type FlowState } from "../../../src/emulator/invitations/seal.ts";

const HOUR = 3_600_000;
const NOW = Date.UTC(2025, 2, 4);

const LOGIN: FlowState = {
  step: "login",
  email: null,
  url: "https://utility.example",
  sites: [0],
  username: "marked-name",
  typed: "",
  problems: [["password", "Enter your password."]],
  nonce: "n",
  made: NOW,
};

const states = fc.record({
  step: fc.constantFrom("email" as const, "provider" as const, "sites" as const, "login" as const),
  email: fc.option(fc.string(), { nil: null }),
  url: fc.option(fc.string(), { nil: null }),
  sites: fc
    .uniqueArray(fc.nat({ max: 9999 }), { maxLength: 100 })
    .map((places) => places.toSorted((one, other) => one - other)),
  username: fc.string(),
  typed: fc.string(),
  problems: fc.constant<FlowState["problems"]>([["sites", "Choose at least one site."]]),
  nonce: fc.uuid(),
  made: fc.constant(NOW),
});

describe("a sealed state", () => {
  it("gives back what was sealed, for an hour, with the same key and invitation only", () => {
    fc.assert(
      fc.property(states, fc.string(), fc.string(), (state, token, key) => {
        const seal = createSeal(key);
        const text = seal.seal(token, state);
        expect(text).toMatch(/^[\w-]+$/);
        expect(seal.open(token, text, NOW + HOUR)).toEqual(state);
        expect(seal.open(token, text, NOW + HOUR + 1)).toBeNull();
        expect(seal.open(token, text, NOW - 1)).toBeNull();
        expect(seal.open(`${token}x`, text, NOW)).toBeNull();
        expect(createSeal(`${key}x`).open(token, text, NOW)).toBeNull();
        expect(createSeal(key).open(token, text, NOW)).toEqual(state);
      }),
    );
  });

  it("opens no other text", () => {
    const seal = createSeal("key");
    const text = seal.seal("token", LOGIN);
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.string({ minLength: 1, maxLength: 1 }), (at, put) => {
        fc.pre(text[at] !== put);
        const changed = text.slice(0, at) + put + text.slice(at + 1);
        expect(seal.open("token", changed, NOW)).toBeNull();
        expect(seal.open("token", text.slice(0, at), NOW)).toBeNull();
      }),
    );
    fc.assert(fc.property(fc.string(), (other) => seal.open("token", other, NOW) === null));
  });

  it("hides what it holds", () => {
    const text = createSeal("key").seal("token", LOGIN);
    expect(text + Buffer.from(text, "base64url").toString("latin1")).not.toMatch(/marked|utility/);
  });

  it("of a result is one address, for ever", () => {
    const seal = createSeal("key");
    const done = { step: "done", nonce: "n" } as const;
    expect(seal.seal("t", done)).toBe(createSeal("key").seal("t", done));
    expect(seal.open("t", seal.seal("t", done), NOW + 1000 * HOUR)).toEqual(done);
    expect(seal.open("u", seal.seal("t", done), NOW)).toBeNull();
  });
});
