import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { freshPlace, type Place } from "../../support/run-cli.ts";

const ID = "8f1c2f3a-5d07-4c6b-9a41-2f1f6b0c9d11";

/** A place whose profiles have these companies. */
function placeWith(companies: Readonly<Record<string, string | null>>, target = "local"): Place {
  const place = freshPlace();
  const folder = place.env["NECTAR_CONFIG_DIR"] ?? "";
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const profiles = Object.fromEntries(
    Object.entries(companies).map(([name, company]) => [
      name,
      { target, ...(company === null ? {} : { company: { id: ID, name: company } }) },
    ]),
  );
  const config = { schemaVersion: 1, currentProfile: "default", profiles };
  writeFileSync(join(folder, "config.json"), JSON.stringify(config), { mode: 0o600 });
  return place;
}

async function nextOf(place: Place, words: readonly string[] = []) {
  const run = await place.run(["usage", "list", "--json", ...words]);
  expect([run.status, run.error().code]).toEqual([2, "missing_input"]);
  return run.error().next;
}

describe("a profile without a company", () => {
  it("is answered with up to two profiles that have one, first", async () => {
    const next = await nextOf(placeWith({ a: null, b: "Acme", c: "Beta", d: "Delta" }));
    expect(next.slice(0, 3)).toEqual([
      { command: "nectar profiles use b", why: "its company is Acme" },
      { command: "nectar profiles use c", why: "its company is Beta" },
      { command: "nectar companies list", why: "the companies and their IDs" },
    ]);
  });

  it("is answered as before where no other has one, or another would not be used", async () => {
    for (const [place, words] of [
      [placeWith({ a: null }), []],
      [placeWith({ a: "Acme" }), ["--profile", "default"]],
      [placeWith({ a: "Acme" }), ["--local"]],
      [placeWith({ a: "Acme" }), ["--api-url", "https://api.example/v2.2"]],
    ] as const) {
      const commands = (await nextOf(place, words)).map(({ command }) => command);
      expect(commands[0]).toMatch(/^nectar companies list/);
    }
  });

  it("is answered with those of the same API where one is named", async () => {
    const api = "https://api.example/v2.2";
    const next = await nextOf(placeWith({ a: "Acme" }, api), ["--api-url", api]);
    expect(next[0]?.command).toBe("nectar profiles use a");
  });
});

describe("an external ID that is a UUID", () => {
  it("names the profile's own object; of another it is said how a UUID is read", async () => {
    const place = freshPlace();
    const own = ["--company-name", "Acme", "--company-external-id", ID, "--site", "Plant"];
    await place.run(["onboard", "--local", ...own, "-q"]);
    const listed = await place.run([
      "sites",
      "list",
      "--local",
      "--company",
      ID,
      "--fields",
      "name",
    ]);
    expect([listed.status, listed.stdout]).toEqual([0, "Plant\n"]);
    const other = await place.run(["companies", "get", ID.replace("8", "9"), "--local"]);
    expect([other.status, other.stderr]).toEqual([5, expect.stringContaining("A UUID is taken")]);
  });
});
