/** What every command prints with `--json` fits the schema that it declares. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { describe, expect, it } from "vitest";
import type { Shape } from "../../src/cli/shape.ts";
import { COMMANDS } from "../../src/commands/registry.ts";
import { freshPlace } from "../support/run-cli.ts";
import { json, stubServer } from "../support/stub-server.ts";

const ajv = new Ajv2020({ strict: true, strictTypes: false, allErrors: true });
addFormats.default(ajv);

/** The schema as it must be while no later version has added a member: nothing else is allowed. */
function closed(shape: Shape): Shape {
  const { properties, items, anyOf, additionalProperties, ...rest } = shape;
  return {
    ...rest,
    ...(properties === undefined
      ? {}
      : { properties: eachOf(properties), additionalProperties: NONE }),
    ...(additionalProperties === undefined
      ? {}
      : { additionalProperties: closed(additionalProperties) }),
    ...(items === undefined ? {} : { items: closed(items) }),
    ...(anyOf === undefined ? {} : { anyOf: anyOf.map(closed) }),
  };
}
const NONE: Shape = { not: {} } as Shape;
const eachOf = (shapes: Readonly<Record<string, Shape>>) =>
  Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, closed(shape)]));

async function problemsOf(path: string, document: unknown): Promise<readonly string[]> {
  const entry = COMMANDS.find((one) => one.path.join(" ") === path);
  const { shape } = (await entry?.load())?.command ?? { shape: null };
  if (shape === null) return [`${path} has no schema`];
  const validate = ajv.compile(closed(shape));
  validate(document);
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}

const PLAN =
  "version: 1\ncompanies:\n  - { name: Beta, externalId: beta, sites: [{ name: Mill }] }\n";

const SEED = '{"companies":[{"name":"S","sites":[{"name":"T"}],"connections":[{}]}]}';

/** Command lines in an order in which each has something to show, and the exit status where it is not 0. */
const LINES: readonly (readonly [command: string, more: readonly string[], status?: number])[] = [
  ["onboard", ["--company-name", "Acme", "--site", "Plant", "--dry-run"]],
  ["onboard", ["--company-name", "Acme", "--site", "Plant"]],
  ["companies create", ["--name", "Other"]],
  ["companies create", ["--name", "Other"]],
  ["companies list", []],
  ["companies get", []],
  ["companies update", ["--data-collection-start-date", "2025-01-01"]],
  ["companies use", ["Acme"]],
  ["sites create", ["--name", "Store"]],
  ["sites list", []],
  ["sites get", ["Store"]],
  ["sites update", ["Store", "--address", "1 Dock Rd"]],
  ["connections create", ["--username", "me", "--password-stdin", "--no-wait"], 3],
  ["connections create", ["--site-id", "Plant"]],
  ["connections list", []],
  ["connections list", ["--status", "WEBSITE_DOWN"]],
  ["connections get", []],
  ["connections wait", []],
  ["env", []],
  ["documents list", ["--limit", "3"]],
  ["documents get", ["DOCUMENT"]],
  ["usage list", ["--limit", "3"]],
  ["usage chart", []],
  ["invitations create", ["--email", "a@example.com", "--url", "https://u.example"]],
  ["invitations list", []],
  ["invitations get", ["INVITATION"]],
  ["invitations revoke", ["INVITATION", "--yes"]],
  ["env", []],
  ["commands", []],
  ["doctor", []],
  ["completion", ["bash"]],
  ["profiles list", []],
  ["profiles show", ["local"]],
  ["profiles use", ["local"]],
  ["auth status", []],
  ["auth logout", []],
  ["emulator status", []],
  ["emulator stop", []],
  ["emulator set-status", ["WEBSITE_DOWN"]],
  ["emulator advance", ["7d"]],
  ["emulator fault", ["--status", "503", "--route", "companies.create"]],
  ["emulator fault", ["--list"]],
  ["emulator fault", ["--clear"]],
  ["emulator webhooks add", ["http://127.0.0.1:9/hook"]],
  ["emulator webhooks list", ["--show-secret"]],
  ["emulator seed", ["seed.json"]],
  ["emulator webhooks deliveries", []],
  ["emulator webhooks remove", ["http://127.0.0.1:9/hook"]],
  ["plan", ["plan.yaml"]],
  ["apply", ["plan.yaml"]],
  ["plan", ["plan.yaml"]],
  ["teardown", ["plan.yaml", "--dry-run"]],
  ["teardown", ["plan.yaml", "--yes"]],
  ["companies delete", ["Other", "--yes"]],
  ["emulator reset", ["--yes"]],
  ["profiles delete", ["local", "--yes"]],
];

/** Those that print a document which is not ours, or none, and those tested below. */
const OTHERS = [
  "api",
  "export",
  "schema",
  "emulator export",
  "emulator run",
  "webhooks listen",
  "auth login",
  "emulator start",
];

/** Replaced by the ID of the first object in a list of this noun. */
const PLACEHOLDERS: Readonly<Record<string, string>> = {
  DOCUMENT: "documents",
  INVITATION: "invitations",
};

const ON_THIS_MACHINE = ["profiles", "emulator", "commands", "completion"];

describe("the JSON of", () => {
  it("each command fits its schema", { timeout: 120_000 }, async () => {
    const place = freshPlace();
    writeFileSync(join(place.folder, "plan.yaml"), PLAN);
    writeFileSync(join(place.folder, "seed.json"), SEED);
    const first = async (noun: string) =>
      (await place.run([noun, "list", "--local", "-q"])).stdout.split("\n")[0] ?? "";
    const wrong: unknown[] = [];
    const seen = new Set<string>();
    for (const [command, more, status = 0] of LINES) {
      const words = [];
      for (const word of more)
        words.push(PLACEHOLDERS[word] ? await first(PLACEHOLDERS[word]) : word);
      const target = ON_THIS_MACHINE.includes(command.split(" ")[0] ?? "") ? [] : ["--local"];
      const all = [...command.split(" "), ...words, ...target, "--json"];
      const run = await place.run(all, { stdin: "wrong" });
      if (run.status !== status) wrong.push([all, run.status, run.stderr]);
      else {
        const document: unknown = JSON.parse(run.stdout);
        for (const row of [document].flat()) {
          for (const name of Object.keys(Object(row))) seen.add(`${command} ${name}`);
        }
        const problems = await problemsOf(command, document);
        if (problems.length > 0) wrong.push([all, ...problems]);
      }
    }
    expect(wrong).toEqual([]);
    // What `--fields` offers is what the command has, not what another one prints of the same thing.
    const offered: string[] = [];
    for (const { path, load } of COMMANDS) {
      const { fields, shape } = (await load()).command;
      if (!("fields" in fields)) continue;
      const names = Object.keys(shape?.items?.properties ?? shape?.properties ?? {});
      offered.push(...names.map((name) => `${path.join(" ")} ${name}`));
    }
    expect(offered.filter((one) => !seen.has(one))).toEqual([]);
  });

  it("auth login", async () => {
    const vendor = await stubServer((response) => json(response, 200, {}));
    const words = ["auth", "login", "--key-stdin", "--store", "file", "--json"];
    const env = { NECTAR_API_URL: vendor.url };
    const run = await freshPlace().run(words, { env, stdin: "key-for-a-test" });
    expect(await problemsOf("auth login", JSON.parse(run.stdout))).toEqual([]);
  });

  it("emulator start", async () => {
    const { command } = await import("../../src/commands/emulator/start.ts");
    const documents: unknown[] = [];
    await command.invoke(async ({ view }) => {
      const value: unknown = { url: "http://127.0.0.1:1", key: "k", memory: true };
      documents.push(view.json(value as never, () => ""));
    });
    expect(
      await problemsOf("emulator start", { schemaVersion: 1, ...Object(documents[0]) }),
    ).toEqual([]);
  });

  it("every command is tested", () => {
    const tested = new Set([...LINES.map(([command]) => command), ...OTHERS]);
    expect(COMMANDS.map(({ path }) => path.join(" ")).filter((path) => !tested.has(path))).toEqual(
      [],
    );
  });
});
