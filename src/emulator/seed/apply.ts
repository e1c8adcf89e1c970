/** Compares a seed with an emulator's state and computes the missing changes. Must not write. */
import { MAX_SANDBOX_SITES, SANDBOX_LOGIN } from "../../api/resources/connection.ts";
import { checkOffset, moveClock, parseMove, readTime } from "../clock.ts";
import { Refusal } from "../http/refusal.ts";
import type { Seeded, SeededCompany, SeedResult } from "../public.ts";
import { blankCompany } from "../routes/companies.ts";
import { blankSite } from "../routes/sites.ts";
import type { View } from "../state/collections.ts";
import type { Change, CompanyRecord, ConnectionRecord, SiteRecord } from "../state/entities.ts";
import { type ConnectingParts, makeConnection } from "../statuses/connecting.ts";
import { scenarioOf } from "../statuses/scenario.ts";
import { detailOf } from "../statuses/statuses.ts";
import { at, withStatus } from "../statuses/timeline.ts";
import {
  claimId,
  connectionId,
  idWords,
  nameBasedId,
  newRegister,
  type Register,
} from "./identity.ts";
import {
  invalidSeed,
  type Seed,
  type SeedCompany,
  type SeedConnection,
  type SeedSite,
} from "./schema.ts";

/** Shared state while applying one seed. */
interface Context extends Register {
  readonly view: View;
  readonly changes: Change[];
  readonly parts: ConnectingParts;
  /** The emulator's time, in milliseconds since 1970. */
  readonly now: number;
  /** The existing companies by external ID. */
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
  const context: Context = { view, changes, parts, now, byExternalId, ...newRegister() };
  const companies = (seed.companies ?? []).map((company, index) =>
    addCompany(company, `companies[${index}]`, context),
  );
  return { now: new Date(now).toISOString(), companies };
}

function addCompany(given: SeedCompany, path: string, context: Context): SeededCompany {
  const { view, changes, now } = context;
  const id = given.id ?? nameBasedId("company", ...idWords(given, "", path, context));
  const { externalId } = given;
  const known =
    view.company(id) ??
    (given.id === undefined && externalId !== undefined
      ? context.byExternalId.get(externalId)
      : undefined);
  claimId(known?.id ?? id, path, context);
  const company: CompanyRecord = known ?? {
    ...blankCompany(id, nameBasedId("public", id), given.name, now),
    externalId: externalId ?? null,
    ...(given.dataCollectionStartDate === undefined
      ? {}
      : { dataCollectionStartDate: given.dataCollectionStartDate }),
  };
  if (known === undefined) changes.push({ op: "put", kind: "company", value: company });
  const sites = (given.sites ?? []).map((site, index) =>
    addSite(site, company, `${path}.sites[${index}]`, context),
  );
  const records = sites.map(({ record }) => record);
  return {
    id: company.id,
    name: company.name,
    externalId: company.externalId,
    outcome: outcomeOf(known),
    sites: sites.map(({ record, outcome }) => ({
      id: record.id,
      name: record.name,
      externalId: record.externalId,
      outcome,
    })),
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
): { readonly record: SiteRecord; readonly outcome: Seeded["outcome"] } {
  const { view, changes, now } = context;
  const id =
    given.id ?? nameBasedId("site", company.id, ...idWords(given, company.id, path, context));
  const { externalId } = given;
  const known =
    view.site(id) ??
    (given.id === undefined && externalId !== undefined
      ? view.sitesOf(company.id).find((site) => site.externalId === externalId)
      : undefined);
  if (known !== undefined && known.companyId !== company.id) throw otherCompany(`${path}.id`);
  claimId(known?.id ?? id, path, context);
  const record: SiteRecord = known ?? {
    ...blankSite(id, company.id, given.name, now),
    externalId: externalId ?? null,
    address: given.address ?? "",
  };
  if (known === undefined) changes.push({ op: "put", kind: "site", value: record });
  return { record, outcome: outcomeOf(known) };
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
  const login = {
    url: given.url ?? SANDBOX_LOGIN.url,
    username: given.username ?? SANDBOX_LOGIN.username,
    password: given.password ?? SANDBOX_LOGIN.password,
  };
  const id = given.id ?? connectionId(login, company.id, siteIds, context);
  const known = view.connection(id);
  if (known !== undefined && known.companyId !== company.id) throw otherCompany(`${path}.id`);
  claimId(id, path, context);
  const record = known ?? newConnection(given, { ...login, siteIds, id }, company, path, context);
  if (known === undefined) changes.push({ op: "put", kind: "connection", value: record });
  return { id, status: at(record, now).status, outcome: outcomeOf(known) };
}

function newConnection(
  given: SeedConnection,
  login: Parameters<typeof makeConnection>[0] & { readonly id: string },
  company: CompanyRecord,
  path: string,
  { parts, now, view }: Context,
): ConnectionRecord {
  const created = given.createdAt === undefined ? now : (readTime(given.createdAt) ?? now);
  if (created > now) {
    throw invalidSeed([
      `${path}.createdAt: is after the emulator's time, which is ${new Date(now).toISOString()}`,
    ]);
  }
  const scenario =
    given.scenario === undefined
      ? parts.scenario
      : scenarioOf(given.scenario, parts.wrongPasswordStatus);
  // Sites that this seed adds are not in the view yet; `siteIdsOf` has checked that all belong to the company.
  const sites = {
    site: (id: string) => view.site(id) ?? blankSite(id, company.id, "", now),
  };
  const connection = {
    ...withSeedPath(path, () =>
      makeConnection({ ...login, country: given.country }, company, sites, created, {
        ...parts,
        scenario,
      }),
    ),
    id: login.id,
  };
  if (given.status === undefined) return connection;
  const next = { status: given.status, detail: detailOf(given.status) };
  // The connection has this status from the start, so nothing was collected under another one.
  return withStatus({ ...connection, script: [], collecting: [] }, next, created);
}

function siteIdsOf(
  { sites: wanted }: SeedConnection,
  sites: readonly SiteRecord[],
  company: CompanyRecord,
  path: string,
  view: View,
): readonly string[] {
  const first = sites.slice(0, MAX_SANDBOX_SITES).map(({ id }) => id);
  if (wanted === undefined && first.length === 0) {
    throw invalidSeed([`${path}.sites: is required, because its company has no sites in the seed`]);
  }
  return (
    wanted?.map((name, index) => {
      const site =
        typeof name === "number"
          ? sites[name]
          : [...sites, ...view.sitesOf(company.id)].find(
              ({ id, externalId }) => externalId === name || id === name.toLowerCase(),
            );
      if (site !== undefined) return site.id;
      throw invalidSeed([
        `${path}.sites[${index}]: ${JSON.stringify(name)} is not a site of this company, by index, external ID or ID`,
      ]);
    }) ?? first
  );
}

/** Turns the API's refusal into a seed error that names the path. */
function withSeedPath<T>(path: string, create: () => T): T {
  try {
    return create();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw invalidSeed([`${path}.${error.message.replace(/\.$/, "")}`]);
  }
}

/**
 * The emulator's time once a seed is applied. Applying the same seed again does not change it: a date that has passed is
 * ignored, and a duration applies only if the time was never moved.
 *
 * @returns milliseconds since 1970
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

function outcomeOf(known: object | undefined): Seeded["outcome"] {
  return known === undefined ? "created" : "existing";
}
