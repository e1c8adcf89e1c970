/**
 * Text that a server sends reaches a person only without control characters, whatever the command: on stdout and on
 * stderr, in a pipe and on a terminal. The server is the emulator, filled with names that try to control a terminal.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { freshPlace, type Place, type Run, type RunOptions } from "../support/run-cli.ts";
import { json, stubServer } from "../support/stub-server.ts";

const HOSTILE = "H\u001b[31mX\u202e\nY\u009b2;3J\u0007";
/** All but the ends of lines and the tabs between columns. */
const CONTROL = /[^\P{C}\n\t]/u;
/** What is left of the name where a control character is removed, but not all that it begins; JSON escapes the whole. */
const TORN = /(?<!\\u001b)\[31m|(?<!\\u009b)2;3J|^Y/m;

const WAYS: Readonly<Record<string, RunOptions>> = {
  "in a pipe": {},
  "on a terminal": { columns: 100, talkColumns: 100, env: { CI: "1", NO_COLOR: "1" } },
  "on a narrow terminal, line by line": {
    columns: 40,
    talkColumns: 40,
    env: { CI: "1", NO_COLOR: "1", NECTAR_ACCESSIBLE: "1" },
  },
};

async function hostilePlace(): Promise<Place> {
  const place = freshPlace();
  const seed = join(place.folder, "seed.json");
  const logins = [{}, { username: HOSTILE }, { username: HOSTILE, status: "PASSWORD_INCORRECT" }];
  const company = (externalId: string) => ({
    name: HOSTILE,
    externalId,
    sites: [{ name: HOSTILE, address: HOSTILE, externalId: "s" }],
    connections: logins,
  });
  writeFileSync(seed, JSON.stringify({ companies: [company("hx"), company("hy")] }));
  const seeded = await place.run(["emulator", "seed", seed]);
  expect([seeded.status, seeded.stderr]).toEqual([0, ""]);
  return place;
}
/** Every command that can print a name; each runs on a place of its own, in this order. */
const COMMANDS: readonly (readonly string[])[] = [
  ["companies", "list"],
  ["companies", "get", "hx"],
  ["companies", "create", "--name", "Other", "--external-id", "hx"],
  ["companies", "use", "hx"],
  ["companies", "update", "hx", "--external-id", "hz"],
  ["companies", "update", "hz", "--external-id", "hx"],
  ["companies", "get", "H"],
  ["sites", "list", "--company", "hx"],
  ["sites", "list"],
  ["sites", "get", "s"],
  ["sites", "create", "--name", "Other", "--external-id", "s"],
  ["sites", "update", "s", "--address", "1 Main St"],
  ["connections", "list"],
  ["connections", "list", "--all-companies"],
  ["connections", "list", "--status", "WEBSITE_DOWN"],
  ["connections", "list", "--owner", "nobody@example.com", "--site", "s"],
  ["connections", "create"],
  ["connections", "create", "--site-id", "s"],
  ["invitations", "list"],
  ["invitations", "create", "--email", "someone@example.com"],
  ["invitations", "list"],
  ["documents", "list", "--limit", "2"],
  ["documents", "list", "--from", "2001-01-01", "--to", "2001-01-02"],
  ["usage", "list", "--limit", "2"],
  ["usage", "list", "--from", "2001-01", "--to", "2001-02"],
  ["usage", "chart"],
  ["env"],
  ["export"],
  ["export", "--all-companies"],
  ["plan", "PLAN"],
  ["apply", "PLAN"],
  ["teardown", "--company", "hx", "--dry-run"],
  ["teardown", "--company", "hx", "--also-adopted", "--dry-run"],
  ["onboard", "--company-external-id", "hy", "--company-name", "Other", "--site", "P", "--dry-run"],
  ["onboard", "--company-external-id", "hy", "--company-name", "Other", "--site", "P"],
  [
    "onboard",
    "--company-external-id",
    "hx",
    "--company-name",
    "Other",
    "--site",
    "name=P;external-id=s",
  ],
  ["onboard", "--company-name", "H X", "--site", "P"],
  ["profiles", "list"],
  ["profiles", "show", "local"],
  ["connections", "list", "--status", "WEBSITE_DOWN"],
  ["invitations", "list"],
  ["companies", "delete", "hx", "--yes"],
  ["companies", "get", "hy"],
  ["doctor"],
  ["emulator", "status"],
  ["__complete", "companies", "get", "="],
  ["__complete", "sites", "get", "="],
  ["api", "company"],
  ["emulator", "export"],
];

describe.each(Object.entries(WAYS))("%s", (_, options) => {
  it("no command prints the control characters of a name", async () => {
    const place = await hostilePlace();
    const plan = join(place.folder, "plan.json");
    const sites = [{ name: "P", externalId: "s" }];
    writeFileSync(
      plan,
      JSON.stringify({ version: 1, companies: [{ name: "Other", externalId: "hy", sites }] }),
    );
    const found: string[] = [];
    for (const words of COMMANDS) {
      const named = words.map((word) => (word === "PLAN" ? plan : word));
      const local =
        named[0] === "__complete" || named[0] === "emulator" || named[0] === "profiles"
          ? []
          : ["--local"];
      const run: Run = await place.run([...named, ...local], { ...options });
      found.push(...leaks(words.join(" "), run));
    }
    expect(found).toEqual([]);
  });

  it("no command prints those of a status, an explanation or an error", async () => {
    const found: string[] = [];
    const id = "9d3e0c5e-6a0f-4a52-8f53-0f9d6d3c7a11";
    const odd = {
      ...{ id, name: HOSTILE, status: HOSTILE, statusErrorDetail: HOSTILE, url: HOSTILE },
      ...{ username: HOSTILE, country: HOSTILE, initialSites: [HOSTILE] },
      ...{ company: { id: HOSTILE, name: HOSTILE }, datasource: { name: HOSTILE, url: HOSTILE } },
    };
    const answers = [
      [200, odd],
      [200, { ...odd, id: HOSTILE }],
      ...[400, 401, 403, 404, 500].map((status) => [status, { detail: HOSTILE }] as const),
    ] as const;
    const commands = [
      ["connections", "get", id],
      ["connections", "wait", id],
      ["companies", "get", id],
      ["companies", "list"],
      ["api", "company"],
    ];
    for (const [status, body] of answers) {
      const server = await stubServer((response) => json(response, status, body));
      for (const words of commands) {
        const at = ["--api-url", server.url, "--timeout", "1s", "--debug"];
        const env = { ...options.env, NECTAR_API_KEY: "key" };
        const run = await freshPlace().run([...words, ...at], { ...options, env });
        found.push(...leaks(`${status} ${words.join(" ")}`, run));
      }
    }
    expect(found).toEqual([]);
  });
});

function leaks(what: string, run: Run): readonly string[] {
  return (["stdout", "stderr"] as const)
    .filter((stream) => CONTROL.test(run[stream]) || TORN.test(run[stream]))
    .map((stream) => `${what}: ${stream}: ${JSON.stringify(run[stream])}`);
}
