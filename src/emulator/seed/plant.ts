/** A seed and what an emulator holds → the changes that are missing. Looks and decides; writes nothing. */
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
  connectionId,
  nameBasedId,
  newRegister,
  type Register,
  take,
  wordsOf,
} from "./identity.ts";
import {
  invalidSeed,
  type Seed,
  type SeedCompany,
  type SeedConnection,
  type SeedSite,
} from "./schema.ts";

/** What planting one company works with. */
interface Planting extends Register {
  readonly view: View;
  readonly changes: Change[];
  readonly parts: ConnectingParts;
  /** The emulator's time, in milliseconds since 1970. */
  readonly now: number;
  /** Companies by external ID, as they were. */
  readonly byExternalId: ReadonlyMap<string, CompanyRecord>;
}

/**
 * Decides what a seed adds. An object is the one that is there when it has the given ID, else the given external ID, else
 * the place and the name from which its own ID was made; what is there is left as it is.
 *
 * @param machineNow the machine's time, in milliseconds since 1970
 * @throws {UsageError} `invalid_seed`, whose message begins with the path of what does not fit, and for a time that is past,
 *   unless nothing has moved the time and no connection would be older than the time it is at; `invalid_input` for a time
 *   that is more than a hundred years ahead
 */
export function plant(
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
  const planting: Planting = { view, changes, parts, now, byExternalId, ...newRegister() };
  const companies = (seed.companies ?? []).map((company, index) =>
    plantCompany(company, `companies[${index}]`, planting),
  );
  return { now: new Date(now).toISOString(), companies };
}

function plantCompany(given: SeedCompany, path: string, planting: Planting): SeededCompany {
  const { view, changes, now } = planting;
  const id = given.id ?? nameBasedId("company", ...wordsOf(given, "", path, planting));
  const { externalId } = given;
  const known =
    view.company(id) ??
    (given.id === undefined && externalId !== undefined
      ? planting.byExternalId.get(externalId)
      : undefined);
  take(known?.id ?? id, path, planting);
  const company: CompanyRecord = known ?? {
    ...blankCompany(id, nameBasedId("public", id), given.name, now),
    externalId: externalId ?? null,
    ...(given.dataCollectionStartDate === undefined
      ? {}
      : { dataCollectionStartDate: given.dataCollectionStartDate }),
  };
  if (known === undefined) changes.push({ op: "put", kind: "company", value: company });
  const sites = (given.sites ?? []).map((site, index) =>
    plantSite(site, company, `${path}.sites[${index}]`, planting),
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
      plantConnection(connection, company, records, `${path}.connections[${index}]`, planting),
    ),
  };
}

function plantSite(
  given: SeedSite,
  company: CompanyRecord,
  path: string,
  planting: Planting,
): { readonly record: SiteRecord; readonly outcome: Seeded["outcome"] } {
  const { view, changes, now } = planting;
  const id =
    given.id ?? nameBasedId("site", company.id, ...wordsOf(given, company.id, path, planting));
  const { externalId } = given;
  const known =
    view.site(id) ??
    (given.id === undefined && externalId !== undefined
      ? view.sitesOf(company.id).find((site) => site.externalId === externalId)
      : undefined);
  if (known !== undefined && known.companyId !== company.id) throw ofAnother(`${path}.id`);
  take(known?.id ?? id, path, planting);
  const record: SiteRecord = known ?? {
    ...blankSite(id, company.id, given.name, now),
    externalId: externalId ?? null,
    address: given.address ?? "",
  };
  if (known === undefined) changes.push({ op: "put", kind: "site", value: record });
  return { record, outcome: outcomeOf(known) };
}

function plantConnection(
  given: SeedConnection,
  company: CompanyRecord,
  sites: readonly SiteRecord[],
  path: string,
  planting: Planting,
): Seeded & { readonly status: string } {
  const { view, changes, now } = planting;
  const siteIds = siteIdsOf(given, sites, company, path, view);
  const login = {
    url: given.url ?? SANDBOX_LOGIN.url,
    username: given.username ?? SANDBOX_LOGIN.username,
    password: given.password ?? SANDBOX_LOGIN.password,
  };
  const id = given.id ?? connectionId(login, company.id, siteIds, planting);
  const known = view.connection(id);
  if (known !== undefined && known.companyId !== company.id) throw ofAnother(`${path}.id`);
  take(id, path, planting);
  const record = known ?? newConnection(given, { ...login, siteIds, id }, company, path, planting);
  if (known === undefined) changes.push({ op: "put", kind: "connection", value: record });
  return { id, status: at(record, now).status, outcome: outcomeOf(known) };
}

function newConnection(
  given: SeedConnection,
  login: Parameters<typeof makeConnection>[0] & { readonly id: string },
  company: CompanyRecord,
  path: string,
  { parts, now, view }: Planting,
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
  // Sites that this seed adds are not in the view yet; that they are the company's is known by now.
  const sites = {
    site: (id: string) => view.site(id) ?? blankSite(id, company.id, "", now),
  };
  const made = {
    ...refused(path, () =>
      makeConnection({ ...login, country: given.country }, company, sites, created, {
        ...parts,
        scenario,
      }),
    ),
    id: login.id,
  };
  if (given.status === undefined) return made;
  const next = { status: given.status, detail: detailOf(given.status) };
  // It has the status from its first moment, so nothing was collected under another one.
  return withStatus({ ...made, script: [], collecting: [] }, next, created);
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
    throw invalidSeed([`${path}.sites: is required, because its company has no site in the seed`]);
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
        `${path}.sites[${index}]: ${JSON.stringify(name)} is no site of this company, by index, external ID or ID`,
      ]);
    }) ?? first
  );
}

/** What the API would refuse is told with its place in the seed. */
function refused<T>(path: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw invalidSeed([`${path}.${error.message.replace(/\.$/, "")}`]);
  }
}

/**
 * The emulator's time once a seed is planted. The same seed again leaves it alone: a date that has come is no news, and a
 * duration counts only where nothing has moved the time.
 *
 * @returns milliseconds since 1970
 */
function timeOfSeed(asked: string | undefined, view: View, machineNow: number): number {
  const offset = view.clockOffset();
  const now = machineNow + offset;
  if (asked === undefined) return now;
  const wanted = readTime(asked) ?? (offset === 0 ? now + (parseMove(asked) ?? 0) : now);
  checkOffset(wanted - machineNow);
  if (wanted >= now || offset !== 0) return Math.max(wanted, now);
  const [first] = view.connections();
  if (first === undefined) return wanted;
  throw invalidSeed([
    "clock: is before the emulator's time, which does not go back while there are connections; reset the emulator first",
  ]);
}

function ofAnother(path: string): Error {
  return invalidSeed([`${path}: belongs to another company`]);
}

function outcomeOf(known: object | undefined): Seeded["outcome"] {
  return known === undefined ? "created" : "existing";
}
