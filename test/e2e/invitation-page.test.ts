/** The invitation's page in a real browser, with commands of the tool around it. */
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { call, SANDBOX, start } from "../emulator/harness.ts";
import { freshPlace, type Place } from "../support/run-cli.ts";

/** Debian's package `chromium`. */
const CHROMIUM = "/usr/bin/chromium";
const lacking = !existsSync(CHROMIUM);
if (lacking) process.stderr.write(`The tests in a browser do not run: no ${CHROMIUM}.\n`);

const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** axe-core; a script for the browser. */
const require = createRequire(import.meta.url);
const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

/** What axe finds. */
const AUDIT = `axe.run().then(({ violations }) =>
  violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ": " + html)))`;

/** By how many pixels the page is wider than its window, and what is less than 44 pixels high and can be hit. */
const SIZES = `[
  document.documentElement.scrollWidth - window.innerWidth,
  [...document.querySelectorAll("button, label.site, .providers a, .change, .button, input:not([type=checkbox])")]
    .filter((one) => one.getBoundingClientRect().height < 44)
    .map((one) => one.outerHTML),
]`;

const LOGIN = "Sign in to Nectar Sandbox";
const CONNECTED = "Your account is connected";

/** How long the browser may take before it counts as hung, in milliseconds. */
const HANG_MS = 30_000;

describe.runIf(!lacking)("the page of an invitation", { timeout: HANG_MS }, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGS });
  }, HANG_MS);
  afterAll(() => browser.close());

  async function open(url: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 900, height: 800 }, ...options });
    onTestFinished(() => context.close());
    const page = await context.newPage();
    page.setDefaultTimeout(HANG_MS / 3);
    await page.goto(url);
    return page;
  }

  it("connects the sandbox's login, and the connection is listed", async () => {
    const { place, create } = await company();
    const { url, id } = await create();
    const page = await open(url);
    await giveProvider(page);
    await giveLogin(page);
    await expectHeading(page, CONNECTED);
    const listed = await json<{ id: string; status: string }[]>(place, ["connections", "list"]);
    expect(listed).toMatchObject([{ status: "CONNECTED" }]);
    expect(await page.textContent("dl")).toContain("Plant");
    const invitation = await json<{ status: string; connections: unknown[] }>(place, [
      "invitations",
      "get",
      id,
    ]);
    expect(invitation).toMatchObject({ status: "ACTIVE", useCount: 1, connections: [{}] });
  });

  it("tells a wrong password, and takes the right one through the same link", async () => {
    const { place, create } = await company();
    const { url } = await create("--max-uses", "1");
    const page = await open(url);
    await giveProvider(page);
    await giveLogin(page, "marked-password-77");
    const alert = page.getByRole("alert");
    await alert.getByText("did not accept this user name and password").waitFor();
    expect(await page.title()).toMatch(/^Error: /);
    expect(await page.getByLabel("User name").inputValue()).toBe(SANDBOX.username);
    expect(await page.content()).not.toContain("marked-password-77");
    const [refused] = await json<{ id: string; status: string }[]>(place, ["connections", "list"]);
    expect(refused?.status).toBe("PASSWORD_INCORRECT");
    // A reload shows the same and sends nothing.
    await page.reload();
    await alert.waitFor();
    await giveLogin(page);
    await expectHeading(page, CONNECTED);
    const connected = await json<unknown[]>(place, ["connections", "list"]);
    expect(connected).toMatchObject([{ id: refused?.id, status: "CONNECTED" }]);
  });

  it("renews a login, once", async () => {
    const { place, create } = await company();
    const page = await open((await create()).url);
    await giveProvider(page);
    await giveLogin(page, "wrong");
    await page.getByRole("alert").waitFor();
    const [broken] = await json<{ id: string }[]>(place, ["connections", "list"]);
    const again = await create("--reconnect", broken?.id ?? "", "--max-uses", "1");
    await page.goto(again.url);
    await expectHeading(page, LOGIN);
    await giveLogin(page, "still wrong");
    await page.getByRole("alert").waitFor();
    await giveLogin(page);
    await expectHeading(page, CONNECTED);
    const result = page.url();
    const renewed = await json<unknown[]>(place, ["connections", "list"]);
    expect(renewed).toMatchObject([{ id: broken?.id, status: "CONNECTED" }]);

    // The link is used up; its result can still be looked at.
    expect((await page.goto(again.url))?.status()).toBe(410);
    await expectHeading(page, "This invitation has been used");
    expect((await page.goto(result))?.status()).toBe(200);
    await expectHeading(page, CONNECTED);
  });

  it("goes back and forward through the steps as through any pages", async () => {
    const { place, create } = await company(["North", "South"]);
    const page = await open((await create()).url);
    await page.getByLabel("Your utility").fill("sandbox");
    await page.getByRole("button", { name: "Search" }).click();
    await page.getByRole("heading", { name: "1 utility found" }).waitFor();
    await giveProvider(page, "Choose your sites");
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByRole("alert").waitFor();
    await page.getByLabel("North").check();
    await page.getByRole("button", { name: "Continue" }).click();
    await expectHeading(page, LOGIN);
    await page.goBack();
    await page.getByRole("alert").waitFor();
    await page.goBack();
    await expectHeading(page, "Choose your sites");
    await page.goBack();
    await page.getByRole("heading", { name: "1 utility found" }).waitFor();
    for (let step = 0; step < 3; step++) await page.goForward();
    await giveLogin(page);
    await expectHeading(page, CONNECTED);
    // The login is behind: going back to it leads to its result.
    await page.goBack();
    await expectHeading(page, CONNECTED);
    expect(await json<unknown[]>(place, ["connections", "list"])).toHaveLength(1);
  });

  it("tells a link that has expired, while its form was open, too", async () => {
    const { create, advance } = await company();
    const { url } = await create("--expires-in", "60s");
    const page = await open(url);
    await giveProvider(page);
    advance(60_000);
    await giveLogin(page);
    await expectHeading(page, "This invitation has expired");
    expect((await page.goto(url))?.status()).toBe(410);
  });

  it("tells a link that was withdrawn", async () => {
    const { place, create } = await company();
    const { url, id } = await create();
    await place.run(["invitations", "revoke", id, "--yes", "--local"]);
    const page = await open(url);
    await expectHeading(page, "This invitation was withdrawn");
  });

  it("is done with the keyboard alone", async () => {
    const { place, create } = await company(["North", "South"]);
    const { url } = await create("--email", "anna@example.com");
    const page = await open(url);
    const { keyboard } = page;
    const focus = () => page.locator(":focus").getAttribute("id");
    await keyboard.press("Tab");
    await keyboard.press("Enter");
    // The summary of what is wrong takes the focus; its link leads to the field.
    await page.getByRole("alert").waitFor();
    expect(await page.locator(":focus").getAttribute("role")).toBe("alert");
    await keyboard.press("Tab");
    await keyboard.press("Enter");
    expect(await focus()).toBe("email");
    await keyboard.type("anna@example.com");
    await keyboard.press("Enter");
    await expectHeading(page, "Connect your utility account");
    await keyboard.press("Tab");
    expect(await focus()).toBe("q");
    await keyboard.type("nectarclimate.com");
    await keyboard.press("Enter");
    await page.getByRole("heading", { name: "1 utility found" }).waitFor();
    for (let stop = 0; stop < 3; stop++) await keyboard.press("Tab");
    await keyboard.press("Enter");
    await expectHeading(page, "Choose your sites");
    await keyboard.press("Tab");
    await keyboard.press("Tab");
    await keyboard.press("Space");
    await keyboard.press("Enter");
    await expectHeading(page, LOGIN);
    for (let stop = 0; stop < 3; stop++) await keyboard.press("Tab");
    await keyboard.type(SANDBOX.username);
    await keyboard.press("Tab");
    await keyboard.type(SANDBOX.password);
    await keyboard.press("Enter");
    await expectHeading(page, CONNECTED);
    expect(await page.textContent("dl")).toContain("South");
    expect(await json<unknown[]>(place, ["connections", "list"])).toHaveLength(1);
  });

  it("works inside of another site's page", async () => {
    const { place, create } = await company();
    const { url } = await create();
    const host = createServer((_, response) => {
      response.setHeader("content-type", "text/html");
      response.end(`<!doctype html><title>Host</title><iframe src="${url}"></iframe>`);
    });
    await new Promise<void>((resolve) => {
      host.listen(0, "127.0.0.1", resolve);
    });
    onTestFinished(() => {
      host.close();
    });
    const { port } = host.address() as AddressInfo;
    // Another name is another site to the browser, though both are this machine.
    const page = await open(`http://localhost:${port}/`);
    const frame = page.frameLocator("iframe");
    await frame.getByRole("link", { name: "Nectar Sandbox" }).click();
    await frame.getByLabel("User name").fill(SANDBOX.username);
    await frame.getByLabel("Password").fill(SANDBOX.password);
    await frame.getByRole("button", { name: "Connect" }).click();
    await frame.getByRole("heading", { name: CONNECTED }).waitFor();
    expect(await json<unknown[]>(place, ["connections", "list"])).toHaveLength(1);
  });

  it("runs no script, wherever it comes from", async () => {
    const evil = `<script>document.title="taken"</script><img src=x onerror="document.title='taken'">`;
    const { create } = await company([evil, "Plant"], evil);
    const { url } = await create();
    const page = await open(url);
    const violations: string[] = [];
    page.on("console", (message) => violations.push(message.text()));
    await giveProvider(page, "Choose your sites");
    expect(await page.locator("label.site").first().textContent()).toContain(evil);
    expect(await page.locator("img, script").count()).toBe(0);
    // One that got into the page all the same is stopped by the policy.
    await page.evaluate(
      `const script = document.createElement("script");
       script.textContent = "document.title = 'taken'";
       document.body.append(script);`,
    );
    await expect.poll(() => violations.join()).toContain("Content Security Policy");
    expect(await page.title()).toBe("Choose your sites · Utility Connect");
    // While its own style counts.
    const rounded = await page.evaluate(
      `getComputedStyle(document.querySelector("main")).borderRadius`,
    );
    expect(rounded).not.toBe("0px");
  });

  it("makes one connection of a double click", async () => {
    const { place, create } = await company();
    const { url } = await create();
    const page = await open(url);
    await giveProvider(page);
    await page.getByLabel("User name").fill(SANDBOX.username);
    await page.getByLabel("Password").fill(SANDBOX.password);
    await page.getByRole("button", { name: "Connect" }).dblclick();
    await expectHeading(page, CONNECTED);
    await page.reload();
    await expectHeading(page, CONNECTED);
    expect(await json<unknown[]>(place, ["connections", "list"])).toHaveLength(1);
  });

  it("takes no form from another site's page", async () => {
    const { place, create } = await company();
    const step = (await open((await create()).url)).url();
    const host = createServer((_, response) => {
      response.setHeader("content-type", "text/html");
      response.end(
        `<!doctype html><form method="post" action="${step}"><button>Go</button></form>`,
      );
    });
    await new Promise<void>((resolve) => {
      host.listen(0, "127.0.0.1", resolve);
    });
    onTestFinished(() => {
      host.close();
    });
    const page = await open(`http://localhost:${(host.address() as AddressInfo).port}/`);
    await page.getByRole("button").click();
    await expectHeading(page, "That didn’t work");
    expect(await json<unknown[]>(place, ["connections", "list"])).toEqual([]);
  });

  it.each([
    ["light", { colorScheme: "light" }],
    ["dark, 320 pixels wide", { colorScheme: "dark", viewport: { width: 320, height: 640 } }],
  ] satisfies [string, BrowserContextOptions][])(
    "fits, can be read, named and hit in every state: %s",
    { timeout: 4 * HANG_MS },
    async (_, options) => {
      const { place, create } = await company([
        `A ${"very ".repeat(12)}long name`,
        "x".repeat(120),
        ...["C", "D", "E", "F", "G", "H", "I"],
      ]);
      const link = await create("--email", "anna@example.com", "--max-uses", "1");
      const page = await open(link.url, options);
      const press = (name: string) => page.getByRole("button", { name }).click();
      const check = async (state: string, isError = false) => {
        if (isError) await page.getByRole("alert").waitFor();
        expect((await page.title()).startsWith("Error: "), state).toBe(isError);
        await page.evaluate(AXE);
        expect(await page.evaluate(AUDIT), state).toEqual([]);
        expect(await page.evaluate(SIZES), state).toEqual([expect.toSatisfy((by) => by <= 0), []]);
      };
      await check("email");
      await press("Continue");
      await check("email, wrong", true);
      await page.getByLabel("Email address").fill("anna@example.com");
      await press("Continue");
      await check("utilities");
      for (const words of ["nothing like it", "utility.example/a-long-path".repeat(6)]) {
        await page.getByLabel("Your utility").fill(words);
        await press("Search");
        await page.getByText(words.includes(".") ? "1 utility found" : "No results for").waitFor();
        await check(words);
      }
      await page.getByRole("link", { name: "Another utility" }).click();
      await press("Continue");
      await check("sites, none chosen", true);
      await page.getByLabel("xxx").check();
      await page.getByLabel("Find a site").fill("nowhere");
      await press("Search");
      await page.getByText("No site found").waitFor();
      await check("sites, none found");
      await press("Continue");
      await giveLogin(page);
      await check("login, refused", true);
      await page.getByRole("link", { name: "Use the sandbox" }).click();
      await check("login");
      await giveLogin(page);
      await expectHeading(page, CONNECTED);
      await check("connected");
      const result = page.url();
      const [made] = await json<{ id: string }[]>(place, ["connections", "list"]);
      for (const [status, heading] of [
        ["PENDING", "We are checking your login"],
        ["NEW_PASSWORD_NEEDED", "Nectar Sandbox asks for a new password"],
      ] as const) {
        await place.run(["emulator", "set-status", made?.id ?? "", status]);
        await page.goto(result);
        await expectHeading(page, heading);
        await check(status);
      }
      await page.goto(link.url);
      await expectHeading(page, "This invitation has been used");
      await check("used");
    },
  );
});

/** A company on a standing emulator, and the commands of the same machine. */
async function company(sites: readonly string[] = ["Plant"], name = "Acme") {
  const place = freshPlace();
  let ahead = 0;
  const emulator = await start({
    stateDir: place.env["NECTAR_STATE_DIR"] ?? "",
    standing: true,
    pid: process.pid,
    clock: { now: () => Date.now() + ahead, sleep: async () => {} },
  });
  const { body } = await call(emulator, "POST", "/company", { name });
  for (const site of sites) {
    await call(emulator, "POST", `/site/company/${body.id}`, { name: site });
  }
  await place.run(["companies", "use", body.id, "--local"]);
  return {
    place,
    advance: (ms: number) => {
      ahead += ms;
    },
    create: (...words: string[]) =>
      json<{ id: string; url: string }>(place, ["invitations", "create", ...words]),
  };
}

async function json<Value>(place: Place, words: readonly string[]): Promise<Value> {
  const run = await place.run([...words, "--local", "--json"]);
  expect([run.status, run.stderr]).toEqual([0, ""]);
  return run.json<Value>();
}

async function giveProvider(page: Page, next = LOGIN): Promise<void> {
  await page.getByRole("link", { name: "Nectar Sandbox" }).click();
  await expectHeading(page, next);
}

async function giveLogin(page: Page, password: string = SANDBOX.password): Promise<void> {
  await page.getByLabel("User name").fill(SANDBOX.username);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Connect" }).click();
}

async function expectHeading(page: Page, name: string): Promise<void> {
  await page.getByRole("heading", { level: 1, name, exact: true }).waitFor();
}
