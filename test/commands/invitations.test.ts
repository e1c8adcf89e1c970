import { describe, expect, it } from "vitest";
import { call, start } from "../emulator/harness.ts";
import { freshPlace, type Place, type Run } from "../support/run-cli.ts";
import { json, stubServer } from "../support/stub-server.ts";

const LOCAL = "--local";
const ID = "5b0f9f0e-7d0c-4a44-9c58-0c3b9d6f2e11";
const LINK = /^http:\/\/127\.0\.0\.1:\d+\/p\/i\/[A-Za-z0-9_-]{43}$/;

interface Shown {
  readonly id: string;
  readonly type: string;
  readonly status: string;
  readonly url: string;
  readonly events: readonly { readonly type: string }[];
}

/** A company with a site and a connection, made the profile's. */
async function withCompany(place: Place) {
  const words = ["onboard", LOCAL, "--company-name", "Acme", "--site", "Plant", "--no-wait"];
  const made = (await place.run([...words, "--json"])).json<{
    company: { id: string };
    sites: { id: string }[];
    connection: { id: string };
  }>();
  const site = made.sites[0]?.id ?? "";
  return { company: made.company.id, site, connection: made.connection.id };
}

const create = (place: Place, ...words: string[]) =>
  place.run(["invitations", "create", LOCAL, ...words]);

/** A standing emulator of the place. */
function standing(place: Place) {
  const stateDir = place.env["NECTAR_STATE_DIR"] ?? "";
  return start({ stateDir, standing: true, pid: process.pid, clock: realClock });
}
const realClock = { now: () => Date.now(), sleep: async () => {} };

describe("nectar invitations create", () => {
  it("makes one for the profile's company, with everything that can be filled in", async () => {
    const place = freshPlace();
    const { company, site } = await withCompany(place);
    const run = await create(
      place,
      "--json",
      ...["--email", "anna@example.com", "--email", "bo@example.com", "--expires-in", "7d"],
      ...["--max-uses", "2", "--url", "https://utility.example/", "--site-id", site],
      ...["--country", "ca", "--type", "electricity", "--type", "GAS"],
      ...["--owner", "owner@example.com", "--data-collection-start-date", "2024-01-01"],
    );
    expect([run.status, run.stderr]).toEqual([0, ""]);
    const made = run.json<Shown & { expiresAt: string; createdAt: string }>();
    expect(made).toEqual({
      id: expect.any(String),
      type: "CREATE_CONNECTION",
      status: "ACTIVE",
      url: expect.stringMatching(LINK),
      companyId: company,
      connectionId: null,
      emails: ["anna@example.com", "bo@example.com"],
      expiresAt: expect.any(String),
      maxUses: 2,
      useCount: 0,
      createdAt: expect.any(String),
      prefill: {
        url: "https://utility.example",
        initialSites: [site],
        utilityTypes: ["ELECTRICITY", "GAS"],
        country: "CA",
        connectionOwnerEmail: "owner@example.com",
        dataCollectionStartDate: "2024-01-01",
      },
      connections: [],
      events: null,
    });
    expect(Date.parse(made.expiresAt) - Date.parse(made.createdAt)).toBe(7 * 24 * 3600 * 1000);
  });

  it("makes one to renew a connection's login", async () => {
    const place = freshPlace();
    const { company, connection } = await withCompany(place);
    const run = await create(place, "--reconnect", connection, "--max-uses", "1", "--json");
    expect(run.json()).toMatchObject({
      type: "EDIT_CONNECTION",
      companyId: company,
      connectionId: connection,
      maxUses: 1,
      prefill: {},
    });
  });

  it("prints the link alone on its line, in a pipe its fields, and with --quiet the ID", async () => {
    const place = freshPlace();
    await withCompany(place);
    for (const columns of [40, 120]) {
      const human = await place.run(["invitations", "create", LOCAL, "--no-color"], { columns });
      expect(human.stdout.split("\n").filter((line) => LINK.test(line))).toHaveLength(1);
      expect(human.stdout).toContain("anyone with the link");
    }
    const piped = new Map(
      (await create(place)).stdout
        .trimEnd()
        .split("\n")
        .map((line) => line.split("\t", 2) as [string, string]),
    );
    expect(piped.get("URL")).toMatch(LINK);
    expect(piped.get("Expires")).toBe("never");
    expect((await create(place, "--quiet")).stdout).toMatch(/^[0-9a-f-]{36}\n$/);
  });

  it("says that nobody serves the page, unless somebody does", async () => {
    const place = freshPlace();
    await withCompany(place);
    const alone = await create(place);
    expect(alone.stderr).toBe(
      "No emulator is serving its page. To start one: nectar emulator start --port 4010\n",
    );
    expect(alone.stdout).toContain("http://127.0.0.1:4010/p/i/");
    const emulator = await standing(place);
    const served = await create(place);
    expect(served.stderr).toBe("");
    expect(served.stdout).toContain(`${new URL(emulator.url).origin}/p/i/`);
    const unsaved = await create(place, "--no-save", "--company", ID);
    expect(unsaved.status).toBe(5);
  });

  it("says that the emulator sends no mail", async () => {
    const place = freshPlace();
    await withCompany(place);
    const run = await create(place, "--send-email", "--email", "anna@example.com");
    expect(run.stderr).toContain("sends no email");
  });

  it.each([
    [["--expires-in", "59s"], "the API requires at least 60 seconds"],
    [["--expires-in", "soon"], `--expires-in: "soon" is not allowed`],
    [["--max-uses", "0"], "a whole number above zero"],
    [["--email", "anna"], "an e-mail address"],
    [["--type", "heat"], "one of ELECTRICITY"],
    [["--country", "USA"], "two letters"],
    [["--url", "utility.example"], "is not a URL"],
    [["--reconnect", ""], "an ID, the beginning of one"],
    [["--send-email"], "--send-email needs an --email"],
    [
      ["--reconnect", ID, "--company", ID, "--url", "https://u.example", "--site-id", ID],
      "--reconnect and --company, --url, --site-id can't be used together",
    ],
  ])("refuses %j before any request", async (words, said) => {
    const run = await create(freshPlace(), ...words);
    expect([run.status, run.stdout]).toEqual([2, ""]);
    expect(run.stderr).toContain(said);
  });

  it.each([
    ["a lost answer", "connection_lost"],
    ["a server error", "server_error"],
  ])("is not sent again after %s, and says what to do", async (what, code) => {
    const vendor = await stubServer((response) => {
      if (what === "a lost answer") response.destroy();
      else json(response, 502, { detail: "no" });
    });
    const env = { NECTAR_API_URL: vendor.url, NECTAR_API_KEY: "k" };
    const run = await freshPlace().run(["invitations", "create", "--company", ID, "--json"], {
      env,
    });
    expect(run.status).toBe(6);
    expect(vendor.asked).toHaveLength(1);
    expect(run.error()).toMatchObject({
      code,
      retryable: false,
      hint: "It may have been created anyway, so check before you create another.",
      next: [{ command: `nectar invitations list --company ${ID} --api-url ${vendor.url}` }],
    });
  });

  it.each([
    [{ url: "https://utility.example", password: "hunter2", more: { token: "hunter2" } }],
    [{ url: { password: "hunter2" } }],
  ])("shows of the prefilled values only what is documented: %j", async (prefill) => {
    const vendor = await stubServer((response) => json(response, 201, { id: ID, prefill }));
    const env = { NECTAR_API_URL: vendor.url, NECTAR_API_KEY: "k" };
    const words = ["invitations", "create", "--company", ID];
    for (const more of [[], ["--json"]]) {
      const run = await freshPlace().run([...words, ...more], { env });
      expect(run.status).toBe(0);
      expect(run.stdout).toContain(ID);
      expect(run.stdout + run.stderr).not.toContain("hunter2");
      expect(run.stdout.includes("https://utility.example")).toBe(typeof prefill.url === "string");
    }
  });

  it("keeps the link out of everything but its result", async () => {
    const place = freshPlace();
    await withCompany(place);
    const run = await create(place, "--debug", "--json");
    const token = run.json<Shown>().url.split("/").at(-1) ?? "";
    expect(run.stderr).toContain("debug POST");
    expect(run.stderr).not.toContain(token);
    const { readdirSync, readFileSync } = await import("node:fs");
    const { join } = await import("node:path");
    const config = place.env["NECTAR_CONFIG_DIR"] ?? "";
    for (const name of readdirSync(config)) {
      expect(readFileSync(join(config, name), "utf8")).not.toContain(token);
    }
  });
});

describe("--open", () => {
  /** A place whose emulator stands, and what the browser was given. */
  async function opening(words: readonly string[], env: Record<string, string> = {}) {
    const place = freshPlace();
    await withCompany(place);
    await standing(place);
    const opened: string[] = [];
    const run = await place.run(["invitations", "create", LOCAL, "--open", ...words], {
      env,
      openUrl: async (url) => {
        opened.push(url);
      },
    });
    return { run, opened };
  }

  it("opens the link that is printed", async () => {
    const { run, opened } = await opening(["--json"]);
    expect(run.status).toBe(0);
    expect(opened).toEqual([run.json<Shown>().url]);
  });

  it.each([
    [["--no-input"], {}],
    [[], { CI: "true" }],
  ])("opens nothing with %j %j", async (words, env) => {
    const { run, opened } = await opening(words, env);
    expect([run.status, opened]).toEqual([0, []]);
    expect(run.stderr).toContain("Not opened");
    expect(run.stdout).toContain("/p/i/");
  });

  it("opens nothing that nobody serves", async () => {
    const place = freshPlace();
    await withCompany(place);
    const run = await place.run(["invitations", "create", LOCAL, "--open"], {
      openUrl: () => Promise.reject(new Error("must not be called")),
    });
    expect(run.stderr).toBe(
      "No emulator is serving its page. To start one: nectar emulator start --port 4010\n",
    );
  });

  it("is no failure where there is no browser", async () => {
    const place = freshPlace();
    await withCompany(place);
    await standing(place);
    const run = await create(place, "--open");
    expect(run.status).toBe(0);
    expect(run.stderr).toBe("No browser could be opened; open the link yourself.\n");
  });
});

describe("nectar invitations list", () => {
  it("is a table on a terminal, lines in a pipe, and filters by status", async () => {
    const place = freshPlace();
    const { connection } = await withCompany(place);
    const first = (
      await create(place, "--max-uses", "3", "--expires-in", "1d", "--json")
    ).json<Shown>();
    const second = (await create(place, "--reconnect", connection, "--json")).json<Shown>();
    await place.run(["invitations", "revoke", second.id, LOCAL, "--yes"]);
    const wide = await place.run(["invitations", "list", LOCAL, "--no-color"], { columns: 120 });
    const [header, one, two] = wide.stdout.split("\n");
    expect(header).toMatch(/^STATUS +TYPE +USES +EXPIRES +CREATED +ID$/);
    expect(one).toMatch(/^Active +connect +0\/3 +\d{4}-\d\d-\d\d \d\d:\d\d UTC +just now +/);
    expect(one).toContain(first.id);
    expect(two).toMatch(/^Revoked +reconnect +0 +never +just now +/);
    // A list is for looking: the links are in `get`.
    expect(wide.stdout).not.toContain("/p/i/");
    const piped = await place.run(["invitation", "ls", LOCAL, "--status", "revoked"]);
    expect(piped.stdout.split("\t").slice(0, 4)).toEqual(["REVOKED", "EDIT_CONNECTION", "0", ""]);
    const asJson = await place.run(["invitations", "list", LOCAL, "--json", "--limit", "1"]);
    expect(asJson.json<Shown[]>()).toMatchObject([{ id: first.id, status: "ACTIVE" }]);
    const none = await place.run(["invitations", "list", LOCAL, "--status", "expired", "--json"]);
    expect([none.status, none.stdout]).toEqual([0, "[]\n"]);
  });

  it("says whose they are by the profile's name for the company, and whether there are more", async () => {
    const place = freshPlace();
    const { company } = await withCompany(place);
    await create(place);
    await create(place);
    const footer = async (...words: string[]) =>
      (await place.run(["invitations", "list", LOCAL, ...words], { columns: 80 })).stderr.trim();
    expect(await footer()).toBe("2 invitations of Acme · profile local");
    expect(await footer("--company", company)).toBe("2 invitations of Acme · profile local");
    expect(await footer("--limit", "2")).toBe("2 invitations of Acme · profile local");
    expect(await footer("--limit", "1")).toBe("The first invitation of Acme · profile local");
    const other = (await place.run(["companies", "create", LOCAL, "--name", "B", "-q"])).stdout;
    const its = ["--company", other.trim()];
    expect(await footer(...its)).toBe("No invitations of B.");
  });

  it("follows pages, and takes a bare array as well", async () => {
    const invitation = (n: number) => ({
      id: `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`,
    });
    const vendor = await stubServer((response, { path }) => {
      const { pathname, searchParams } = new URL(path, "http://x");
      if (pathname.endsWith(ID)) return json(response, 200, [invitation(1), invitation(2)]);
      const page = Number(searchParams.get("page"));
      const envelope = { perPage: 2, totalPages: 2, hasPrevious: page > 1, hasNext: page < 2 };
      json(response, 200, {
        totalInvitations: 4,
        ...envelope,
        currentPage: page,
        invitations: [invitation(2 * page), invitation(2 * page + 1)],
      });
    });
    const env = { NECTAR_API_URL: vendor.url, NECTAR_API_KEY: "k" };
    const list = async (company: string): Promise<Run> =>
      freshPlace().run(["invitations", "list", "--company", company, "--quiet"], { env });
    expect((await list(ID)).stdout.trim().split("\n")).toHaveLength(2);
    expect((await list(ID.replace("5", "6"))).stdout.trim().split("\n")).toHaveLength(4);
  });
});

describe("nectar invitations get", () => {
  it("shows what happened with it", async () => {
    const place = freshPlace();
    await withCompany(place);
    const emulator = await standing(place);
    const { id, url } = (await create(place, "--json")).json<Shown>();
    await fetch(url);
    await call(emulator, "POST", `/invitation/${id}/revoke`);
    const words = ["invitations", "get", id, LOCAL];
    const asJson = (await place.run([...words, "--json"])).json<Shown>();
    expect(asJson.events.map(({ type }) => type)).toEqual(["VIEWED", "REVOKED"]);
    const human = await place.run([...words, "--no-color"], { columns: 100 });
    expect(human.stdout).toMatch(/\nEvents\n {2}\S+Z {2}VIEWED\n {2}\S+Z {2}REVOKED\n$/);
    expect(human.stdout).toContain(url);
    const piped = await place.run(words);
    expect(piped.stdout).toMatch(/\nEvent\t\S+Z VIEWED\nEvent\t\S+Z REVOKED\n$/);
  });

  it.each(["get", "revoke"])("%s without an ID says where the IDs are", async (word) => {
    const run = await freshPlace().run(["invitations", word, LOCAL]);
    expect(run.status).toBe(2);
    expect(run.stderr).toContain("missing input: <id>");
    expect(run.stderr).toContain("`nectar invitations list`");
  });

  it("says when there is none", async () => {
    expect((await freshPlace().run(["invitations", "get", ID, LOCAL])).status).toBe(5);
  });

  it("takes an answer with nothing but an ID, and events that it does not know", async () => {
    const vendor = await stubServer((response) => {
      json(response, 200, { id: ID, status: "PAUSED", events: "none", surprise: true });
    });
    const env = { NECTAR_API_URL: vendor.url, NECTAR_API_KEY: "k" };
    const run = await freshPlace().run(["invitations", "get", ID, "--json"], { env });
    expect(run.status).toBe(0);
    expect(run.json()).toMatchObject({ id: ID, status: "PAUSED", url: null, events: null });
    const human = await freshPlace().run(["invitations", "get", ID, "--no-color"], {
      env,
      columns: 80,
    });
    expect(human.stdout).toContain("PAUSED");
  });
});

describe("nectar invitations revoke", () => {
  it("needs a yes, and takes any success for an answer", async () => {
    const place = freshPlace();
    await withCompany(place);
    const { id } = (await create(place, "--json")).json<Shown>();
    const unasked = await place.run(["invitations", "revoke", id, LOCAL]);
    expect(unasked.status).toBe(2);
    expect(unasked.stderr).toContain("--yes");
    const run = await place.run(["invitations", "revoke", id, LOCAL, "--yes", "--json"]);
    expect(run.json()).toEqual({ id, revoked: true });
    const after = await place.run(["invitations", "get", id, LOCAL, "--json"]);
    expect(after.json<Shown>().status).toBe("REVOKED");

    const vendor = await stubServer((response) => {
      response.statusCode = 204;
      response.end();
    });
    const env = { NECTAR_API_URL: vendor.url, NECTAR_API_KEY: "k" };
    const other = await freshPlace().run(["invitations", "revoke", ID, "--yes"], { env });
    expect([other.status, other.stdout]).toEqual([0, `Revoked\t${ID}\n`]);
    expect(vendor.asked[0]).toMatchObject({
      method: "POST",
      path: `/v2.2/invitation/${ID}/revoke`,
    });
  });
});

describe("a connection whose login needs its owner", () => {
  it.each(["MFA_TOKEN_EXPIRED", "ADDITIONAL_CREDENTIALS_NEEDED", "PASSWORD_INCORRECT"])(
    "%s is offered an invitation",
    async (status) => {
      const vendor = await stubServer((response) => json(response, 200, { id: ID, status }));
      const run = await freshPlace().run(["connections", "get", ID, "--no-color"], {
        env: { NECTAR_API_URL: vendor.url, NECTAR_API_KEY: "k" },
        columns: 100,
      });
      expect(run.stdout).toContain(`nectar invitations create --reconnect ${ID}`);
    },
  );
});
