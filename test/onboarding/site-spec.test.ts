import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatSiteSpec, parseSiteSpec } from "../../src/onboarding/site-spec.ts";

describe("a site on the command line", () => {
  it.each([
    ["Test Facility", { name: "Test Facility", address: null, externalId: null }],
    ["  padded  ", { name: "padded", address: null, externalId: null }],
    ["Plant; north=1", { name: "Plant; north=1", address: null, externalId: null }],
    ["size=12", { name: "size=12", address: null, externalId: null }],
    ["Hall A=B", { name: "Hall A=B", address: null, externalId: null }],
    [
      "name=Plant;address=123 Main St, Austin, TX;external-id=site-001",
      { name: "Plant", address: "123 Main St, Austin, TX", externalId: "site-001" },
    ],
    ["external-id=a=b;name=P", { name: "P", address: null, externalId: "a=b" }],
    ["name=P;", { name: "P", address: null, externalId: null }],
    [
      '{"name":"P;Q","address":"x","externalId":"e"}',
      { name: "P;Q", address: "x", externalId: "e" },
    ],
    ['{"name":"P","address":null}', { name: "P", address: null, externalId: null }],
  ])("reads %j", (text, expected) => {
    expect(parseSiteSpec(text)).toEqual(expected);
  });

  it.each([
    ["", /empty/],
    ["   ", /empty/],
    ["address=only", /no name/],
    ["name=", /no name/],
    ["name=A;B", /JSON form/],
    ["name=A;colour=red", /name=…, address=… or external-id=…/],
    ["name=A;name=B", /twice/],
    ["name=A;constructor=x", /name=…/],
    ["nme=Foo;address=x", /"nme" is not a field of a site; did you mean name\?/],
    ["adress=5 Dock Rd", /did you mean address\?/],
    ["externalId=p-1", /did you mean external-id\?/],
    ["Name=Foo", /did you mean name\?/],
    ["title=Foo;address=x", /"title=Foo" is not name=…/],
    ["{broken", /JSON/],
    ['{"name":1}', /string/],
    ['{"name":"A","size":3}', /not a field/],
    [`name=${"x".repeat(256)}`, /255/],
    [`name=A;address=${"x".repeat(256)}`, /255/],
  ])("refuses %j", (text, why) => {
    expect(() => parseSiteSpec(text)).toThrow(why);
  });

  const word = fc
    .string({ unit: "grapheme", minLength: 1, maxLength: 40 })
    .map((text) => text.trim())
    .filter((text) => text !== "");
  const maybe = fc.option(word, { nil: null });

  it("reads back whatever it writes", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          word,
          fc.constantFrom(
            "name=x",
            "{a}",
            "address = 1",
            "a;b",
            "external-id=",
            "nme=x",
            "a=b;name=c",
          ),
        ),
        maybe,
        maybe,
        (name, address, externalId) => {
          const spec = { name, address, externalId };
          expect(parseSiteSpec(formatSiteSpec(spec))).toEqual(spec);
        },
      ),
    );
  });
});
