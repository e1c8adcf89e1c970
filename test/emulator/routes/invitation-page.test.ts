/** The page behind a link, without a browser: steps, rules, headers, and everything that a forged form may try. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { RunningEmulator } from "../../../src/emulator/emulator.ts";
import { STATUSES } from "../../../src/emulator/statuses/statuses.ts";
import {
  call,
  createCompany,
  createConnection,
  NOW,
  SANDBOX,
  start,
  temporaryFolder,
} from "../harness.ts";
import {
  type Entries,
  follow,
  invite,
  inviteAgain,
  LOGIN,
  type Page,
  post,
  send,
  toLogin,
  visit,
} from "../visitor.ts";
import { invitationWire } from "../wire.ts";

async function connectionsOf(emulator: RunningEmulator, companyId: string) {
  return (await call(emulator, "GET", `/connection/company/${companyId}`)).body.connections;
}

async function invitationOf(emulator: RunningEmulator, id: string) {
  return (await call(emulator, "GET", `/invitation/${id}`)).body;
}

async function eventsOf(emulator: RunningEmulator, id: string) {
  return invitationWire.parse(await invitationOf(emulator, id)).events ?? [];
}

/** The names of the sites on the page: all of them, and those that are chosen. */
function sitesIn({ text }: Page): { shown: string[]; chosen: string[] } {
  const rows = [
    ...text.matchAll(/<input type="checkbox"([^>]*)>\s*<span><span class="title">([^<]*)/g),
  ];
  const named = rows.map(([, attributes = "", name = ""]) => ({ attributes, name }));
  return {
    shown: named.map(({ name }) => name),
    chosen: named
      .filter(({ attributes }) => /\schecked\b/.test(attributes))
      .map(({ name }) => name),
  };
}

/** The utilities on the page. */
function utilitiesIn({ text }: Page): string[] {
  const list = /<ul class="providers">.*<\/ul>/s.exec(text)?.[0] ?? "";
  return [...list.matchAll(/<span class="title">([^<]*)/g)].map(([, name = ""]) => name);
}

async function search(page: Page, words: string): Promise<Page> {
  return visit(`${page.address}?${new URLSearchParams({ q: words })}`);
}

const choice = (siteIds: readonly string[]): Entries => siteIds.map((id) => ["sites", id]);

const WRONG: Entries = [
  ["username", "somebody"],
  ["password", "marked-password-5b1"],
];

describe("connecting", () => {
  it("goes from the utility to the login to a result in words", async () => {
    const emulator = await start();
    const { company, siteIds, id, url } = await invite(emulator, {
      prefill: { country: "CA", connectionOwnerEmail: "owner@example.com" },
    });
    const first = await visit(url);
    expect([first.status, first.heading]).toEqual([200, "Connect your utility account"]);
    expect(first.text).toContain("Step 1 of 2");
    const login = await follow(first, "Nectar Sandbox");
    expect(login.heading).toBe("Sign in to Nectar Sandbox");
    expect(login.text).toContain("Step 2 of 2");
    const result = await send(login, LOGIN);
    expect([result.status, result.heading]).toEqual([200, "Your account is connected"]);
    const [connection] = await connectionsOf(emulator, company.id);
    for (const name of [company.name, "Plant", "Nectar Sandbox"]) {
      expect(result.text).toContain(name);
    }
    for (const [what] of [[connection?.id], [company.id], ["CONNECTED"]]) {
      expect(result.text).not.toContain(what);
    }
    expect(connection).toMatchObject({
      status: "CONNECTED",
      country: "CA",
      initialSites: siteIds,
      workflowOwnerEmail: "owner@example.com",
    });
    expect(await invitationOf(emulator, id)).toMatchObject({
      useCount: 1,
      status: "ACTIVE",
      createdConnections: [
        { id: connection?.id, datasourceName: "Nectar Sandbox", status: "CONNECTED" },
      ],
      events: [{ type: "VIEWED" }, { type: "USED" }],
    });
  });

  it("takes a wrong password without using the invitation up, and the right one for the same connection", async () => {
    const emulator = await start();
    const { company, siteIds, id, url } = await invite(emulator, { maxUses: 1 }, ["A", "B"]);
    const sites = await toLogin(url);
    const login = await send(sites, choice(siteIds.slice(0, 1)));
    const refused = await send(login, WRONG);
    expect([refused.status, refused.heading]).toEqual([200, "Sign in to Nectar Sandbox"]);
    expect(refused.text).toContain("<title>Error: Sign in to Nectar Sandbox");
    expect(refused.text).toContain("Nectar Sandbox did not accept this user name and password.");
    expect(refused.text).toContain(`value="somebody"`);
    expect(refused.text).not.toContain("marked-password");
    const [failed] = await connectionsOf(emulator, company.id);
    expect(failed).toMatchObject({ status: "PASSWORD_INCORRECT", initialSites: [siteIds[0]] });
    expect(await invitationOf(emulator, id)).toMatchObject({ status: "ACTIVE", useCount: 0 });

    // The sites may be chosen anew before the next try.
    const changed = await send(await follow(refused, "Change sites"), choice(siteIds.slice(1)));
    const result = await send(changed, LOGIN);
    expect(result.heading).toBe("Your account is connected");
    expect(await connectionsOf(emulator, company.id)).toMatchObject([
      { id: failed?.id, status: "CONNECTED", initialSites: [siteIds[1]] },
    ]);
    expect(await invitationOf(emulator, id)).toMatchObject({
      status: "FULFILLED",
      useCount: 1,
      events: [{ type: "VIEWED" }, { type: "LOGIN_REFUSED" }, { type: "USED" }],
    });
    // Going back to the login leads to the result, though the link is used up.
    expect(await visit(changed.address)).toMatchObject({ status: 200, address: result.address });
    expect(await visit(url)).toMatchObject({
      status: 410,
      heading: "This invitation has been used",
    });
  });

  it("asks for an address of the list first, and counts it as verified", async () => {
    const emulator = await start();
    const { company, id, url } = await invite(emulator, { allowedEmails: ["Anna@example.com"] });
    const first = await visit(url);
    expect(first.heading).toBe("Confirm your email address");
    const stranger = await send(first, [["email", "eve@example.com"]]);
    expect(stranger.heading).toBe("Confirm your email address");
    expect(stranger.text).toContain("This invitation was not sent to that address.");
    expect(stranger.text).toContain(`value="eve@example.com"`);
    const second = await send(stranger, [["email", " anna@EXAMPLE.com "]]);
    expect(second.heading).toBe("Connect your utility account");
    await send(await follow(second, "Nectar Sandbox"), LOGIN);
    const [connection] = await connectionsOf(emulator, company.id);
    // Without a prefilled owner it is who proved the address.
    expect(connection).toMatchObject({
      status: "CONNECTED",
      url: SANDBOX.url,
      workflowOwnerEmail: "Anna@example.com",
    });
    expect((await eventsOf(emulator, id)).map(({ type, email }) => [type, email])).toEqual([
      ["VIEWED", null],
      ["EMAIL_VERIFIED", "Anna@example.com"],
      ["USED", "Anna@example.com"],
    ]);
  });

  it("asks only what the invitation leaves open, and lets all of it be changed", async () => {
    const emulator = await start();
    const several = await invite(emulator, {}, ["One", "Two"]);
    const made = await call(emulator, "POST", `/invitation/company/${several.company.id}`, {
      prefill: { url: "https://larkspur.example", initialSites: [several.siteIds[1]] },
    });
    const login = await visit(new URL(`/p/i/${Reflect.get(made.body, "token")}`, several.url).href);
    expect(login.heading).toBe("Sign in to Larkspur Power &amp; Light");
    expect(login.text).not.toContain("Step ");
    const sites = await follow(login, "Change sites");
    expect(sitesIn(sites)).toEqual({ shown: ["One", "Two"], chosen: ["Two"] });
    const utility = await follow(login, "Change utility");
    const result = await send(await follow(utility, "Nectar Sandbox"), LOGIN);
    expect(result.heading).toBe("Your account is connected");
    expect(await connectionsOf(emulator, several.company.id)).toMatchObject([
      { url: SANDBOX.url, initialSites: [several.siteIds[1]] },
    ]);
  });

  it("needs a site", async () => {
    const page = await visit((await invite(await start(), {}, [])).url);
    expect([page.status, page.heading]).toEqual([409, "There is nothing to connect yet"]);
  });

  it("shows names as text", async () => {
    const emulator = await start();
    const evil = `<script>alert("x")</script>'"&`;
    const { body } = await call(emulator, "POST", "/company", { name: evil });
    for (const name of [evil, "Plant"]) {
      await call(emulator, "POST", `/site/company/${body.id}`, { name, address: evil });
    }
    const made = await call(emulator, "POST", `/invitation/company/${body.id}`);
    const first = await visit(
      new URL(`/p/i/${Reflect.get(made.body, "token")}`, emulator.url).href,
    );
    const pages = [await search(first, evil), await follow(first, "Nectar Sandbox")];
    for (const page of pages) {
      expect(page.status).toBe(200);
      expect(page.text).not.toContain("<script");
      expect(page.text).toContain(
        "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&#39;&quot;&amp;",
      );
    }
  });
});

describe("the search for a utility", () => {
  it.each([
    ["", "Nectar Sandbox"],
    ["sandbox", "Nectar Sandbox"],
    ["NECTAR", "Nectar Sandbox"],
    ["https://nectarclimate.com", "Nectar Sandbox"],
    ["nectarclimate.com/", "Nectar Sandbox"],
    ["power larkspur", "Larkspur Power &amp; Light"],
    ["larkspur.example", "Larkspur Power &amp; Light"],
    ["water", "Elderfen District Heating"],
  ])("finds %j", async (words, name) => {
    const page = await search(await visit((await invite(await start())).url), words);
    expect(utilitiesIn(page)[0]).toBe(name);
    expect(page.text).toContain(words === "" ? "<title>Connect" : "<title>Results for");
  });

  it.each([
    ["utility.example", "https://utility.example"],
    ["http://utility.example:8080/login?a=b", "http://utility.example:8080/login?a=b"],
    ["https://me:marked-pw@utility.example", "https://utility.example"],
  ])("takes %s for another one, by its address", async (words, url) => {
    const emulator = await start();
    const { company, url: link } = await invite(emulator);
    const page = await search(await visit(link), words);
    expect(utilitiesIn(page)).toHaveLength(1);
    const login = await follow(page, "Another utility, by its address");
    expect(login.heading).toBe(`Sign in to ${new URL(url).host}`);
    expect(login.text).not.toContain("marked-pw");
    await send(login, LOGIN);
    expect(await connectionsOf(emulator, company.id)).toMatchObject([
      { url, status: "PASSWORD_INCORRECT" },
    ]);
  });

  it.each(["no such utility", "ftp://utility.example", "javascript:alert(1)", "https://"])(
    "says what to do where nothing is found: %s",
    async (words) => {
      const page = await search(await visit((await invite(await start())).url), words);
      expect(page.status).toBe(200);
      expect(utilitiesIn(page)).toEqual([]);
      expect(page.text).toContain("Enter the address of the website where you sign in");
    },
  );
});

describe("the sites", () => {
  const names = Array.from({ length: 60 }, (_, index) => `Store ${index + 1}`);

  it("are searched where there are many, and what was chosen stays chosen", async () => {
    const { company, siteIds, url, emulator } = await many();
    const sites = await toLogin(url);
    expect(sitesIn(sites)).toEqual({ shown: names.slice(0, 20), chosen: [] });
    expect(sites.text).toContain("40 more. Search to find them.");
    const found = await send(sites, [
      ["find", "store 60"],
      ["search", "1"],
      ...choice([siteIds[4] ?? ""]),
    ]);
    expect(sitesIn(found)).toEqual({ shown: ["Store 5", "Store 60"], chosen: ["Store 5"] });
    const none = await send(found, [
      ["find", "nowhere"],
      ["search", "1"],
      ...choice([siteIds[4] ?? "", siteIds[59] ?? ""]),
    ]);
    expect(none.text).toContain("No site found for <strong>nowhere</strong>.");
    const login = await send(none, choice([siteIds[4] ?? "", siteIds[59] ?? ""]));
    await send(login, LOGIN);
    expect(await connectionsOf(emulator, company.id)).toMatchObject([
      { initialSites: [siteIds[4], siteIds[59]] },
    ]);
  });

  it("are one to three of the company's own", async () => {
    const { company, siteIds, url, emulator } = await many();
    const sites = await toLogin(url);
    const foreign = await createCompany(emulator);
    for (const [chosen, told] of [
      [[], "Choose at least one site."],
      [[foreign.id], "Choose at least one site."],
      [siteIds.slice(0, 4), "Choose at most 3 sites. You have chosen 4."],
      [siteIds, "Choose at most 3 sites. You have chosen 60."],
    ] as const) {
      const page = await send(sites, choice(chosen));
      expect([page.status, page.heading]).toEqual([200, "Choose your sites"]);
      // Above the form and at the field.
      expect(page.text.split(told)).toHaveLength(3);
      expect(page.text).toMatch(/<fieldset[^>]* aria-describedby="sites-error sites-hint"/);
    }
    // Another utility than the sandbox has no such limit.
    const other = await follow(await follow(sites, "Change utility"), "Larkspur");
    expect(other.text).toContain("Choose one or more.");
    const login = await send(other, choice(siteIds));
    expect(login.heading).toBe("Sign in to Larkspur Power &amp; Light");
    const four = await send(sites, choice(siteIds.slice(0, 4)));
    expect(sitesIn(four).chosen).toEqual(names.slice(0, 4));
    expect(await connectionsOf(emulator, company.id)).toEqual([]);
  });

  it("are all that the invitation prefills, however many", async () => {
    const emulator = await start();
    const { company, siteIds } = await invite(emulator, {}, Array(300).fill("Store"));
    const { body } = await call(emulator, "POST", `/invitation/company/${company.id}`, {
      prefill: { url: "https://utility.example", initialSites: siteIds.slice(1) },
    });
    const login = await visit(invitationWire.parse(body).invitationUrl ?? "");
    expect(login.address.length).toBeLessThan(1000);
    await send(login, WRONG);
    expect(await connectionsOf(emulator, company.id)).toMatchObject([
      { initialSites: siteIds.slice(1) },
    ]);
  });

  async function many() {
    const emulator = await start();
    return { emulator, ...(await invite(emulator, {}, names)) };
  }
});

describe("a login", () => {
  it("says at each field what is wrong, and never repeats the password", async () => {
    const emulator = await start();
    const { company, url } = await invite(emulator);
    const login = await toLogin(url);
    const empty = await send(login, []);
    expect(empty.text).toContain("<title>Error: Sign in to Nectar Sandbox");
    for (const [field, told] of [
      ["username", "Enter your user name."],
      ["password", "Enter your password."],
    ]) {
      expect(empty.text.split(told ?? "")).toHaveLength(3);
      expect(empty.text).toContain(`<a href="#${field}">${told}</a>`);
      expect(empty.text).toMatch(
        new RegExp(
          `id="${field}"[^>]* aria-describedby="${field}-error ${field}-hint" aria-invalid="true"`,
        ),
      );
    }
    expect(empty.text.match(/autofocus/g)).toHaveLength(1);
    const long = await send(login, [
      ["username", "n".repeat(300)],
      ["password", `marked-password${"x".repeat(1024)}`],
    ]);
    expect(long.text).toContain("A user name can have at most 255 characters.");
    expect(long.text).toContain("A password can have at most 1024 characters.");
    expect(long.text).not.toContain("marked-password");
    expect(await connectionsOf(emulator, company.id)).toEqual([]);
  });

  it.each([
    ["right", LOGIN, "USED", "FULFILLED"],
    ["wrong", WRONG, "LOGIN_REFUSED", "ACTIVE"],
  ])("that is tried later and %s shows that only then", async (_, login, event, status) => {
    let now = NOW;
    const emulator = await start({
      clock: { now: () => now, sleep: async () => {} },
      scenario: { pendingForMs: 3_600_000, later: [] },
    });
    const { id, url } = await invite(emulator, { maxUses: 1 });
    await send(await toLogin(url), login);
    const types = async () => (await eventsOf(emulator, id)).map(({ type }) => type);
    const shown = { status: "FULFILLED", useCount: 1, createdConnections: [{ status: "PENDING" }] };
    now += 3_599_999;
    expect(await invitationOf(emulator, id)).toMatchObject(shown);
    expect(await types()).toEqual(["VIEWED"]);
    now += 1;
    expect(await invitationOf(emulator, id)).toMatchObject({ status });
    expect(await types()).toEqual(["VIEWED", event]);
  });

  it("that is tried later can be given again when it turns out to be wrong", async () => {
    let now = NOW;
    const emulator = await start({
      clock: { now: () => now, sleep: async () => {} },
      scenario: { pendingForMs: 3_600_000, later: [] },
    });
    const { company, id, url } = await invite(emulator, { maxUses: 1 });
    const result = await send(await toLogin(url), WRONG);
    expect(result.heading).toBe("We are checking your login");
    now += 3_600_000;
    const refused = await visit(result.address);
    expect(refused.heading).toBe("Nectar Sandbox did not accept your login");
    const login = await follow(refused, "Sign in again");
    expect((await send(login, LOGIN)).heading).toBe("Your account is connected");
    expect(await connectionsOf(emulator, company.id)).toMatchObject([{ status: "CONNECTED" }]);
    expect(await invitationOf(emulator, id)).toMatchObject({ status: "FULFILLED", useCount: 1 });
  });
});

describe("renewing a login", () => {
  it("keeps the provider, and counts only a login that was accepted", async () => {
    const emulator = await start();
    const { company, siteIds } = await invite(emulator);
    const connection = await createConnection(emulator, company.id, {
      sites: siteIds,
      password: "wrong",
    });
    const { id, url } = await inviteAgain(emulator, connection.id, { maxUses: 1 });
    const login = await visit(url);
    expect(login.heading).toBe("Sign in to Nectar Sandbox");
    expect(login.text).not.toContain("Change ");
    const refused = await send(login, WRONG);
    expect(refused.text).toContain("did not accept this user name and password");
    expect(await invitationOf(emulator, id)).toMatchObject({ status: "ACTIVE", useCount: 0 });
    // The first form, corrected, as when somebody goes back.
    expect((await send(login, LOGIN)).heading).toBe("Your account is connected");
    expect(await invitationOf(emulator, id)).toMatchObject({
      status: "FULFILLED",
      useCount: 1,
      createdConnections: [],
      events: [{ type: "VIEWED" }, { type: "LOGIN_REFUSED" }, { type: "USED" }],
    });
    const path = `/connection/${connection.id}/details`;
    expect((await call(emulator, "GET", path)).body).toMatchObject({
      status: "CONNECTED",
      initialSites: siteIds,
    });
  });
});

describe("renewing a login with the sandbox login", () => {
  it.each([0, 4])("is refused for %i sites, and changes nothing", async (count) => {
    const emulator = await start();
    const { company, siteIds } = await invite(emulator, {}, ["A", "B", "C", "D"]);
    const connection = await createConnection(emulator, company.id, {
      ...{ sites: siteIds.slice(0, count), password: "wrong" },
    });
    const { id, url } = await inviteAgain(emulator, connection.id);
    const page = await send(await visit(url), LOGIN);
    const told = count === 0 ? "this connection has no sites" : "this connection has 4 sites";
    expect(page.text).toContain(told);
    expect(await connectionsOf(emulator, company.id)).toEqual([connection]);
    expect((await eventsOf(emulator, id)).map(({ type }) => type)).toEqual(["VIEWED"]);
  });
});

describe("a result", () => {
  it("tells each status in words of its own, and what to do", async () => {
    const emulator = await start();
    const { company, url } = await invite(emulator);
    const { address } = await send(await toLogin(url), LOGIN);
    const [connection] = await connectionsOf(emulator, company.id);
    const headings = new Map<string, string>();
    for (const status of STATUSES) {
      await emulator.setStatus(connection?.id ?? "", status);
      const page = await visit(address);
      expect(page.status).toBe(200);
      expect(page.text).not.toContain(status);
      expect(page.text).not.toMatch(/\{(?:utility|company)\}/);
      expect(page.text).toMatch(
        /nothing (?:more to do|for you to do)|[Rr]eload (?:it|this page) later|for a link to sign in again/,
      );
      headings.set(status, page.heading);
    }
    // One of them is spelt in two ways.
    expect(new Set(headings.values()).size).toBe(STATUSES.length - 1);
    expect(headings.get("WEBSITE_DOWN")).toBe("Nectar Sandbox can’t be reached right now");
  });

  it("leads to another account where the link can be used again", async () => {
    const emulator = await start();
    const { company, url } = await invite(emulator);
    const result = await send(await toLogin(url), LOGIN);
    const again = await follow(result, "Connect another account");
    expect(again.heading).toBe("Connect your utility account");
    await send(await follow(again, "Nectar Sandbox"), LOGIN);
    expect(await connectionsOf(emulator, company.id)).toHaveLength(2);
  });
});

describe("a link", () => {
  it.each([
    ["expired", 410, "This invitation has expired"],
    ["revoked", 410, "This invitation was withdrawn"],
    ["unknown", 404, "We can’t find this invitation"],
  ])("that is %s leads nowhere, with or without a form", async (why, status, heading) => {
    let now = NOW;
    const emulator = await start({ clock: { now: () => now, sleep: async () => {} } });
    const { company, id, url } = await invite(emulator, { expiresInSeconds: 60 });
    const { address } = await toLogin(url);
    if (why === "expired") now += 60_000;
    if (why === "revoked") await call(emulator, "POST", `/invitation/${id}/revoke`);
    const place = (text: string) => (why === "unknown" ? text.replace(url, `${url}x`) : text);
    for (const page of [
      await visit(place(url)),
      await visit(place(address)),
      await post(place(address), LOGIN),
    ]) {
      expect([page.status, page.heading]).toEqual([status, heading]);
    }
    expect(await connectionsOf(emulator, company.id)).toEqual([]);
  });

  it("notes a view once, however often it is reloaded, and none for a look at the headers", async () => {
    let now = NOW;
    const emulator = await start({ clock: { now: () => now, sleep: async () => {} } });
    const { id, url } = await invite(emulator);
    expect((await fetch(url, { method: "HEAD" })).status).toBe(200);
    expect(await eventsOf(emulator, id)).toEqual([]);
    for (const later of [0, 59_999, 60_000]) {
      now = NOW + later;
      await visit(url);
    }
    expect(await eventsOf(emulator, id)).toHaveLength(2);
  });

  it.each([
    ["right", LOGIN],
    ["wrong", WRONG],
  ])(
    "makes one connection of a form with a %s login, however often it is sent",
    async (_, login) => {
      const emulator = await start();
      const { company, url } = await invite(emulator);
      const { address } = await toLogin(url);
      const all = await Promise.all(Array.from({ length: 5 }, () => post(address, login)));
      expect(new Set(all.map(({ status }) => status))).toEqual(new Set([303]));
      expect(new Set(all.map(({ location }) => location)).size).toBe(1);
      expect(await connectionsOf(emulator, company.id)).toHaveLength(1);
    },
  );

  it("that can be used once is used once, whichever process serves it", async () => {
    const stateDir = temporaryFolder();
    const one = await start({ stateDir });
    const other = await start({ stateDir });
    const { company, url } = await invite(one, { maxUses: 1 });
    const { pathname } = new URL(url);
    const links = [one, other].map((emulator) => new URL(pathname, emulator.url).href);
    const logins = await Promise.all(links.map(toLogin));
    const sent = await Promise.all(logins.map(({ address }) => post(address, LOGIN)));
    expect(sent.map(({ status }) => status).sort()).toEqual([303, 410]);
    expect(await connectionsOf(one, company.id)).toHaveLength(1);
  });
});

describe("a password", () => {
  it("is kept nowhere: in no file, no page, no address, no answer of the API", async () => {
    const stateDir = temporaryFolder();
    const emulator = await start({ stateDir, standing: true });
    const { company, id, url } = await invite(emulator);
    const login = await toLogin(url);
    const unfinished = await send(login, WRONG.slice(1));
    const refused = await send(unfinished, WRONG);
    const texts = [
      unfinished.text,
      unfinished.address,
      refused.text,
      refused.address,
      JSON.stringify(await connectionsOf(emulator, company.id)),
      JSON.stringify(await invitationOf(emulator, id)),
      ...readdirSync(stateDir, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8")),
    ];
    expect(texts.length).toBeGreaterThan(6);
    expect(texts.join("\n")).toContain("somebody");
    expect(texts.join("\n")).not.toContain("marked-password");
  });
});

describe("a forged form", () => {
  it.each([
    ["another origin", { Origin: "https://evil.example" }],
    ["another port", { Origin: "http://127.0.0.1:1" }],
    ["no origin", { Origin: "null" }],
    ["a browser that says cross-site", { "Sec-Fetch-Site": "cross-site" }],
    ["a browser that says same-site", { "Sec-Fetch-Site": "same-site" }],
    ["nothing said", {}],
  ])("from %s is refused", async (_, headers) => {
    const emulator = await start();
    const { company, url } = await invite(emulator);
    const page = await post((await toLogin(url)).address, LOGIN, headers);
    expect(page.status).toBe(403);
    expect(page.text).toContain("was not sent from this page");
    expect(page.text).toContain(`href="${new URL(url).pathname}"`);
    expect(await connectionsOf(emulator, company.id)).toEqual([]);
  });

  it("of the page itself needs no more than what a browser says of it", async () => {
    const { url } = await invite(await start());
    const said = { "Sec-Fetch-Site": "same-origin" };
    expect((await post((await toLogin(url)).address, LOGIN, said)).status).toBe(303);
  });

  it("with a broken state, or with one of another invitation, starts again", async () => {
    const emulator = await start();
    const { company, url } = await invite(emulator);
    const another = await invite(emulator);
    const sealed = (await toLogin(url)).address.slice(url.length + 1);
    const foreign = (await toLogin(another.url)).address.slice(another.url.length + 1);
    for (const forged of ["x", `${sealed}x`, `x${sealed}`, sealed.slice(1), foreign]) {
      const page = await visit((await post(`${url}/${forged}`, LOGIN)).location);
      expect([forged, page.heading]).toEqual([forged, "Connect your utility account"]);
      expect(page.text).toContain("Start again.");
      expect((await visit(`${url}/${forged}`)).heading).toBe("Connect your utility account");
    }
    expect(await connectionsOf(emulator, company.id)).toEqual([]);
  });

  it("can't skip the address", async () => {
    const emulator = await start();
    const { company, url } = await invite(emulator, { allowedEmails: ["a@example.com"] });
    // The sealed step decides, whatever fields are sent along.
    const page = await send(await visit(url), [...LOGIN, ["url", SANDBOX.url]]);
    expect(page.heading).toBe("Confirm your email address");
    expect(await connectionsOf(emulator, company.id)).toEqual([]);
  });

  it("is not better when it is a true one that is an hour old", async () => {
    let now = NOW;
    const emulator = await start({ clock: { now: () => now, sleep: async () => {} } });
    const { company, url } = await invite(emulator);
    const login = await toLogin(url);
    now += 3_600_001;
    const page = await send(login, LOGIN);
    expect(page.heading).toBe("Connect your utility account");
    expect(page.text).toContain("open for too long");
    expect(await connectionsOf(emulator, company.id)).toEqual([]);
  });

  it("for a result shows nothing", async () => {
    const emulator = await start();
    const { url } = await invite(emulator);
    const { address } = await send(await toLogin(url), LOGIN);
    const another = await invite(emulator);
    for (const forged of [`${address}x`, address.replace(url, another.url)]) {
      expect([forged, (await visit(forged)).heading]).toEqual([
        forged,
        "Connect your utility account",
      ]);
    }
  });
});

describe("every answer", () => {
  it("allows its own style and nothing else, may be framed, and is not kept", async () => {
    const { id, url } = await invite(await start());
    const login = await toLogin(url);
    const pages = [
      await visit(url),
      login,
      await post(login.address, []),
      await send(login, []),
      await post(login.address, LOGIN),
      await visit(login.address),
      await post(login.address, [], {}),
      await visit(`${url}x`),
      await visit(`${url}/${id}/x`),
      await visit(new URL("/p/i/", url).href),
    ];
    expect(pages.map(({ status }) => status)).toEqual([
      200, 200, 303, 200, 303, 200, 403, 404, 404, 404,
    ]);
    for (const { headers, text } of pages) {
      const policy = headers.get("content-security-policy") ?? "";
      expect(policy).toMatch(
        /^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/]{43}='; form-action 'self'; base-uri 'none'; frame-ancestors \*$/,
      );
      expect(headers.get("x-frame-options")).toBeNull();
      expect(headers.get("referrer-policy")).toBe("same-origin");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("cache-control")).toBe("no-store");
      expect(text).not.toMatch(/<script|(?:src|href|action)="(?!\/p\/i\/|#)|style=/);
    }
  });

  it("is for this machine only", async () => {
    const emulator = await start();
    const { url } = await invite(emulator);
    const { request } = await import("node:http");
    const status = await new Promise((resolve, reject) => {
      request(url, { headers: { Host: "evil.example" } }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      })
        .on("error", reject)
        .end();
    });
    expect(status).toBe(421);
  });

  it("refuses a body that is too large", async () => {
    const { address } = await toLogin((await invite(await start())).url);
    const page = await post(address, [["username", "x".repeat(1024 * 1024)]]);
    expect(page.status).toBe(413);
    expect(page.headers.get("content-security-policy")).not.toBeNull();
  });
});
