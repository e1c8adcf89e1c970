/** `nectar emulator webhooks`: adds, lists, removes endpoints of the folder's emulator, and shows what was sent. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { receiver } from "../emulator/webhooks/receiving.ts";
import { freshPlace, type Place } from "../support/run-cli.ts";

const HOOK = "http://127.0.0.1:3000/hook";
const PLAIN = { NO_COLOR: "1" };

interface Endpoint {
  readonly id: string;
  readonly url: string;
  readonly secret?: string;
}

function webhooks(place: Place, ...words: string[]) {
  return place.run(["emulator", "webhooks", ...words]);
}

async function listed(place: Place, ...words: string[]): Promise<readonly Endpoint[]> {
  return (await webhooks(place, "list", "--json", ...words)).json<Endpoint[]>();
}

describe("add", () => {
  it("prints the secret, and keeps it for the same URL", async () => {
    const place = freshPlace();
    const run = await webhooks(place, "add", HOOK, "--json");
    expect([run.status, run.stderr]).toEqual([0, ""]);
    expect(run.json()).toMatchObject({
      ...{ url: HOOK, eventTypes: [], listenerPid: null, outcome: "created" },
      secret: expect.stringMatching(/^whsec_/),
    });
    const again = await webhooks(place, "add", HOOK, "--event", "document.created.v2", "--json");
    expect(again.json()).toEqual({
      ...run.json(),
      ...{ eventTypes: ["document.created.v2"], outcome: "existing" },
    });
    expect(await listed(place)).toHaveLength(1);
  });

  it("is a record on a terminal and an ID when quiet", async () => {
    const place = freshPlace();
    const run = await place.run(["emulator", "webhooks", "add", HOOK], { columns: 90, env: PLAIN });
    expect(run.stdout).toMatch(/^Secret {3}whsec_\S{32}$/m);
    expect(run.stdout).toMatch(/^Events {3}all$/m);
    const quiet = await webhooks(place, "add", HOOK, "--quiet");
    expect(quiet.stdout).toMatch(/^[0-9a-f-]{36}\n$/);
  });

  it.each([
    [
      ["http://example.com/"],
      /<url>: "http:\/\/example\.com\/".*https URL, or http on 127\.0\.0\.1/,
    ],
    [["example.com"], /<url>: "example\.com"/],
    [["http://me:hunter2@127.0.0.1/"], /^(?!.*hunter2).*<url>: the URL \(not shown/s],
    [[HOOK, "--event", "document.created"], /--event: "document\.created".*document\.created\.v2/],
  ])("%j is refused", async (words, says) => {
    const place = freshPlace();
    const run = await webhooks(place, "add", ...words);
    expect([run.status, run.stdout]).toEqual([2, ""]);
    expect(run.stderr).toMatch(says);
    expect(existsSync(join(place.folder, "state"))).toBe(false);
  });
});

describe("list", () => {
  it("shows secrets only when it is asked to", async () => {
    const place = freshPlace();
    await webhooks(place, "add", HOOK);
    const run = await webhooks(place, "list");
    expect(run.stdout).toMatch(new RegExp(`^${HOOK}\tall\tuntil it is removed\t[0-9a-f-]{36}\n$`));
    for (const words of [[], ["--json"], ["--quiet"]]) {
      expect((await webhooks(place, "list", ...words)).stdout).not.toContain("whsec_");
    }
    expect((await webhooks(place, "list", "--show-secret")).stdout).toContain("\twhsec_");
    expect((await listed(place, "--show-secret"))[0]?.secret).toMatch(/^whsec_/);
  });

  it("of none says so on a terminal, and touches nothing", async () => {
    const place = freshPlace();
    const run = await place.run(["emulator", "webhooks", "list"], { columns: 80, env: PLAIN });
    expect([run.status, run.stdout, run.stderr]).toEqual([
      ...[0, "", "No webhooks are registered.\n"],
    ]);
    expect(existsSync(join(place.folder, "state"))).toBe(false);
  });
});

describe("remove", () => {
  it("takes an ID or a URL", async () => {
    const place = freshPlace();
    await webhooks(place, "add", HOOK);
    const [endpoint] = await listed(place);
    expect((await webhooks(place, "remove", endpoint?.id ?? "", "--json")).json()).toEqual({
      id: endpoint?.id,
      removed: true,
    });
    await webhooks(place, "add", "http://localhost:3000");
    expect((await webhooks(place, "remove", "http://localhost:3000")).status).toBe(0);
    expect(await listed(place)).toEqual([]);
  });

  it("of what is not there exits 5", async () => {
    const run = await webhooks(freshPlace(), "remove", HOOK);
    expect([run.status, run.stdout]).toEqual([5, ""]);
    expect(run.stderr).toContain("nectar emulator webhooks list");
  });
});

describe("deliveries", () => {
  it("are what commands sent at their end", async () => {
    const place = freshPlace();
    const there = await receiver((response, _, index) => {
      response.writeHead(index === 0 ? 500 : 200).end();
    });
    await webhooks(place, "add", there.url, "--event", "connection.created.v2");
    const onboard = ["onboard", "--local", "--company-name", "Acme", "--site", "Plant", "--json"];
    expect((await place.run(onboard)).status).toBe(0);
    expect(there.types()).toEqual(["connection.created.v2"]);
    const run = await webhooks(place, "deliveries");
    const [line = ""] = run.stdout.trimEnd().split("\n");
    const [time, event, to, state, tries, last, next, message] = line.split("\t");
    expect([event, to, state, tries, last]).toEqual([
      ...["connection.created.v2", there.url, "waiting", "1", "500"],
    ]);
    expect(Date.parse(next ?? "") - Date.parse(time ?? "")).toBeGreaterThanOrEqual(5000);
    expect(message).toBe(there.asked[0]?.headers["svix-id"]);
    const [endpoint] = await listed(place);
    const of = (id: string) => webhooks(place, "deliveries", "--endpoint", id, "--quiet");
    expect((await of(endpoint?.id ?? "")).stdout).toBe(`${message}\n`);
    expect((await of("another")).stdout).toBe("");
    const [whole] = (await webhooks(place, "deliveries", "--json")).json<object[]>();
    expect(whole).toMatchObject({ payload: { status: "CONNECTED" }, attempts: [{ status: 500 }] });
  });

  it("are sent by a command that drives the emulator, too, with none running", async () => {
    const place = freshPlace();
    const there = await receiver();
    await place.run(["onboard", "--local", "--company-name", "Acme", "--site", "Plant", "--json"]);
    await webhooks(place, "add", there.url, "--event", "connection.validated.v2");
    expect((await place.run(["emulator", "set-status", "website-down"])).status).toBe(0);
    const [endpoint] = await listed(place, "--show-secret");
    expect(there.payloads(endpoint?.secret ?? "")).toMatchObject([{ status: "WEBSITE_DOWN" }]);
  });

  it("go with a reset, like the endpoints", async () => {
    const place = freshPlace();
    await webhooks(place, "add", HOOK);
    await place.run(["emulator", "reset", "--yes"]);
    expect(await listed(place)).toEqual([]);
  });

  it("are limited to a number", async () => {
    const run = await webhooks(freshPlace(), "deliveries", "--limit", "0");
    expect(run.status).toBe(2);
    expect(run.stderr).toContain('--limit: "0"');
  });
});
