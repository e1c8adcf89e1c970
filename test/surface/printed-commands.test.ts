/** Commands that the tool prints can be pasted, whatever a server put into an ID: each goes through a real shell here. */
import { describe, expect, it } from "vitest";
import { printable } from "../../src/terminal/sanitize.ts";
import { HOSTILE, wordsInShell } from "../support/posix-shell.ts";
import { type ErrorObject, freshPlace, type Run } from "../support/run-cli.ts";
import { json, type StubServer, stubServer } from "../support/stub-server.ts";
import { workClock } from "../support/test-clock.ts";

const SITE = "1a2b3c4d-5d07-4c6b-9a41-2f1f6b0c9d11";
const ONBOARD = ["onboard", "--company-name", "Acme", "--site", "Plant"];
const TEXTS = HOSTILE.filter((text) => text !== "");

/** What a vendor says. */
interface Account {
  readonly companies?: readonly object[];
  readonly connections?: readonly object[];
  readonly created?: object;
  readonly fails?: boolean;
}

const company = (id: string) => ({
  id,
  name: "Acme",
  externalId: "acme",
  sites: [{ id: SITE, name: "Plant" }],
});

const connection = (id: string, status = "CONNECTED") => ({
  id,
  status,
  url: "https://nectarclimate.com",
  username: "nectar-sandbox-username",
  country: "US",
  initialSites: [SITE],
});

function vendorOf(account: Account): Promise<StubServer> {
  return stubServer((response, { method, path }) => {
    const { pathname } = new URL(path, "http://x");
    if (account.fails) return json(response, 500, { detail: "no" });
    if (method === "POST") return json(response, 201, account.created ?? {});
    if (pathname.endsWith("/company")) return json(response, 200, account.companies ?? []);
    const [, , noun, encoded = ""] = pathname.split("/");
    const id = decodeURIComponent(encoded);
    const found = (things: readonly object[] = []) =>
      things.find((thing) => "id" in thing && thing.id === id);
    if (noun === "site") return json(response, 200, { id: SITE, name: "Plant" });
    if (pathname.includes("details")) {
      return json(response, 200, found(account.connections) ?? account.created ?? {});
    }
    if (noun === "company" && pathname.split("/").length === 4) {
      return json(response, 200, found(account.companies) ?? {});
    }
    const connections = account.connections ?? [];
    json(response, 200, {
      ...{ connections, perPage: 100, totalPages: 1, currentPage: 1 },
      ...{ totalConnections: connections.length, hasNext: false, hasPrevious: false },
    });
  });
}

/** Runs twice, for a person and for a program: both get the same commands. */
async function printed(words: readonly string[], account: Account, status: number) {
  const vendor = await vendorOf(account);
  const env = { NECTAR_API_URL: vendor.url, NECTAR_API_KEY: "k" };
  const run = (more: readonly string[]): Promise<Run> =>
    freshPlace().run([...words, "--timeout", "60s", ...more], { env, clock: workClock() });
  const machine = await run(["--json"]);
  expect([machine.status, machine.stderr]).toEqual([status, machine.stderr]);
  const { next }: ErrorObject = machine.error();
  const [human] = [await run([])];
  expect(human.status).toBe(status);
  expect(human.stderr).toContain(next[0]?.command);
  return { commands: next.map(({ command }) => command), url: vendor.url };
}

describe.each(TEXTS)("an ID that is %j", (id) => {
  const shown = printable(id);

  it.each([
    [
      "choose one",
      5,
      { companies: [company(id), company("other")] },
      ["onboard", "--company-id", shown],
    ],
    [
      "look at this one",
      5,
      { companies: [company("c")], connections: [connection(id), connection("other")] },
      ["connections", "get", shown],
    ],
    [
      "sign in again",
      3,
      { companies: [company("c")], connections: [connection(id, "PASSWORD_INCORRECT")] },
      ["invitations", "create", "--reconnect", shown],
    ],
    [
      "wait",
      8,
      {
        companies: [company("c")],
        connections: [connection(id, "PENDING")],
        created: connection(id, "PENDING"),
      },
      ["connections", "wait", shown],
    ],
  ])("is one word of the command to %s", async (_, status, account, expected) => {
    const { commands, url } = await printed(ONBOARD, account, status);
    const [words = []] = wordsInShell(commands);
    // An option and its foreign value may stand in one word, and `--` before a foreign operand.
    const parts = words.flatMap((word) =>
      word.endsWith(`=${shown}`) ? [word.slice(0, -shown.length - 1), shown] : [word],
    );
    const wanted = [...expected, "--api-url", url];
    const order = (some: readonly string[]) => some.filter((word) => word !== "--").sort();
    expect(order(parts)).toEqual(order(wanted));
    if (shown.startsWith("-")) {
      expect(words.includes("--") || words.some((word) => word.endsWith(`=${shown}`))).toBe(true);
    }
  });
});

it("a name of one's own comes back from the command that goes on", async () => {
  const names: string[] = [];
  for (const name of TEXTS) {
    const vendor = await vendorOf({ fails: true });
    const env = { NECTAR_API_URL: vendor.url, NECTAR_API_KEY: "k" };
    const run = await freshPlace().run(
      ["onboard", `--company-name=${name}`, "--site", "Plant", "--json", "--timeout", "5s"],
      { env, clock: workClock() },
    );
    // Control characters are no name.
    if (run.status === 2) continue;
    expect(run.status).toBe(6);
    names.push(name);
    const [words = []] = wordsInShell(run.error().next.map(({ command }) => command));
    const at = words.findIndex((word) => word.startsWith("--company-name"));
    const value = words[at] === "--company-name" ? words[at + 1] : words[at]?.split("=")[1];
    expect(words.slice(0, 3)).toEqual(["onboard", "--api-url", vendor.url]);
    if (!name.includes("=")) expect(value).toBe(printable(name.trim()));
  }
  expect(names.length).toBeGreaterThan(15);
});

it("the hints of one run lead the same way, and begin as the run did", async () => {
  const place = freshPlace();
  const startedAs = ["node", "bin/my tool.js"];
  const start = "node 'bin/my tool.js'";
  const ids = ["connections", "list", "--profile", "acme", "--local"];
  const run = await place.run([...ids, "--json"], { startedAs });
  expect(run.error().next.map(({ command }) => command)).toEqual([
    `${start} companies list --profile acme --local`,
    `${start} companies use ID --profile acme --local`,
    `${start} onboard --profile acme --local`,
  ]);
  const variables = { NECTAR_PROFILE: "acme", NECTAR_LOCAL: "1" };
  const same = await place.run(["connections", "list", "--json"], { startedAs, env: variables });
  expect(same.error().next).toEqual(run.error().next);
  const help = await place.run(["compnies", "--json"], { startedAs });
  expect(help.error().next[0]?.command).toBe(`${start} --help`);
});

it("the command without questions works on a machine that knows nothing yet", async () => {
  const first = freshPlace();
  await first.run([
    "onboard",
    "--local",
    "--profile",
    "acme",
    "--company-name",
    "A",
    "--site",
    "S",
  ]);
  const again = ["onboard", "--profile", "acme", "--company-name", "A", "--site", "S"];
  const shown = await first.run([...again, "--no-color"], { columns: 200 });
  const [next, line] = ["Next", "In CI"].map(
    (head) => shown.stdout.split(`${head}\n`)[1]?.split("\n")[0]?.trim() ?? "",
  );
  expect(next).toMatch(/^nectar usage chart --profile acme /);
  const [words = []] = wordsInShell([line ?? ""]);
  expect(words).toEqual(expect.arrayContaining(["--local", "--profile", "acme"]));
  expect((await freshPlace().run(words)).status).toBe(0);
});
