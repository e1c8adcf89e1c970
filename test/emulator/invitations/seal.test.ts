/** The seal of a form: what was sealed comes back, and nothing else does. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSeal } from "../../../src/emulator/invitations/seal.ts";

const HOUR = 3_600_000;
const NOW = Date.UTC(2025, 2, 4);

const states = fc.record({
  step: fc.constantFrom("email" as const, "provider" as const, "login" as const),
  email: fc.option(fc.string(), { nil: null }),
  url: fc.option(fc.string(), { nil: null }),
  nonce: fc.uuid(),
  made: fc.constant(NOW),
});

describe("a sealed form", () => {
  it("gives back what was sealed, for an hour, with the same key and invitation only", () => {
    fc.assert(
      fc.property(states, fc.string(), fc.string(), (state, token, key) => {
        const seal = createSeal(key);
        const text = seal.seal(token, state);
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
    const text = seal.seal("token", {
      step: "login",
      email: null,
      url: null,
      nonce: "n",
      made: NOW,
    });
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

  it("is no receipt, and a receipt is no form", () => {
    const seal = createSeal("key");
    const form = seal.seal("t", { step: "login", email: null, url: null, nonce: "n", made: NOW });
    expect(seal.openReceipt("t", form)).toBeNull();
    expect(seal.open("t", seal.receipt("t", "n"), NOW)).toBeNull();
    expect(seal.openReceipt("t", seal.receipt("t", "n"))).toBe("n");
    expect(seal.openReceipt("u", seal.receipt("t", "n"))).toBeNull();
  });
});
