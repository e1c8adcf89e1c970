/** The page behind a link, without a browser: steps, rules, headers, and everything that a forged form may try. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { RunningEmulator } from "../../../src/emulator/emulator.ts";
import {
  call,
  createCompany,
  createConnection,
  NOW,
  SANDBOX,
  start,
  temporaryFolder,
} from "../harness.ts";
import { type Entries, invite, inviteAgain, LOGIN, send, toLogin, visit } from "../visitor.ts";
import { invitationWire } from "../wire.ts";

async function connectionsOf(emulator: RunningEmulator, companyId: string) {
  return (await call(emulator, "GET", `/connection/company/${companyId}`)).body.connections;
}

async function eventsOf(emulator: RunningEmulator, id: string) {
  const { body } = await call(emulator, "GET", `/invitation/${id}`);
  return invitationWire.parse(body).events ?? [];
}

/** The sites whose box is ticked. */
function chosenIn(text: string): string[] {
  const boxes = text.match(/<input type="checkbox"[^>]*>/g) ?? [];
  return boxes
    .filter((box) => /\schecked\b/.test(box))
    .map((box) => /value="([^"]*)"/.exec(box)?.[1] ?? "");
}

/** The login's form, filled in. */
const filled = (form: string, siteIds: readonly string[], login: Entries = LOGIN): Entries => [
  ["form", form],
  ...login,
  ...siteIds.map((id) => ["sites", id] as const),
];

const WRONG: Entries = [
  ["username", "somebody"],
  ["password", "marked-password-5b1"],
];

describe("connecting", () => {
  it("goes from the provider to the login to the validated status", async () => {
    const emulator = await start();
    const { company, siteIds, id, url } = await invite(emulator, {
      prefill: { url: SANDBOX.url, country: "CA", connectionOwnerEmail: "owner@example.com" },
    });
    const first = await visit(url);
    expect([first.status, first.heading]).toEqual([200, "Which utility is it?"]);
    expect(first.text).toContain(`value="${SANDBOX.url}"`);
    expect(first.text).toContain("Step 1 of 2");
    const second = await toLogin(url);
    expect([second.status, second.heading]).toEqual([200, "Give the login for Nectar Sandbox"]);
    const sent = await send(url, filled(second.form, siteIds));
    expect(sent.status).toBe(303);
    const result = await visit(new URL(sent.headers.get("location") ?? "", url).href);
    expect([result.status, result.heading]).toEqual([200, "Connected"]);
    expect(result.text).toContain("Nectar can log in; data is being collected.");
    const [connection] = await connectionsOf(emulator, company.id);
    expect(connection).toMatchObject({
      status: "CONNECTED",
      country: "CA",
      initialSites: siteIds,
      workflowOwnerEmail: "owner@example.com",
    });
    expect((await call(emulator, "GET", `/invitation/${id}`)).body).toMatchObject({
      useCount: 1,
      status: "ACTIVE",
      createdConnections: [
        { id: connection?.id, datasourceName: "Nectar Sandbox", status: "CONNECTED" },
      ],
      events: [{ type: "VIEWED" }, { type: "USED" }],
    });
  });

  it("tells a wrong password, and that only a reconnect mends it", async () => {
    const emulator = await start();
    const { siteIds, url } = await invite(emulator, { maxUses: 1 });
    const { form } = await toLogin(url);
    const sent = await send(url, filled(form, siteIds, WRONG));
    const result = await visit(new URL(sent.headers.get("location") ?? "", url).href);
    expect([result.status, result.heading]).toEqual([200, "Password incorrect"]);
    expect(result.text).toContain("for an invitation to renew this login");
    expect(result.text).not.toContain("Try again");
    // The connection exists, so the link is used up; its result stays.
    expect(await visit(url)).toMatchObject({
      status: 410,
      heading: "This invitation has been used",
    });
  });

  it("asks for an address of the list first, and counts it as verified", async () => {
    const emulator = await start();
    const { company, siteIds, id, url } = await invite(emulator, {
      allowedEmails: ["Anna@example.com"],
    });
    const first = await visit(url);
    expect(first.heading).toBe("Confirm your e-mail address");
    const stranger = await send(url, [
      ["form", first.form],
      ["email", "eve@example.com"],
    ]);
    expect(stranger.status).toBe(422);
    expect(stranger.text).toContain("This invitation is not for this address.");
    expect(stranger.text).toContain(`value="eve@example.com"`);
    const second = await send(url, [
      ["form", stranger.form],
      ["email", " anna@EXAMPLE.com "],
    ]);
    expect([second.status, second.heading]).toEqual([200, "Which utility is it?"]);
    const third = await send(url, [
      ["form", second.form],
      ["url", "nectarclimate.com"],
    ]);
    await send(url, filled(third.form, siteIds));
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

  it("preselects the only site, or the prefilled ones", async () => {
    const emulator = await start();
    const only = await invite(emulator);
    expect(chosenIn((await toLogin(only.url)).text)).toEqual(only.siteIds);
    const several = await invite(emulator, {}, ["One", "Two"]);
    expect(chosenIn((await toLogin(several.url)).text)).toEqual([]);
    const { body } = await call(emulator, "POST", `/invitation/company/${several.company.id}`, {
      prefill: { initialSites: [several.siteIds[1]] },
    });
    const page = await toLogin(new URL(`/p/i/${Reflect.get(body, "token")}`, several.url).href);
    expect(chosenIn(page.text)).toEqual([several.siteIds[1]]);
  });

  it.each([
    ["no url", "", "Enter the address of the utility&#39;s website."],
    ["no web address", "ftp://utility.example", "Enter a web address such as"],
    ["a login inside", "https://me:pw@utility.example", "Leave the user name and the password out"],
  ])("refuses %s at the provider", async (_, given, error) => {
    const { url } = await invite(await start());
    const first = await visit(url);
    const page = await send(url, [
      ["form", first.form],
      ["url", given],
    ]);
    expect(page.status).toBe(422);
    expect(page.text).toContain(error);
    expect(page.text).toContain("<title>Error: Which utility is it?");
    expect(page.text).toMatch(
      /id="url"[^>]* aria-describedby="url-error url-hint" aria-invalid="true" autofocus/,
    );
  });

  it("says at each field what is wrong, and never repeats the password", async () => {
    const emulator = await start();
    const { company, siteIds, url } = await invite(emulator, {}, ["A", "B", "C", "D"]);
    const { form } = await toLogin(url);
    const empty = await send(url, [["form", form]]);
    expect(empty.status).toBe(422);
    for (const error of [
      "Enter the user name.",
      "Enter the password.",
      "Choose at least one site.",
    ]) {
      // Above the form and at the field.
      expect(empty.text.split(error)).toHaveLength(3);
    }
    expect(empty.text.match(/autofocus/g)).toHaveLength(1);
    const many = await send(url, filled(empty.form, siteIds, WRONG));
    expect(many.text).toContain("Choose at most 3 sites; 4 are chosen.");
    expect(many.text).toContain(`value="somebody"`);
    expect(many.text).not.toContain("marked-password");
    const foreign = await createCompany(emulator);
    const strange = await send(url, filled(empty.form, [foreign.id], WRONG));
    expect(strange.text).toContain("Choose sites of this list.");
    expect(await connectionsOf(emulator, company.id)).toEqual([]);
  });

  it("lets the utility be changed", async () => {
    const { url } = await invite(await start());
    const { form } = await toLogin(url);
    const page = await send(url, [
      ["form", form],
      ["back", "1"],
    ]);
    expect([page.status, page.heading]).toEqual([200, "Which utility is it?"]);
    expect(page.text).toContain(`value="${SANDBOX.url}"`);
  });

  it("shows names as text", async () => {
    const emulator = await start();
    const evil = `<script>alert("x")</script>'"&`;
    const { body } = await call(emulator, "POST", "/company", { name: evil });
    await call(emulator, "POST", `/site/company/${body.id}`, { name: evil, address: evil });
    const made = await call(emulator, "POST", `/invitation/company/${body.id}`);
    const page = await toLogin(
      new URL(`/p/i/${Reflect.get(made.body, "token")}`, emulator.url).href,
    );
    expect(page.status).toBe(200);
    expect(page.text).not.toContain("<script");
    expect(
      page.text.split("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&#39;&quot;&amp;"),
    ).toHaveLength(4);
  });

  it("needs a site", async () => {
    const page = await visit((await invite(await start(), {}, [])).url);
    expect([page.status, page.heading]).toEqual([409, "There is nothing to connect yet"]);
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
    expect(connection.status).toBe("PASSWORD_INCORRECT");
    const { id, url } = await inviteAgain(emulator, connection.id, { maxUses: 1 });
    const first = await visit(url);
    expect(first.heading).toBe("Renew the login for Nectar Sandbox");
    expect(first.text).not.toMatch(/name="(?:url|sites|back)"/);
    const refused = await send(url, filled(first.form, [], WRONG));
    const told = await visit(new URL(refused.headers.get("location") ?? "", url).href);
    expect(told.heading).toBe("Password incorrect");
    expect(told.text).toContain("Try again");
    expect((await call(emulator, "GET", `/invitation/${id}`)).body).toMatchObject({
      status: "ACTIVE",
      useCount: 0,
    });
    // The very same form, corrected: browsers may keep it when somebody goes back.
    const accepted = await send(url, filled(first.form, []));
    const result = await visit(new URL(accepted.headers.get("location") ?? "", url).href);
    expect(result.heading).toBe("Connected");
    expect((await call(emulator, "GET", `/invitation/${id}`)).body).toMatchObject({
      status: "FULFILLED",
      useCount: 1,
      createdConnections: [],
      events: [{ type: "VIEWED" }, { type: "LOGIN_REFUSED" }, { type: "USED" }],
    });
    const path = `/connection/${connection.id}/details`;
    expect((await call(emulator, "GET", path)).body.status).toBe("CONNECTED");
  });
});

describe("a link", () => {
  it.each([
    ["expired", 410, "This invitation has expired"],
    ["revoked", 410, "This invitation was withdrawn"],
    ["unknown", 404, "There is no such invitation"],
  ])("that is %s leads nowhere, with or without a form", async (why, status, heading) => {
    let now = NOW;
    const emulator = await start({ clock: { now: () => now, sleep: async () => {} } });
    const { company, siteIds, id, url } = await invite(emulator, { expiresInSeconds: 60 });
    const { form } = await toLogin(url);
    if (why === "expired") now += 60_000;
    if (why === "revoked") await call(emulator, "POST", `/invitation/${id}/revoke`);
    const link = why === "unknown" ? `${url}x` : url;
    for (const page of [await visit(link), await send(link, filled(form, siteIds))]) {
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

  it("makes one connection of a form, however often it is sent", async () => {
    const emulator = await start();
    const { company, siteIds, url } = await invite(emulator);
    const { form } = await toLogin(url);
    const all = await Promise.all(
      Array.from({ length: 5 }, () => send(url, filled(form, siteIds))),
    );
    expect(new Set(all.map(({ status }) => status))).toEqual(new Set([303]));
    expect(new Set(all.map(({ headers }) => headers.get("location"))).size).toBe(1);
    expect(await connectionsOf(emulator, company.id)).toHaveLength(1);
  });

  it("that can be used once is used once, whichever process serves it", async () => {
    const stateDir = temporaryFolder();
    const one = await start({ stateDir });
    const other = await start({ stateDir });
    const { company, siteIds, url } = await invite(one, { maxUses: 1 });
    const { pathname } = new URL(url);
    const links = [one, other].map((emulator) => new URL(pathname, emulator.url).href);
    const forms = await Promise.all(links.map(async (link) => (await toLogin(link)).form));
    const sent = await Promise.all(
      links.map((link, index) => send(link, filled(forms[index] ?? "", siteIds))),
    );
    expect(sent.map(({ status }) => status).sort()).toEqual([303, 410]);
    expect(await connectionsOf(one, company.id)).toHaveLength(1);
  });
});

describe("a password", () => {
  it("is kept nowhere: in no file, no page, no address, no answer of the API", async () => {
    const stateDir = temporaryFolder();
    const emulator = await start({ stateDir, standing: true });
    const { company, siteIds, id, url } = await invite(emulator);
    const { form } = await toLogin(url);
    const unfinished = await send(url, filled(form, [], WRONG));
    const sent = await send(url, filled(unfinished.form, siteIds, WRONG));
    const location = new URL(sent.headers.get("location") ?? "", url).href;
    const texts = [
      unfinished.text,
      location,
      (await visit(location)).text,
      JSON.stringify(await connectionsOf(emulator, company.id)),
      JSON.stringify((await call(emulator, "GET", `/invitation/${id}`)).body),
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
    const { company, siteIds, url } = await invite(emulator);
    const { form } = await toLogin(url);
    const page = await send(url, filled(form, siteIds), headers);
    expect(page.status).toBe(403);
    expect(page.text).toContain("did not come from this page");
    expect(await connectionsOf(emulator, company.id)).toEqual([]);
  });

  it("of the page itself needs no more than what a browser says of it", async () => {
    const { siteIds, url } = await invite(await start());
    const { form } = await toLogin(url);
    const said = { "Sec-Fetch-Site": "same-origin" };
    expect((await send(url, filled(form, siteIds), said)).status).toBe(303);
  });

  it("without its seal, with a broken one, or with one of another invitation is refused", async () => {
    const emulator = await start();
    const { company, siteIds, url } = await invite(emulator);
    const another = await invite(emulator);
    const { form } = await toLogin(url);
    const foreign = (await toLogin(another.url)).form;
    const [state = "", seal = ""] = form.split(".");
    const otherState = Buffer.from(
      JSON.stringify({
        ...JSON.parse(Buffer.from(state, "base64url").toString()),
        url: "https://x.example",
      }),
    ).toString("base64url");
    for (const forged of ["", ".", state, `${otherState}.${seal}`, `${form}x`, foreign]) {
      const page = await send(url, filled(forged, siteIds));
      expect([forged, page.status]).toEqual([forged, 403]);
    }
    expect(await connectionsOf(emulator, company.id)).toEqual([]);
  });

  it("can't skip the address", async () => {
    const emulator = await start();
    const { company, siteIds, url } = await invite(emulator, { allowedEmails: ["a@example.com"] });
    const { form } = await visit(url);
    // The sealed step decides, whatever fields are sent along.
    const page = await send(url, [...filled(form, siteIds), ["url", SANDBOX.url]]);
    expect([page.status, page.heading]).toEqual([422, "Confirm your e-mail address"]);
    expect(await connectionsOf(emulator, company.id)).toEqual([]);
  });

  it("is not better when it is a true one that is an hour old", async () => {
    let now = NOW;
    const emulator = await start({ clock: { now: () => now, sleep: async () => {} } });
    const { siteIds, url } = await invite(emulator);
    const { form } = await toLogin(url);
    now += 3_600_001;
    const page = await send(url, filled(form, siteIds));
    expect(page.status).toBe(403);
    expect(page.text).toContain("open for too long");
    expect(page.text).toContain(`href="${new URL(url).pathname}"`);
  });

  it("for a result shows nothing", async () => {
    const emulator = await start();
    const { siteIds, url } = await invite(emulator);
    const sent = await send(url, filled((await toLogin(url)).form, siteIds));
    const location = new URL(sent.headers.get("location") ?? "", url).href;
    expect((await visit(location)).status).toBe(200);
    const another = await invite(emulator);
    for (const forged of [
      `${location}x`,
      location.replace(/\.[^.]*$/, "."),
      location.replace(new URL(url).pathname, new URL(another.url).pathname),
    ]) {
      expect([forged, (await visit(forged)).status]).toEqual([forged, 404]);
    }
  });
});

describe("every answer", () => {
  it("allows its own style and nothing else, may be framed, and is not kept", async () => {
    const { id, url, siteIds } = await invite(await start());
    const login = await toLogin(url);
    const pages = [
      await visit(url),
      login,
      await send(url, [["form", login.form]]),
      await send(url, filled(login.form, siteIds)),
      await send(url, [], {}),
      await visit(`${url}x`),
      await visit(`${url}/result/${id}`),
      await visit(new URL("/p/i/", url).href),
    ];
    expect(pages.map(({ status }) => status)).toEqual([200, 200, 422, 303, 403, 404, 404, 404]);
    for (const { headers, text } of pages) {
      const policy = headers.get("content-security-policy") ?? "";
      expect(policy).toMatch(
        /^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/]{43}='; form-action 'self'; base-uri 'none'; frame-ancestors \*$/,
      );
      expect(headers.get("x-frame-options")).toBeNull();
      expect(headers.get("referrer-policy")).toBe("same-origin");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("cache-control")).toBe("no-store");
      expect(text).not.toMatch(/<script|https?:\/\/(?!nectarclimate|utility\.example)|style=/);
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
    const { url } = await invite(await start());
    const page = await send(url, [["username", "x".repeat(1024 * 1024)]]);
    expect(page.status).toBe(413);
    expect(page.headers.get("content-security-policy")).not.toBeNull();
  });
});
