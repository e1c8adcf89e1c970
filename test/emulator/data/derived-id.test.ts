/** IDs that lead back to what they stand for, and invented ones that lead nowhere. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Derived,
  derivedId,
  familyIn,
  readDerivedId,
} from "../../../src/emulator/data/derived-id.ts";
import { familyOf, seedOf } from "../../../src/emulator/data/seed.ts";

const things: fc.Arbitrary<Derived> = fc.record({
  kind: fc.constantFrom("account", "meter", "document", "usage", "interval"),
  site: fc.nat(127),
  supply: fc.nat(7),
  month: fc.nat(2 ** 15 - 1),
  part: fc.nat(1023),
});

describe("a derived ID", () => {
  it("is a UUID of version 8 that says what it stands for", () => {
    fc.assert(
      fc.property(fc.uuid(), things, (connectionId, thing) => {
        const seed = seedOf(connectionId);
        const id = derivedId(seed, thing);
        expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(familyIn(id)).toBe(familyOf(connectionId));
        expect(readDerivedId(seed, id)).toEqual(thing);
      }),
    );
  });

  it("is no other connection's, and none with one digit changed", () => {
    fc.assert(
      fc.property(
        fc.uuid(),
        things,
        fc.nat(31),
        fc.integer({ min: 1, max: 15 }),
        (one, thing, at, by) => {
          const seed = seedOf(one);
          const id = derivedId(seed, thing);
          const places = [...id].flatMap((digit, place) => (digit === "-" ? [] : [place]));
          const place = places[at] ?? 0;
          const digit = ((Number.parseInt(id.charAt(place), 16) + by) % 16).toString(16);
          const changed = id.slice(0, place) + digit + id.slice(place + 1);
          expect(readDerivedId(seed, changed)).toBeNull();
          expect(readDerivedId(seedOf(`${one}x`), id)).toBeNull();
        },
      ),
    );
  });

  it("stays what it is from one version of the tool to the next", () => {
    const seed = seedOf("3f7db482-eb49-4d6f-9b1a-111111111111");
    const thing = { kind: "document", site: 1, supply: 3, month: 24_300, part: 0 } as const;
    expect(derivedId(seed, thing)).toMatchInlineSnapshot(`"7559ceba-0cc2-8132-9017-7bb000c41ae4"`);
  });
});
