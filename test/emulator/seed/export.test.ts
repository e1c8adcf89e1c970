/** An export is a seed that brings the same state back, whatever the API was asked to store. */
import fc from "fast-check";
import { expect, it } from "vitest";
import * as z from "zod/mini";
import { companyCreate } from "../../../src/api/resources/company.ts";
import { siteCreate } from "../../../src/api/resources/site.ts";
import type { RunningEmulator } from "../../../src/emulator/emulator.ts";
import { SEED_COMPANY, SEED_SITE } from "../../../src/emulator/seed/schema.ts";
import { STATUSES } from "../../../src/emulator/statuses/statuses.ts";
import { call, createCompany, createConnection, createSite, NOW, start } from "../harness.ts";

const HOUR = 3_600_000;

const externalId = fc.option(
  fc.oneof(fc.constantFrom("", "twice"), fc.string({ minLength: 256, maxLength: 300 })),
);

const name = fc.string({ minLength: 1, maxLength: 200 });

const company = fc.record(
  {
    name,
    externalId,
    dataCollectionStartDate: fc.constantFrom("2024-05-01", "0001-01-01"),
    isImpliedMeteringEnabled: fc.boolean(),
    impliedMeteringFraction: fc.constantFrom("0.5", "1", "-.25"),
    isDemandEnabled: fc.boolean(),
    isBasicIdentifierMappingEnabled: fc.boolean(),
    isLowAccuracyModeEnabled: fc.boolean(),
  },
  { requiredKeys: ["name"] },
);

const site = fc.record(
  {
    name,
    externalId,
    address: fc.string({ maxLength: 255 }),
    path: fc.array(fc.string({ minLength: 1, maxLength: 100 }), { maxLength: 10 }),
    occupancyPercent: fc.constantFrom("50", "0.25", null),
  },
  { requiredKeys: ["name"] },
);

const connection = fc.record({
  url: fc.constantFrom("https://nectarclimate.com", "http://utility.example/x?y#z"),
  username: fc.constantFrom("nectar-sandbox-username", "  a "),
  country: fc.constantFrom("US", "de"),
  isRight: fc.boolean(),
  sites: fc.nat({ max: 4 }),
  /** Then, an hour later each. */
  statuses: fc.array(
    fc.record({
      status: fc.constantFrom(...STATUSES),
      detail: fc.option(fc.constantFrom("In my words."), { nil: undefined }),
    }),
    { maxLength: 3 },
  ),
  untracked: fc.boolean(),
  scenario: fc.constantFrom({}, { "mfa-expires-after": 2 }, { "pending-for": "9d" }),
});

/** All that the API shows, without the secrets of magic links, which a seed does not carry. */
async function shown(emulator: RunningEmulator) {
  const read = async (path: string) => JSON.stringify((await call(emulator, "GET", path)).body);
  const answer = await read("/company");
  const ids = z.parse(z.array(z.object({ id: z.string() })), JSON.parse(answer));
  const pages = await Promise.all(
    ids.flatMap(({ id }) => [
      read(`/connection/company/${id}?limit=500`),
      read(`/document/company/${id}`),
      read(`/company/${id}/account`),
    ]),
  );
  const secrets = /"(?:publicCompanyId|connectionMagicLinkSecret)":"[^"]*",/g;
  return [answer, ...pages].map((text) => text.replaceAll(secrets, ""));
}

it("an export loads again, and gives the same data", { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          company,
          sites: fc.array(site, { maxLength: 4 }),
          connections: fc.array(connection, { maxLength: 2 }),
        }),
        { maxLength: 3 },
      ),
      fc.constantFrom(0, 40 * 24),
      async (companies, aheadHours) => {
        let now = NOW;
        const clock = { now: () => now, sleep: async () => {} };
        const [first, second] = [await start({ clock }), await start({ clock })];
        for (const given of companies) {
          const { id } = await createCompany(first, given.company);
          const sites: string[] = [];
          for (const one of given.sites) sites.push((await createSite(first, id, one)).id);
          for (const one of given.connections) {
            const { isRight, statuses, untracked, scenario, url, username, country } = one;
            const named = sites.slice(0, one.sites);
            const password = isRight ? "nectar-sandbox-password" : "wrong";
            const isRefused = named.length === 0 || named.length > 3;
            if (isRight && isRefused) continue;
            const login = { url, username, country, password };
            const made = await createConnection(first, id, { ...login, sites: named });
            if (Object.keys(scenario).length > 0) {
              await first.seed({
                companies: [{ id, name: "A", connections: [{ ...login, sites: named, scenario }] }],
              });
            }
            for (const { status, detail } of statuses) {
              now += HOUR;
              await first.setStatus(made.id, status, detail);
            }
            const listed = await call(first, "GET", `/company/${id}/account`);
            const accounts = z.parse(
              z.object({ accounts: z.array(z.object({ id: z.string() })) }),
              listed.body,
            );
            const [account] = accounts.accounts;
            if (untracked && account !== undefined) {
              await call(first, "PATCH", `/account/${account.id}`, { isTracked: false });
            }
          }
        }
        now += aheadHours * HOUR;
        const file = JSON.parse(JSON.stringify(await first.exportSeed()));
        await second.seed(file);
        expect(await second.exportSeed()).toEqual(file);
        expect(await shown(second)).toEqual(await shown(first));
        await Promise.all([first.close(), second.close()]);
      },
    ),
    { numRuns: 15 },
  );
});

it("a seed takes every field that a create takes", () => {
  const { users: _, ...fields } = companyCreate.shape;
  expect(Object.keys(SEED_COMPANY)).toEqual(expect.arrayContaining(Object.keys(fields)));
  expect(Object.keys(SEED_SITE)).toEqual(expect.arrayContaining(Object.keys(siteCreate.shape)));
});
