import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/errors.ts";
import { fingerprint, makePlan, type OnboardingPlan, slugOf } from "../../src/onboarding/plan.ts";

const connection = { url: "https://nectarclimate.com", username: "u", country: "US" };
const site = (name: string, externalId: string | null = null) => ({
  name,
  address: null,
  externalId,
});
const plan = (parts: Partial<OnboardingPlan> = {}): OnboardingPlan => ({
  company: { name: "Acme", externalId: "acme" },
  sites: [site("One")],
  connection,
  ...parts,
});

describe("a plan", () => {
  it("refuses two sites that could not be told apart", () => {
    expect(() => makePlan(plan({ sites: [site("One"), site("One")] }))).toThrow(UsageError);
    expect(() => makePlan(plan({ sites: [site("A", "x"), site("B", "x")] }))).toThrow(/same/);
    const id = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";
    expect(() => makePlan(plan({ sites: [{ id }, { id: id.toUpperCase() }] }))).toThrow(/same/);
  });

  it("takes two sites of one name when their external IDs differ", () => {
    expect(makePlan(plan({ sites: [site("A", "x"), site("A", "y")] })).sites).toHaveLength(2);
  });

  it("has a fingerprint that does not depend on the order of properties, and does on everything else", () => {
    const one = fingerprint(plan());
    const turned = fingerprint({
      connection: { country: "US", username: "u", url: connection.url },
      sites: [{ externalId: null, address: null, name: "One" }],
      company: { externalId: "acme", name: "Acme" },
    });
    expect(turned).toBe(one);
    expect(one).toMatch(/^[0-9a-f]{64}$/);
    const others = [
      plan({ company: { name: "Acme", externalId: "acme-2" } }),
      plan({ sites: [site("Two")] }),
      plan({ sites: [site("One"), site("Two")] }),
      plan({ connection: { ...connection, country: "CA" } }),
      plan({ connection: { ...connection, username: "v" } }),
    ].map(fingerprint);
    expect(new Set([one, ...others]).size).toBe(others.length + 1);
  });
});

describe("the slug of a name", () => {
  it.each([
    ["Sandbox Test Company", "sandbox-test-company"],
    ["  Acme & Söhne GmbH ", "acme-sohne-gmbh"],
    ["東京電力", "東京電力"],
    ["!!!", null],
  ])("of %j is %j", (name, slug) => {
    expect(slugOf(name)).toBe(slug);
  });

  it("is stable, and never has a hyphen at an end", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (name) => {
        const slug = slugOf(name);
        expect(slugOf(name)).toBe(slug);
        if (slug !== null && slug.length < 200) expect(slug).toMatch(/^[^-].*[^-]$|^[^-]$/u);
      }),
    );
  });
});
