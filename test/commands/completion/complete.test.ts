/** What stands at the cursor, for command lines that are not finished. */
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { COMMANDS, GROUPS } from "../../../src/commands/registry.ts";
import { freshPlace, type Place } from "../../support/run-cli.ts";

const [COMPANY, SITE, LINK] = ["c", "5", "1"].map((digit) => digit.repeat(8)) as [
  string,
  string,
  string,
];
const HOSTILE = "A\t$(touch X)\u001b[31m\n`touch Y` : \"'";

function placeWithProfiles(profiles: object): Place {
  const place = freshPlace();
  const folder = join(place.folder, "config");
  mkdirSync(folder, { mode: 0o700 });
  const config = { schemaVersion: 1, currentProfile: "default", profiles };
  writeFileSync(join(folder, "config.json"), JSON.stringify(config), { mode: 0o600 });
  return place;
}

const PROFILES = {
  acme: {
    target: "https://api.example/v2.2",
    company: { id: COMPANY, name: HOSTILE },
    sites: [
      { id: SITE, name: "Plant: one" },
      { id: "$(touch Z)", name: "an ID that is none" },
    ],
    connection: { id: LINK, url: "https://utility.example", username: "somebody" },
  },
  local: { target: "local", company: { id: "other", name: "Other" } },
};

/** The candidates of a line whose last word is at the cursor, as pairs of value and description. */
async function candidates(words: readonly string[], place: Place = freshPlace()) {
  const run = await place.run(["__complete", ...words.slice(0, -1), `=${words.at(-1)}`]);
  expect([run.status, run.stderr]).toEqual([0, ""]);
  return run.stdout
    .split("\n")
    .slice(0, -1)
    .map((line) => line.split("\t"));
}

const values = async (words: readonly string[], place?: Place) =>
  (await candidates(words, place)).map(([value]) => value);

describe("completion", () => {
  it("offers every command and group, by what has been typed", async () => {
    const top = new Set([...GROUPS, ...COMMANDS].map(({ path }) => path[0]));
    expect(new Set(await values([""]))).toEqual(top);
    expect(await candidates(["sites", "up"])).toEqual([["update", "change a site"]]);
    expect(await values(["emulator", "webhook", "de"])).toEqual(["deliveries"]);
    expect(await values(["--profile", "sites", "--quiet", "sch"])).toEqual(["schema"]);
  });

  it("offers every flag that the help has", async () => {
    const place = freshPlace();
    const everywhere = (await place.run(["help", "options"])).stdout.match(
      /(?<=^ {2}.*)--[\w-]+/gm,
    );
    for (const { path } of COMMANDS) {
      const help = (await place.run([...path, "--help"])).stdout.split("\nExamples:")[0] ?? "";
      const flags = [...help.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, flag]) => flag);
      const offered = await values([...path, "-"], place);
      expect(new Set(offered)).toEqual(new Set([...flags, ...(everywhere ?? [])]));
    }
  });

  it("offers the values that a flag or an argument takes", async () => {
    expect(await values(["env", "--format", "d"])).toEqual(["dotenv"]);
    expect(await values(["env", "--format=d"])).toEqual(["--format=dotenv"]);
    expect(await values(["connections", "list", "--status", "WEB"])).toEqual(["WEBSITE_DOWN"]);
    expect(await values(["connections", "wait", "--for", "pend"])).toEqual(["pending"]);
    expect(await values(["emulator", "start", "--scenario", "pend"])).toEqual(["pending-for="]);
    expect(await values(["emulator", "set-status", "PEND"])).toEqual(["PENDING"]);
  });

  it("offers what has a schema: files, and the words of every command", async () => {
    expect(await values(["schema", "s"])).toEqual(["seed", "sites", "schema"]);
    expect(await candidates(["schema", "pl"])).toEqual([["plan", ""]]);
    expect(await values(["schema", "connection", ""])).toEqual(["create", "list", "get", "wait"]);
    expect(await values(["schema", "emulator", "webhooks", "li"])).toEqual(["list"]);
    for (const words of [["connections", "list"], ["plan"], ["no", "such"]]) {
      expect(await values(["schema", ...words, ""])).toEqual([]);
    }
    for (const { path } of COMMANDS) {
      expect(await values(["schema", ...path])).toContain(path.at(-1));
    }
  });

  it("offers fields, also after a comma, and none twice", async () => {
    const list = ["companies", "list", "--fields"];
    expect(await values([...list, ""])).toEqual(["id", "name", "externalId"]);
    expect(await values([...list, "id,"])).toEqual(["id,name", "id,externalId"]);
    expect(await values([...list, "name,id,e"])).toEqual(["name,id,externalId"]);
    expect(await values([...list.slice(0, 2), "--fields=id,n"])).toEqual(["--fields=id,name"]);
    expect(await values(["connections", "get", "--fields", "company."])).toEqual([
      "company.id",
      "company.name",
    ]);
    expect(await values(["env", "--format", "json,"])).toEqual([]);
  });

  it("offers nothing where any text can stand", async () => {
    for (const words of [
      ["plan", ""],
      ["sites", "create", "--name", ""],
      ["emulator", "run", "--", "sites", ""],
      ["bogus", "x", "y"],
    ]) {
      expect(await values(words)).toEqual([]);
    }
  });

  it("offers profiles and stored IDs with their names, and no control character", async () => {
    const place = placeWithProfiles(PROFILES);
    expect(await values(["sites", "list", "--profile", ""], place)).toEqual(["acme", "local"]);
    const at = ["--profile", "acme"];
    const [company, ...others] = await candidates([...at, "companies", "get", ""], place);
    expect(company).toEqual([COMPANY, "A $(touch X) `touch Y` : \"'"]);
    expect(others).toEqual([]);
    // Only what a shell takes for a word.
    expect(await candidates([...at, "sites", "get", ""], place)).toEqual([[SITE, "Plant: one"]]);
    expect(await candidates(["connections", "get", "--profile=acme", ""], place)).toEqual([
      [LINK, "somebody · https://utility.example"],
    ]);
    expect(await values(["sites", "list", "--local", "--company", ""], place)).toEqual(["other"]);
  });

  it("is silent about profiles that can't be read, and creates nothing", async () => {
    const damaged = placeWithProfiles([]);
    expect(await values(["--profile", ""], damaged)).toEqual([]);
    const place = freshPlace();
    expect(await values(["sites", "get", ""], place)).toEqual([]);
    expect(readdirSync(place.folder)).toEqual([]);
  });
});
