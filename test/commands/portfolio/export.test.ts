/** `nectar export`: what a target has, as a plan file that brings about the same elsewhere. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { SANDBOX_LOGIN } from "../../../src/api/resources/connection.ts";
import { startEmulator } from "../../../src/library.ts";
import { readPlanFile } from "../../../src/onboarding/plan-file.ts";
import { freshPlace } from "../../support/run-cli.ts";
import { workClock } from "../../support/test-clock.ts";

type Emulator = Awaited<ReturnType<typeof startEmulator>>;
type Seed = Parameters<Emulator["seed"]>[0];

const open: Emulator[] = [];
afterEach(async () => {
  for (const emulator of open.splice(0)) await emulator.close();
});

async function target() {
  const emulator = await startEmulator();
  open.push(emulator);
  const env = { NECTAR_API_URL: emulator.url, NECTAR_API_KEY: emulator.key };
  const companies = async () => {
    const response = await fetch(`${emulator.url}/company`, {
      headers: { "x-api-key": emulator.key },
    });
    return (await response.json()) as {
      name: string;
      externalId: string | null;
      sites: { name: string; address: string | null; externalId: string | null }[];
    }[];
  };
  /** Names, addresses and external IDs. */
  const shape = async () =>
    (await companies()).map(({ name, externalId, sites }) => ({
      name,
      externalId,
      sites: sites.map((site) => [site.name, site.address || null, site.externalId]),
    }));
  return { emulator, env, shape };
}

const SEED: Seed = {
  companies: [
    {
      name: 'Acme: #1\n- "x"',
      externalId: "acme",
      sites: [
        { name: "- Plant", address: "1 'Main' St #2", externalId: "p" },
        { name: "C:\\", externalId: "- q" },
      ],
      connections: [{}],
    },
    {
      name: "Other",
      externalId: "other",
      sites: [{ name: "Office", externalId: "o" }],
      connections: [
        {
          url: "https://utility.example.com",
          username: "someone",
          country: "GB",
          status: "CONNECTED",
        },
      ],
    },
  ],
};

describe("export", () => {
  it("and apply elsewhere make the same names, addresses and external IDs", async () => {
    const [from, to] = [await target(), await target()];
    await from.emulator.seed(SEED);
    const place = freshPlace();
    const all = ["export", "--all-companies"];
    const exported = await place.run(all, { env: from.env });
    expect([exported.status, exported.stderr]).toEqual([0, ""]);
    const env = { ...to.env, OTHER_PASSWORD: "wrong" };
    const words = ["apply", "-", "--profile", "to", "--no-wait", "--json"];
    const applied = await place.run(words, { env, stdin: exported.stdout, clock: workClock() });
    expect(applied.json()).toMatchObject({ counts: { total: 2, failed: 0 } });
    const sorted = async ({ shape }: typeof from) =>
      (await shape())
        .map((one) => ({ ...one, sites: one.sites.toSorted() }))
        .sort((one, other) => String(one.externalId).localeCompare(String(other.externalId)));
    expect(await sorted(to)).toEqual(await sorted(from));
    const again = await place.run([...all, "--profile", "to"], { env: to.env });
    const plans = async (text: string) =>
      (await readPlanFile(text, "stdin"))
        .map(({ key, plan, passwordEnv }) => ({
          ...{ key, plan, passwordEnv },
          sites: plan.sites.map((site) => JSON.stringify(site)).sort(),
        }))
        .map(({ plan: { sites: _, ...plan }, ...rest }) => ({ ...rest, plan }))
        .sort((one, other) => one.key.localeCompare(other.key));
    expect(await plans(again.stdout)).toEqual(await plans(exported.stdout));
    // The JSON is the same file.
    const json = await place.run([...all, "--json"], { env: from.env });
    expect(await plans(json.stdout)).toEqual(await plans(exported.stdout));
  });

  it("of any state of the emulator is read back as the companies that it has", async () => {
    const { emulator, env, shape } = await target();
    const name = fc
      .string({ unit: "grapheme", minLength: 1, maxLength: 20 })
      .filter((text) => text.trim() === text && text !== "");
    const company = fc.record({
      name,
      sites: fc.array(fc.record({ name, address: name }), { minLength: 1, maxLength: 3 }),
    });
    const place = freshPlace();
    await fc.assert(
      fc.asyncProperty(fc.array(company, { minLength: 1, maxLength: 3 }), async (companies) => {
        await emulator.reset();
        await emulator.seed({
          companies: companies.map((one, index) => ({
            ...{ ...one, externalId: `c${index}`, connections: [{}] },
            sites: one.sites.map((site, at) => ({ ...site, externalId: `s${at} ${site.name}` })),
          })),
        });
        const { stdout } = await place.run(["export", "--all-companies"], { env });
        const { password: _, ...login } = SANDBOX_LOGIN;
        const entries = await readPlanFile(stdout, "stdin");
        expect(entries.map(({ plan }) => plan)).toEqual(
          (await shape()).map((one) => ({
            company: { name: one.name, externalId: one.externalId, isDerived: false },
            sites: one.sites.map(([site, address, externalId]) => ({
              ...{ name: site, address, externalId },
            })),
            connection: login,
          })),
        );
      }),
      { numRuns: 25 },
    );
  });

  it("is of the profile's company, of one that is named, or of all", async () => {
    const { emulator, env } = await target();
    const { companies } = await emulator.seed(SEED);
    const [acme, other] = companies.map(({ id }) => id);
    const place = freshPlace();
    const ids = async (...words: string[]) => {
      const run = await place.run(["export", "-q", ...words], { env });
      return run.status === 0 ? run.stdout.trim().split("\n") : run.status;
    };
    expect(await ids()).toBe(2);
    await place.run(["companies", "use", other ?? ""], { env });
    expect(await ids()).toEqual([other]);
    for (const given of [acme ?? "", acme?.slice(0, 8) ?? "", "acme"]) {
      expect(await ids("--company", given)).toEqual([acme]);
    }
    expect(await ids("--all-companies")).toEqual([acme, other]);
    expect(await ids("--company", "nobody")).toBe(5);
    expect(await ids("--company", "acme", "--all-companies")).toBe(2);
  });

  it("and apply to the same target create no company twice, of a name that two have neither", async () => {
    const { emulator, env, shape } = await target();
    const bare = (name: string) => ({ name, sites: [{ name: "Site" }], connections: [{}] });
    await emulator.seed({ companies: [bare("Bare"), bare("Twin"), bare("Twin")] });
    const before = await shape();
    const exported = await freshPlace().run(["export", "--all-companies"], { env });
    const apply = await freshPlace().run(["apply", "-", "--json"], {
      env,
      stdin: exported.stdout,
      clock: workClock(),
    });
    expect(apply.json()).toMatchObject({ counts: { total: 3, created: 0, failed: 2 } });
    expect(apply.status).toBe(5);
    expect(await shape()).toEqual(before);
  });

  it("says in the file and on stderr what the file can't hold, and never makes up a login", async () => {
    const { emulator, env } = await target();
    await emulator.seed({
      companies: [
        { name: "Empty", externalId: "empty" },
        { name: "Bare", sites: [{ name: "Site" }] },
        { ...SEED.companies?.[1], name: "Masked", externalId: "masked" },
      ],
    });
    await emulator.faults.add({ route: "connections.list", omit: ["username"], times: null });
    await emulator.faults.add({ route: "connections.get", omit: ["username"], times: null });
    const place = freshPlace();
    const { status, stdout, stderr } = await place.run(["export", "--all-companies"], { env });
    expect(status).toBe(0);
    const said = [
      /company \S+ "Empty" is left out: it has no site/,
      /it has no connection; apply creates one with the sandbox login/,
      /the company has no external ID; "bare" is derived from its name/,
      /the site "Site" has no external ID; "bare-site" is derived from its name/,
      /"Masked" is left out: the API does not show the login/,
    ];
    for (const what of said) {
      expect(stdout).toMatch(what);
      expect(stderr).toMatch(what);
    }
    for (const line of stdout.split("\n").filter((one) => said.some((what) => what.test(one)))) {
      expect(line).toMatch(/^\s*# /);
    }
    expect(await readPlanFile(stdout, "stdin")).toMatchObject([{ key: "bare", passwordEnv: null }]);
    const file = join(place.folder, "bare.yaml");
    writeFileSync(file, stdout);
    const plan = await place.run(["plan", file, "--json"], { env });
    expect(plan.json()).toMatchObject({
      counts: { objects: { companies: 0, sites: 0, connections: 1 } },
    });
  });

  it("never shows what a name of the server's could do to a terminal", async () => {
    const { emulator, env } = await target();
    await emulator.seed({
      companies: [
        { name: "\u001b]0;x\u0007\u202eevil\u0085", externalId: "e", sites: [{ name: "a\rb" }] },
      ],
    });
    const run = await freshPlace().run(["export", "--all-companies"], { env, columns: 80 });
    expect(run.stdout + run.stderr).not.toMatch(/(?!\n)[\p{C}\p{Zl}\p{Zp}]/u);
    expect(await readPlanFile(run.stdout, "stdin")).toMatchObject([
      {
        plan: { company: { name: "\u001b]0;x\u0007\u202eevil\u0085" }, sites: [{ name: "a\rb" }] },
      },
    ]);
  });
});
