/** IDs that lead back to what they stand for. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Derived,
  derivedId,
  familyIn,
  MAX_SITES,
  readDerivedId,
} from "../../../src/emulator/data/derived-id.ts";
import { familyOf } from "../../../src/emulator/data/noise.ts";

const things: fc.Arbitrary<Derived> = fc.record({
  kind: fc.constantFrom("account", "meter", "document", "usage", "interval"),
  site: fc.nat(MAX_SITES - 1),
  supply: fc.nat(15),
  month: fc.nat(100_000),
  part: fc.nat(1023),
});

describe("a derived ID", () => {
  it("is a UUID of version 8 that says what it stands for", () => {
    fc.assert(
      fc.property(fc.uuid(), things, (connectionId, thing) => {
        const id = derivedId(familyOf(connectionId), thing);
        expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(familyIn(id)).toBe(familyOf(connectionId));
        expect(readDerivedId(id)).toEqual(thing);
      }),
    );
  });

  it("is none of a random UUID", () => {
    fc.assert(
      fc.property(fc.uuid({ version: 4 }), (id) => {
        expect(readDerivedId(id)).toBeNull();
      }),
    );
  });

  it("stays what it is from one version of the tool to the next", () => {
    const family = familyOf("3f7db482-eb49-4d6f-9b1a-111111111111");
    const thing = { kind: "document", site: 1, supply: 3, month: 24_300, part: 0 } as const;
    expect(derivedId(family, thing)).toMatchInlineSnapshot(
      `"7559ceba-0cc2-8132-8001-3305eec00000"`,
    );
  });
});
