import { describe, expect, it } from "vitest";
import { freshPlace, type Place } from "../support/run-cli.ts";
import { json, stubServer } from "../support/stub-server.ts";

const LOCAL = "--local";

async function onboarded(
  place: Place,
): Promise<{ company: string; site: string; connection: string }> {
  const run = await place.run([
    "onboard",
    LOCAL,
    "--company-name",
    "Acme",
    "--site",
    "Plant",
    "--json",
  ]);
  const { company, sites, connection } = run.json<{
    company: { id: string };
    sites: { id: string }[];
    connection: { id: string };
  }>();
  return { company: company.id, site: sites[0]?.id ?? "", connection: connection.id };
}

/** A vendor with companies of many connections, a hundred a page, whose filter knows only the documented statuses. */
async function vendorWith(companies: number, connections: number) {
  const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
  const statuses = ["CONNECTED", "PASSWORD_INCORRECT", "PENDING", "INCORRECT_PASSWORD"];
  const vendor = await stubServer((response, { path }) => {
    const { pathname, searchParams } = new URL(path, "http://x");
    if (pathname === "/v2.2/company") {
      const list = Array.from({ length: companies }, (_, n) => ({
        id: uuid(n),
        name: `Company ${n}`,
        sites: [],
      }));
      return json(response, 200, list);
    }
    const company = pathname.split("/")[3] ?? "";
    const status = searchParams.get("status");
    const all = Array.from({ length: connections }, (_, n) => ({
      id: `${company.slice(-4)}-${n}`,
      status: statuses[n % 4],
      url: "https://u.example",
      username: `user${n}`,
      initialSites: [uuid(1)],
      created: "2026-06-01T00:00:00",
      updated: "2026-06-15T11:58:00Z",
      datasource: { name: "Utility", url: "https://u.example" },
    })).filter((one) => status === null || one.status === status);
    const page = Number(searchParams.get("page"));
    const totalPages = Math.max(1, Math.ceil(all.length / 100));
    const current = Math.min(page, totalPages);
    json(response, 200, {
      totalConnections: all.length,
      perPage: 100,
      totalPages,
      currentPage: current,
      hasNext: current < totalPages,
      hasPrevious: current > 1,
      connections: all.slice((current - 1) * 100, current * 100),
    });
  });
  return { vendor, env: { NECTAR_API_URL: vendor.url, NECTAR_API_KEY: "k" } };
}

describe("nectar connections list", () => {
  it("follows every page of every company, and filters by status in both spellings", async () => {
    const { vendor, env } = await vendorWith(3, 340);
    const words = ["connections", "list", "--all-companies", "--json"];
    const all = await freshPlace().run(words, { env });
    expect(all.status).toBe(0);
    const rows = all.json<{ id: string; status: string; company: { name: string } }[]>();
    expect(rows).toHaveLength(3 * 340);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(3 * 340);
    expect(rows[0]?.company.name).toBe("Company 0");
    const wrong = await freshPlace().run([...words, "--status", "PASSWORD_INCORRECT"], { env });
    expect(wrong.json<unknown[]>()).toHaveLength(3 * 170);
    const before = vendor.asked.length;
    const pending = await freshPlace().run([...words, "--status", "pending"], { env });
    expect(pending.json<unknown[]>()).toHaveLength(3 * 85);
    expect(vendor.asked.slice(before).some(({ path }) => path.includes("status=PENDING"))).toBe(
      true,
    );
    const two = await freshPlace().run([...words, "--status", "PENDING", "--status", "CONNECTED"], {
      env,
    });
    expect(two.json<unknown[]>()).toHaveLength(3 * 170);
  });

  it("stops asking when it has as many as are wanted", async () => {
    const { vendor, env } = await vendorWith(1, 1000);
    const words = ["connections", "list", "--all-companies", "--limit", "150", "--quiet"];
    const run = await freshPlace().run(words, { env });
    expect(run.stdout.trimEnd().split("\n")).toHaveLength(150);
    expect(vendor.asked).toHaveLength(1 + 2);
  });

  it("is a table on a terminal, lines in a pipe, and blocks where the terminal is narrow", async () => {
    const place = freshPlace();
    const { connection } = await onboarded(place);
    const wide = await place.run(["connections", "list", LOCAL, "--no-color"], { columns: 120 });
    const [header, row] = wide.stdout.split("\n");
    expect(header).toMatch(/^STATUS +PROVIDER +USERNAME +SITES +UPDATED +ID/);
    expect(row).toMatch(/^Connected +Nectar Sandbox +nectar-sandbox-username +1 +just now/);
    expect(row).toContain(connection);
    const narrow = await place.run(["connections", "list", LOCAL, "--no-color"], { columns: 40 });
    expect(narrow.stdout).toContain(connection);
    for (const line of narrow.stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(40);
    const piped = await place.run(["connections", "ls", LOCAL]);
    const cells = piped.stdout.trimEnd().split("\t");
    expect(cells[0]).toBe("CONNECTED");
    expect(cells[4]).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(cells[5]).toBe(connection);
    expect(piped.stderr).toBe("");
  });

  it("of nothing is nothing, and no failure", async () => {
    const place = freshPlace();
    await onboarded(place);
    const none = ["connections", "list", LOCAL, "--status", "WEBSITE_DOWN"];
    expect(await place.run(none)).toMatchObject({
      ...{ status: 0, stdout: "" },
      stderr: "No connections of Acme with --status WEBSITE_DOWN; without filters there is 1.\n",
    });
    const json = await place.run([...none, "--json"]);
    expect([json.status, json.stdout, json.stderr]).toEqual([0, "[]\n", ""]);
    const quiet = await place.run([...none, "--quiet"]);
    expect([quiet.status, quiet.stdout, quiet.stderr]).toEqual([0, "", ""]);
  });

  it("refuses a status that does not exist, and names the one that may be meant", async () => {
    const run = await freshPlace().run(["connections", "list", LOCAL, "--status", "CONECTED"]);
    expect(run.status).toBe(2);
    expect(run.stderr).toContain('--status: "CONECTED" is not a status; did you mean CONNECTED?');
  });

  it("refuses a profile that does not exist where nothing else says what is meant", async () => {
    const place = freshPlace();
    await onboarded(place);
    const words = ["connections", "list", "--profile", "lcal"];
    for (const more of [[], ["--all-companies"]]) {
      const run = await place.run([...words, ...more, "--json"], { env: { NECTAR_API_KEY: "k" } });
      expect([run.status, run.error().code]).toEqual([2, "no_profile"]);
      expect(run.error().message).toBe('there is no profile "lcal"; did you mean "local"?');
    }
  });

  it("filters by site", async () => {
    const place = freshPlace();
    const { site, connection } = await onboarded(place);
    const run = await place.run(["connections", "list", LOCAL, "--site", site, "-q"]);
    expect(run.stdout).toBe(`${connection}\n`);
  });
});

describe("one connection", () => {
  it("has the published shape, and none of the API's secrets", async () => {
    const place = freshPlace();
    const { company, site, connection } = await onboarded(place);
    const run = await place.run(["connections", "get", connection, LOCAL, "--json"]);
    expect(run.json()).toEqual({
      id: connection,
      status: "CONNECTED",
      state: "connected",
      url: "https://nectarclimate.com",
      username: "nectar-sandbox-username",
      country: "US",
      siteIds: [site],
      company: { id: company, name: "Acme" },
      provider: { name: "Nectar Sandbox", url: "https://nectarclimate.com" },
      createdAt: expect.stringMatching(/Z$/),
      updatedAt: expect.stringMatching(/Z$/),
      statusDetail: null,
    });
  });

  it("is the profile's when no ID is given, and explains itself", async () => {
    const place = freshPlace();
    const { connection } = await onboarded(place);
    const run = await place.run(["connections", "get", LOCAL, "--no-color"], { columns: 100 });
    expect(run.stdout).toContain(connection);
    expect(run.stdout).toContain("Nectar can log in");
    const waited = await place.run(["connections", "wait", LOCAL, "-q"]);
    expect(waited).toMatchObject({ status: 0, stdout: `${connection}\n` });
  });

  it("is opened for the profile's company and sites, and found again", async () => {
    const place = freshPlace();
    const { connection } = await onboarded(place);
    const again = await place.run(["connections", "create", LOCAL, "--json"]);
    expect(again.json()).toMatchObject({ id: connection, outcome: "existing" });
    const other = [
      "connections",
      "create",
      LOCAL,
      "--username",
      "me",
      "--password-stdin",
      "--json",
    ];
    const wrong = await place.run(other, { stdin: "no" });
    expect(wrong.status).toBe(3);
    expect(wrong.json()).toMatchObject({ outcome: "created", state: "needs-action" });
  });
});

describe("companies and sites", () => {
  it("are created once, shown, changed and deleted", async () => {
    const place = freshPlace();
    const create = ["companies", "create", LOCAL, "--name", "Acme", "--json"];
    const made = (await place.run(create)).json<{ id: string }>();
    expect(made).toEqual({
      id: expect.any(String),
      name: "Acme",
      externalId: "acme",
      outcome: "created",
    });
    expect((await place.run(create)).json()).toMatchObject({ id: made.id, outcome: "existing" });

    const site = ["sites", "create", LOCAL, "--name", "Plant", "--address", "1 Rd", "--json"];
    const plant = (await place.run(site)).json<{ id: string }>();
    expect(plant).toEqual({
      id: expect.any(String),
      name: "Plant",
      address: "1 Rd",
      externalId: null,
      outcome: "created",
    });
    expect((await place.run(site)).json()).toMatchObject({ id: plant.id, outcome: "existing" });
    const renamed = await place.run([
      "sites",
      "update",
      "Plant",
      LOCAL,
      "--name",
      "Mill",
      "--json",
    ]);
    expect(renamed.json()).toEqual({
      id: plant.id,
      name: "Mill",
      address: "1 Rd",
      externalId: null,
    });
    expect((await place.run(["sites", "get", "Mill", LOCAL, "-q"])).stdout).toBe(`${plant.id}\n`);
    expect((await place.run(["sites", "list", LOCAL])).stdout).toBe(`Mill\t1 Rd\t\t${plant.id}\n`);

    const update = ["companies", "update", LOCAL, "--name", "Acme 2", "--json"];
    expect((await place.run(update)).json()).toEqual({
      id: made.id,
      name: "Acme 2",
      externalId: "acme",
    });
    expect((await place.run(["companies", "get", "Acme 2", LOCAL, "-q"])).stdout).toBe(
      `${made.id}\n`,
    );

    const gone = await place.run(["companies", "delete", made.id, LOCAL, "--yes", "--json"]);
    expect(gone.json()).toEqual({ id: made.id, deleted: true });
    expect((await place.run(["companies", "list", LOCAL, "--json"])).stdout).toBe("[]\n");
    expect((await place.run(["sites", "list", LOCAL])).status).toBe(2);
  });

  it("are used by a profile on request", async () => {
    const place = freshPlace();
    const first = await onboarded(place);
    const other = await place.run(["companies", "create", LOCAL, "--name", "B", "-q"]);
    const use = await place.run(["companies", "use", other.stdout.trim(), LOCAL, "--json"]);
    expect(use.json()).toMatchObject({ name: "B" });
    expect((await place.run(["connections", "list", LOCAL, "--json"])).stdout).toBe("[]\n");
    await place.run(["companies", "use", first.company, LOCAL]);
    expect((await place.run(["connections", "list", LOCAL, "-q"])).stdout).toBe(
      `${first.connection}\n`,
    );
  });
});
