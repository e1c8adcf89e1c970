import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { freshPlace, type Place } from "../support/run-cli.ts";
import { json, stubServer } from "../support/stub-server.ts";
import { workClock } from "../support/test-clock.ts";

const ACME = ["onboard", "--local", "--company-name", "Acme", "--site", "Plant"];

interface Onboarded {
  readonly company: { id: string; outcome: string; externalId: string };
  readonly sites: { id: string; name: string; outcome: string; address: string | null }[];
  readonly connection: {
    id: string;
    status: string;
    state: string;
    outcome: string;
    siteIds: string[];
  };
  readonly next: { command: string; why: string }[];
}

/** How many objects the local emulator holds. */
async function counts(place: Place) {
  const companies = (await place.run(["companies", "list", "--local", "--json"])).json<
    { id: string }[]
  >();
  let sites = 0;
  for (const { id } of companies) {
    const list = await place.run(["sites", "list", "--local", "--company", id, "--json"]);
    sites += list.json<unknown[]>().length;
  }
  const all = await place.run(["connections", "list", "--local", "--all-companies", "--json"]);
  return { companies: companies.length, sites, connections: all.json<unknown[]>().length };
}

describe("nectar onboard", () => {
  it("brings a company, its sites and a connected connection, in the published shape", async () => {
    const place = freshPlace();
    const run = await place.run([
      "onboard",
      "--local",
      "--company-name",
      "Sandbox Test Company",
      "--company-external-id",
      "sandbox-test-001",
      "--site",
      "name=Test Facility;address=123 Main St, San Francisco, CA 94105;external-id=site-001",
      "--json",
    ]);
    expect(run.status).toBe(0);
    expect(run.stderr).toBe("");
    const uuid = expect.stringMatching(/^[0-9a-f-]{36}$/);
    expect(run.json()).toEqual({
      profile: "local",
      target: "local",
      company: {
        id: uuid,
        name: "Sandbox Test Company",
        externalId: "sandbox-test-001",
        outcome: "created",
      },
      sites: [
        {
          id: uuid,
          name: "Test Facility",
          address: "123 Main St, San Francisco, CA 94105",
          externalId: "site-001",
          outcome: "created",
        },
      ],
      connection: {
        id: uuid,
        status: "CONNECTED",
        state: "connected",
        statusDetail: null,
        url: "https://nectarclimate.com",
        username: "nectar-sandbox-username",
        country: "US",
        siteIds: [uuid],
        outcome: "created",
      },
      data: {
        documents: expect.any(Number),
        from: expect.stringMatching(/^\d{4}-\d\d$/),
        to: expect.stringMatching(/^\d{4}-\d\d$/),
      },
      next: [
        { command: "nectar usage chart --local", why: "its usage by month" },
        { command: "nectar connections list --local", why: "check the connection again" },
      ],
    });
  });

  it("creates nothing twice, also when the profile is lost", async () => {
    const place = freshPlace();
    const first = (await place.run([...ACME, "--json"])).json<Onboarded>();
    const again = (await place.run([...ACME, "--json"])).json<Onboarded>();
    const elsewhere = { env: { NECTAR_CONFIG_DIR: join(place.folder, "other-config") } };
    const lost = (await place.run([...ACME, "--json"], elsewhere)).json<Onboarded>();
    for (const { company, sites, connection } of [again, lost]) {
      expect([company.id, sites[0]?.id, connection.id]).toEqual([
        first.company.id,
        first.sites[0]?.id,
        first.connection.id,
      ]);
      expect([company.outcome, sites[0]?.outcome, connection.outcome]).toEqual([
        "existing",
        "existing",
        "existing",
      ]);
    }
    expect(await counts(place)).toEqual({ companies: 1, sites: 1, connections: 1 });
  });

  it("gives the sites back in the order in which they were given, across --site and --site-id", async () => {
    const place = freshPlace();
    const first = (await place.run([...ACME, "--json"])).json<Onboarded>();
    const plant = first.sites[0]?.id ?? "";
    const run = await place.run([
      ...ACME.slice(0, 4),
      "--site",
      "Zeta",
      "--site-id",
      plant,
      "--site",
      "Alpha",
      "--json",
    ]);
    expect(run.json<Onboarded>().sites.map(({ name }) => name)).toEqual(["Zeta", "Plant", "Alpha"]);
    expect(run.json<Onboarded>().connection.siteIds).toHaveLength(3);
  });

  it("keeps the IDs in the profile, and no secret", async () => {
    const place = freshPlace();
    const made = (await place.run([...ACME, "--json"])).json<Onboarded>();
    const kept = readFileSync(join(place.folder, "config", "config.json"), "utf8");
    for (const id of [made.company.id, made.sites[0]?.id, made.connection.id]) {
      expect(kept).toContain(id);
    }
    expect(kept).not.toMatch(/password|nectar_local_|secret/i);
  });

  it("prints lines for a pipe and IDs when quiet", async () => {
    const place = freshPlace();
    const piped = await place.run(ACME);
    const lines = piped.stdout.trimEnd().split("\n");
    expect(lines.map((line) => line.split("\t")[0])).toEqual(["company", "site", "connection"]);
    expect(lines[2]).toMatch(/\tCONNECTED$/);
    expect(piped.stderr).toContain("Acme");
    const quiet = await place.run([...ACME, "--quiet"]);
    expect(quiet.stderr).toBe("");
    expect(quiet.stdout.trimEnd().split("\n")).toEqual(lines.map((line) => line.split("\t")[1]));
  });

  it("ends on a terminal with IDs whole, what is next, and the command without questions", async () => {
    const place = freshPlace();
    const { connection } = (await place.run([...ACME, "--json"])).json<Onboarded>();
    for (const columns of [120, 40]) {
      const { stdout } = await place.run([...ACME, "--no-color"], { columns });
      expect(stdout).toContain("Connected: Nectar can log in");
      expect(stdout).toContain(connection.id);
      expect(stdout).toContain("nectar connections list --local");
      expect(stdout).toContain(
        "nectar onboard --local --company-name Acme --site Plant --country US --yes",
      );
    }
  });

  it("names everything that is missing in one message", async () => {
    const place = freshPlace();
    const run = await place.run(["onboard", "--local"]);
    expect(run.status).toBe(2);
    expect(run.stdout).toBe("");
    expect(run.stderr.split("\n")[0]).toBe("nectar: missing input: --company-name, --site");
    const login = await place.run(["onboard", "--local", "--username", "me", "--json"]);
    expect(login.error().message).toBe("missing input: --company-name, --site, --password-stdin");
  });

  it("ends with 3, the result printed, when the login is wrong, and finds it again", async () => {
    const place = freshPlace();
    const wrong = [...ACME, "--username", "someone", "--password-stdin", "--json"];
    const run = await place.run(wrong, { stdin: " spaced word \n" });
    expect(run.status).toBe(3);
    expect(run.json<Onboarded>().connection).toMatchObject({
      status: "PASSWORD_INCORRECT",
      state: "needs-action",
      outcome: "created",
    });
    const [invite, replace] = run.json<Onboarded>().next;
    expect(invite?.command).toContain("nectar invitations create --reconnect");
    expect(replace?.command).toContain("--new-connection");
    const again = await place.run(wrong, { stdin: "x" });
    expect(again.status).toBe(3);
    expect(again.json<Onboarded>().connection.id).toBe(run.json<Onboarded>().connection.id);
    const another = await place.run([...wrong, "--new-connection"], { stdin: "x" });
    expect(another.json<Onboarded>().connection.id).not.toBe(run.json<Onboarded>().connection.id);
    expect(await counts(place)).toMatchObject({ connections: 2 });
  });

  it("writes nothing on a dry run, and shows each request with its secret masked", async () => {
    const place = freshPlace();
    const words = [...ACME, "--username", "me", "--password-stdin", "--dry-run"];
    const run = await place.run([...words, "--json"], { stdin: "hunter2-marked" });
    expect(run.status).toBe(0);
    expect(run.stdout + run.stderr).not.toContain("hunter2");
    const { requests } = run.json<{
      requests: { method: string; path: string; body: unknown }[];
    }>();
    expect(requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "POST /company",
      "POST /company/{companyId}/site",
      "POST /company/{companyId}/connection",
    ]);
    expect(requests[2]?.body).toMatchObject({ password: "********", sites: ["{siteId 1}"] });
    expect(await counts(place)).toEqual({ companies: 0, sites: 0, connections: 0 });
    expect(existsSync(join(place.folder, "config", "config.json"))).toBe(false);
    await place.run(ACME);
    const after = await place.run([...ACME, "--dry-run"]);
    expect(after.stdout.match(/\texisting\t/g)).toHaveLength(3);
  });

  it("names what exists as it is named, on a dry run, too, and says which company is used", async () => {
    const place = freshPlace();
    const site = (name: string) => `name=${name};external-id=p1`;
    const words = (name: string, of: string) => [
      ...["onboard", "--local", "--company-name", name, "--company-external-id", "acme"],
      ...["--site", site(of), "--no-wait"],
    ];
    await place.run(words("Acme", "Plant"));
    const given = words("Wrong Name", "Wrong Plant");
    const note = 'The company with the external ID "acme" is named "Acme"; it is used unchanged.\n';
    for (const more of [["--dry-run"], []]) {
      const run = await place.run([...given, ...more]);
      expect(run.status).toBe(0);
      expect(run.stderr).toContain(note);
      expect(run.stdout).toContain("\tAcme\texisting\t");
      expect(run.stdout).toContain("\tPlant\texisting\t");
      expect(run.stdout).not.toContain("Wrong");
    }
    const { requests } = (await place.run([...given, "--dry-run", "--json"])).json<{
      requests: readonly { readonly what: string }[];
    }>();
    expect(requests.slice(0, 2).map(({ what }) => what)).toEqual(["Acme", "Plant"]);
  });

  it("says which company the profile had, once, when there is another in its place", async () => {
    const place = freshPlace();
    const onboard = ["onboard", "--local", "--site", "a", "--no-wait"];
    const first = await place.run([...onboard, "--company-name", "Acme", "--json"]);
    const { id } = first.json<Onboarded>().company;
    const note = `The company of the profile "local" was Acme (${id}); this one replaces it.\n`;
    const unknown = "00000000-0000-0000-0000-000000000000";
    const none = await place.run([...onboard, "--company-id", unknown]);
    expect([none.status, none.stderr]).toEqual([5, expect.not.stringContaining("replaces")]);
    const same = await place.run([...onboard, "--company-name", "Acme"]);
    const unsaved = await place.run([...onboard, "--company-name", "Other", "--no-save"]);
    expect(same.stderr + unsaved.stderr).not.toContain("replaces");
    const other = await place.run([...onboard, "--company-name", "Other"]);
    expect(other.stderr.split(note)).toHaveLength(2);
    expect(other.stderr.indexOf(note)).toBeGreaterThan(other.stderr.indexOf("Company"));
  });

  it("never guesses between two companies", async () => {
    const place = freshPlace();
    const emulator = await place.run([...ACME, "--json"]);
    const { company } = emulator.json<Onboarded>();
    // The API lets two companies share an external ID; the tool would not make the second.
    await place.run(["companies", "create", "--local", "--name", "Other", "--external-id", "o"]);
    const list = (await place.run(["companies", "list", "--local", "--json"])).json<
      { id: string; externalId: string }[]
    >();
    const other = list.find(({ externalId }) => externalId === "o");
    await place.run(["companies", "update", other?.id ?? "", "--external-id", "acme", "--local"]);
    // This machine knows which one it made; one that does not can't tell.
    expect((await place.run([...ACME, "--json"])).json<Onboarded>().company.id).toBe(company.id);
    rmSync(join(place.folder, "state", "ledger"), { recursive: true });
    const explicit = ["--company-external-id", "acme", "--profile", "other", "--json"];
    const run = await place.run([...ACME, ...explicit]);
    expect(run.status).toBe(5);
    expect(run.stdout).toBe("");
    expect(run.error().code).toBe("ambiguous");
    expect(run.stderr).toContain(company.id);
    expect(run.stderr).toContain(other?.id);
  });

  it("waits while the status is pending, and ends with 8 at the deadline, or 0 with --no-wait", async () => {
    const vendor = await pendingVendor();
    const env = { NECTAR_API_KEY: "k", NECTAR_API_URL: vendor.url };
    const words = [
      "onboard",
      "--company-name",
      "Acme",
      "--site",
      "Plant",
      "--timeout",
      "60s",
      "--json",
    ];
    const pending = await freshPlace().run(words, { env, clock: workClock() });
    expect(pending.status).toBe(8);
    expect(pending.json<Onboarded>().connection.state).toBe("pending");
    const noWait = await freshPlace().run([...words, "--no-wait"], { env });
    expect(noWait.status).toBe(0);
    expect(noWait.json<Onboarded>().connection.state).toBe("pending");
  });

  it("says which profile belongs where", async () => {
    const place = freshPlace();
    await place.run(ACME);
    const run = await place.run(
      [
        "onboard",
        "--profile",
        "local",
        "--company-name",
        "A",
        "--site",
        "P",
        "--api-url",
        "https://api.example/v2.2",
        "--json",
      ],
      { env: { NECTAR_API_KEY: "k" } },
    );
    expect(run.status).toBe(9);
    expect(run.error()).toMatchObject({ code: "profile_bound" });
    expect(run.error().message).toMatch(/local.*https:\/\/api\.example\/v2\.2/);
  });
});

/** A vendor whose connections stay pending. */
async function pendingVendor() {
  const company = { id: "8f1c2f3a-5d07-4c6b-9a41-2f1f6b0c9d11", name: "Acme", sites: [] };
  return stubServer((response, { method, path }) => {
    const [route = ""] = path.split("?");
    if (route.endsWith("/details")) return json(response, 200, { id: "c1", status: "PENDING" });
    if (method === "GET") return json(response, 200, []);
    if (route.endsWith("/site")) {
      const id = "1a2b3c4d-5d07-4c6b-9a41-2f1f6b0c9d11";
      return json(response, 201, { id, name: "Plant", dataCollectionStopDate: null });
    }
    if (route.endsWith("/connection")) return json(response, 201, { id: "c1", status: "PENDING" });
    return json(response, 201, company);
  });
}
