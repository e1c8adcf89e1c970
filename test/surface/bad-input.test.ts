/** The rows of bad input: one clear line that says what, which value, what is allowed; exit 2; no request. */
import { describe, expect, it } from "vitest";
import { freshPlace } from "../support/run-cli.ts";
import { json, stubServer } from "../support/stub-server.ts";

const long = "x".repeat(201);
const named = ["--company-name", "Acme"];
const sited = ["--site", "Plant"];
const ID = "8f1c2f3a-5d07-4c6b-9a41-2f1f6b0c9d11";

const ROWS: [name: string, words: string[], says: RegExp][] = [
  ["no site", ["onboard", ...named], /--site/],
  [
    "a fourth site",
    ["onboard", ...named, ...sited, "--site", "B", "--site", "C", "--site-id", ID],
    /4 sites.*1 to 3/,
  ],
  ["two sites of one name", ["onboard", ...named, ...sited, ...sited], /two sites.*Plant/],
  [
    "an empty company name",
    ["onboard", "--company-name", "", ...sited],
    /--company-name: an empty value.*1 to 200/,
  ],
  [
    "a blank company name",
    ["onboard", "--company-name", "  ", ...sited],
    /--company-name.*1 to 200/,
  ],
  [
    "a long company name",
    ["onboard", "--company-name", long, ...sited],
    /--company-name: "x+….*1 to 200/,
  ],
  ["an empty site name", ["onboard", ...named, "--site", ""], /--site.*empty/],
  ["a long site name", ["onboard", ...named, "--site", "x".repeat(256)], /255/],
  [
    "a site with an unknown key",
    ["onboard", ...named, "--site", "name=A;size=3"],
    /size=3.*external-id/,
  ],
  [
    "a country of three letters",
    ["onboard", ...named, ...sited, "--country", "USA"],
    /--country: "USA".*two letters/,
  ],
  ["a country of digits", ["onboard", ...named, ...sited, "--country", "12"], /--country: "12"/],
  [
    "a company ID that is no UUID",
    ["onboard", "--company-id", "acme", ...sited],
    /--company-id: "acme".*UUID/,
  ],
  ["a site ID that is no UUID", ["onboard", ...named, "--site-id", "5"], /--site-id: "5".*UUID/],
  [
    "both company name and ID",
    ["onboard", ...named, "--company-id", ID, ...sited],
    /can't be used together/,
  ],
  ["a list of no company's", ["connections", "list"], /--company/],
  ["an empty argument", ["companies", "get", ""], /an empty value.*an ID, the beginning of one/],
  ["an empty site filter", ["connections", "list", "--site", ""], /--site: an empty value/],
  ["a status that is none", ["connections", "list", "--status", "!"], /--status: "!"/],
  [
    "an owner that is no address",
    ["connections", "list", "--owner", "me"],
    /--owner: "me".*e-mail/,
  ],
  ["a limit of zero", ["connections", "list", "--limit", "0"], /--limit: "0".*above zero/],
  [
    "company and all companies",
    ["connections", "list", "--company", ID, "--all-companies"],
    /be used together/,
  ],
  [
    "a utility URL that is not https",
    ["onboard", ...named, ...sited, "--url", "http://x.example"],
    /not https/,
  ],
  [
    "a duration that does not parse",
    ["companies", "list", "--timeout", "soon"],
    /--timeout: "soon".*5s/,
  ],
  ["a duration of zero", ["companies", "list", "--timeout", "0"], /--timeout: "0"/],
  ["a profile with a dot", ["companies", "list", "--profile", "a.b"], /--profile: "a.b".*letters/],
  ["an update of nothing", ["companies", "update", ID], /nothing to change/],
  ["a delete without a yes", ["companies", "delete", ID], /--yes|no terminal/],
  ["a reset without a yes", ["emulator", "reset"], /no terminal/],
  [
    "a date that is none",
    ["companies", "create", "--name", "A", "--data-collection-start-date", "2025-02-30"],
    /2025-02-30/,
  ],
  ["a port that is none", ["emulator", "start", "--port", "70000"], /--port: "70000".*65535/],
  ["a store that is none", ["auth", "login", "--store", "cloud"], /--store: "cloud"/],
  [
    "a password that is missing",
    ["onboard", ...named, ...sited, "--username", "me"],
    /--password-stdin/,
  ],
  [
    "a password flag with nothing on stdin",
    ["onboard", ...named, ...sited, "--username", "me", "--password-stdin"],
    /--password-stdin.*empty/,
  ],
  ["an unknown command", ["compnies"], /unknown command "compnies"/],
  ["an unknown verb", ["companies", "lst"], /unknown command "lst"/],
  ["an unknown option", ["companies", "list", "--al"], /unknown option "--al"/],
  ["a flag without its value", ["onboard", "--company-name"], /--company-name.*value/],
  [
    "a value for a flag that takes none",
    ["companies", "list", "--local=1"],
    /"--local" takes no value/,
  ],
  [
    "a limit with too many digits",
    ["connections", "list", "--limit", "9".repeat(10)],
    /up to 9+$/m,
  ],
  ["a duration too long", ["companies", "list", "--timeout", "99d"], /--timeout: "99d".*up to 24d/],
  ["a field of no name", ["companies", "list", "--fields", "id,"], /"" is not a field$/m],
  ["a word too many", ["companies", "list", "extra"], /too many arguments/],
];

describe("bad input", () => {
  it.each(ROWS)("%s", async (_name, words, says) => {
    const vendor = await stubServer((response) => json(response, 200, []));
    const env = { NECTAR_API_URL: vendor.url, NECTAR_API_KEY: "k" };
    const run = await freshPlace().run(words, { env });
    expect(run.stderr).toMatch(says);
    expect(run.status).toBe(2);
    expect(run.stdout).toBe("");
    expect(run.stderr.split("\n")[0]).toMatch(/^nectar: [^\n]+$/);
    expect(vendor.asked).toHaveLength(0);
    const machine = await freshPlace().run([...words, "--json"], { env });
    expect(machine.status).toBe(2);
    expect(machine.stdout).toBe("");
    expect(machine.error().message).toMatch(says);
    expect(vendor.asked).toHaveLength(0);
  });

  it.each([
    ["http://api.example/v2.2", /not https/],
    ["http://127.0.0.1.evil.example", /not https/],
    ["ftp://127.0.0.1", /not https/],
    ["api.example", /not a URL/],
    ["https://me:word@api.example", /the value contains a user name or password/],
    ["https://api.example/?key=1", /query/],
  ])("the base URL %s", async (url, says) => {
    const run = await freshPlace().run(["companies", "list", "--api-url", url]);
    expect(run.status).toBe(2);
    expect(run.stderr).toMatch(says);
    expect(run.stderr).not.toContain("me:word");
  });

  it.each([
    ["NECTAR_API_URL", "ftp://x", /^nectar: NECTAR_API_URL: "ftp:\/\/x" is not https/],
    ["NECTAR_PROFILE", "a.b", /^nectar: NECTAR_PROFILE: "a\.b" is not allowed/],
  ])("of a variable is told under its name: %s", async (name, value, says) => {
    const run = await freshPlace().run(["companies", "list"], { env: { [name]: value } });
    expect([run.status, run.stderr]).toEqual([2, expect.stringMatching(says)]);
  });

  it.each([
    ["company", ["companies list", "companies use ID", "onboard"]],
    ["site", ["sites list --company ID"]],
  ])(
    "an object that neither is named nor in the profile, a %s, says how to",
    async (kind, lines) => {
      const run = await freshPlace().run([kind, "get", "--local", "--json"]);
      expect(run.error().next.map(({ command }) => command)).toEqual(
        lines.map((line) => `nectar ${line} --local`),
      );
    },
  );

  it("never echoes what may be a secret", async () => {
    const secrets = [
      ["companies", "list", "--api-key=sk_marked_1"],
      ["companies", "list", "--sk_marked_1"],
      ["companies", "list", "sk_marked_1"],
      ["sk_marked_1"],
      ["auth", "sk_marked_1"],
      ["auth", "login", "--key-stdin=sk_marked_1"],
      ["companies", "list", "-psk_marked_1"],
    ];
    for (const words of secrets) {
      for (const more of [[], ["--json"]]) {
        const run = await freshPlace().run([...words, ...more]);
        expect(run.status).toBe(2);
        expect(run.stdout + run.stderr).not.toContain("marked");
      }
    }
  });

  it.each(["two words", "tab\there", "bell\u0007", "ключ\u200b"])(
    "a key with what no key has, %j, ends with 4 and is not sent",
    async (key) => {
      const vendor = await stubServer((response) => json(response, 200, []));
      const env = { NECTAR_API_URL: vendor.url, NECTAR_API_KEY: key };
      const run = await freshPlace().run(["companies", "list"], { env });
      expect(run.status).toBe(4);
      expect(run.stderr).not.toContain(key);
      expect(vendor.asked).toHaveLength(0);
    },
  );
});
