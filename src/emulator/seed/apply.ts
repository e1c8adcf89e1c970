/** Compares a seed with an emulator's state and computes the missing changes. Must not write. */
import { checkOffset, isoOf, moveClock, parseMove, readTime, type Time } from "../clock.ts";
import type { Seeded, SeededCompany, SeedResult } from "../public.ts";
import type { View } from "../state/collections.ts";
import { blankCompany, companyWith } from "../state/company.ts";
import type { Change, CompanyRecord, SiteRecord } from "../state/entities.ts";
import { blankSite, siteWith } from "../state/site.ts";
import type { ConnectingParts } from "../statuses/connecting.ts";
import { at } from "../statuses/timeline.ts";
import { accountOf, connectionOf, loginOf, siteIdsOf } from "./connections.ts";
import { claimId, connectionId, idWords, nameBasedId, type Register } from "./identity.ts";
import {
  invalidSeed,
  type Seed,
  type SeedCompany,
  type SeedConnection,
  type SeedSite,
} from "./schema.ts";

interface Context extends Register {
  readonly view: View;
  readonly changes: Change[];
  readonly parts: ConnectingParts;
  readonly now: Time;
  readonly byExternalId: ReadonlyMap<string, CompanyRecord>;
}

/**
 * Computes what a seed adds. An object is matched to an existing one by its given ID, else its given external ID, else the
 * ID derived from its parent and name; existing objects are left unchanged.
 *
 * @param machineNow the machine's time, in milliseconds since 1970
 * @throws {UsageError} `invalid_seed`, whose message begins with the path of the problem; also for a `clock` in the past
 *   while there are connections, unless the time was moved before; `invalid_input` for one over a hundred years ahead
 */
export function applySeed(
  seed: Seed,
  view: View,
  changes: Change[],
  machineNow: number,
  parts: ConnectingParts,
): SeedResult {
  const now = timeOfSeed(seed.clock, view, machineNow);
  if (now !== machineNow + view.clockOffset()) changes.push(moveClock(now - machineNow));
  const byExternalId = new Map<string, CompanyRecord>();
  for (const company of view.companies()) {
    if (company.externalId !== null && !byExternalId.has(company.externalId)) {
      byExternalId.set(company.externalId, company);
    }
  }
  const register = { usedIds: new Set<string>(), useCounts: new Map<string, number>() };
  const context: Context = { view, changes, parts, now, byExternalId, ...register };
  const companies = (seed.companies ?? []).map((company, index) =>
    addCompany(company, `companies[${index}]`, context),
  );
  return { now: isoOf(now), companies };
}

function addCompany(given: SeedCompany, path: string, context: Context): SeededCompany {
  const { view, changes, now } = context;
  const id = given.id ?? nameBasedId("company", ...idWords(given, "", path, context));
  const { externalId } = given;
  const known =
    view.company(id) ??
    (given.id === undefined && typeof externalId === "string"
      ? context.byExternalId.get(externalId)
      : undefined);
  claimId(known?.id ?? id, path, context);
  const blank = blankCompany(id, nameBasedId("public", id), given.name, now);
  const company = known ?? companyWith(blank, given);
  if (known === undefined) changes.push({ op: "put", kind: "company", value: company });
  const sites = (given.sites ?? []).map((site, index) =>
    addSite(site, company, `${path}.sites[${index}]`, context),
  );
  const records = sites.map(({ record }) => record);
  return {
    ...named(company, known),
    sites: sites.map(({ record, known }) => named(record, known)),
    connections: (given.connections ?? []).map((connection, index) =>
      addConnection(connection, company, records, `${path}.connections[${index}]`, context),
    ),
  };
}

function addSite(
  given: SeedSite,
  company: CompanyRecord,
  path: string,
  context: Context,
): { readonly record: SiteRecord; readonly known: SiteRecord | undefined } {
  const { view, changes, now } = context;
  const id =
    given.id ?? nameBasedId("site", company.id, ...idWords(given, company.id, path, context));
  const { externalId } = given;
  const known =
    view.site(id) ??
    (given.id === undefined && typeof externalId === "string"
      ? view.sitesOf(company.id).find((site) => site.externalId === externalId)
      : undefined);
  if (known !== undefined && known.companyId !== company.id) throw otherCompany(`${path}.id`);
  claimId(known?.id ?? id, path, context);
  const record = known ?? siteWith(blankSite(id, company.id, given.name, now), given);
  if (known === undefined) changes.push({ op: "put", kind: "site", value: record });
  return { record, known };
}

function addConnection(
  given: SeedConnection,
  company: CompanyRecord,
  sites: readonly SiteRecord[],
  path: string,
  context: Context,
): Seeded & { readonly status: string } {
  const { view, changes, now } = context;
  const siteIds = siteIdsOf(given, sites, company, path, view);
  const id = given.id ?? connectionId(loginOf(given), company.id, siteIds, context);
  const known = view.connection(id);
  if (known !== undefined && known.companyId !== company.id) throw otherCompany(`${path}.id`);
  claimId(id, path, context);
  const record = known ?? connectionOf(given, id, path, { ...context, company, siteIds });
  if (known === undefined) {
    changes.push({ op: "put", kind: "connection", value: record });
    for (const [index, account] of (given.accounts ?? []).entries()) {
      const accountPath = `${path}.accounts[${index}]`;
      claimId(account.id, accountPath, context);
      const value = accountOf(account, record, accountPath, context);
      changes.push({ op: "put", kind: "account", value });
    }
  }
  return { id, status: at(record, now).status, outcome: outcomeOf(known) };
}

/**
 * The emulator's time once a seed is applied. Applying the same seed again does not change it: a date that has passed is
 * ignored, and a duration applies only if the time was never moved.
 */
function timeOfSeed(given: string | undefined, view: View, machineNow: number): number {
  const offset = view.clockOffset();
  const now = machineNow + offset;
  if (given === undefined) return now;
  const wanted = readTime(given) ?? (offset === 0 ? now + (parseMove(given) ?? 0) : now);
  checkOffset(wanted - machineNow);
  if (wanted >= now || offset !== 0) return Math.max(wanted, now);
  const [first] = view.connections();
  if (first === undefined) return wanted;
  throw invalidSeed([
    "clock: is before the emulator's time, which can't go back while there are connections; reset the emulator first",
  ]);
}

function otherCompany(path: string): Error {
  return invalidSeed([`${path}: belongs to another company`]);
}

function named({ id, name, externalId }: CompanyRecord | SiteRecord, known: object | undefined) {
  return { id, name, externalId, outcome: outcomeOf(known) };
}

function outcomeOf(known: object | undefined): Seeded["outcome"] {
  return known === undefined ? "created" : "existing";
}
