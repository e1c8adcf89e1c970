/** A connection of a seed, and a connection as one: the fields of both directions, side by side. Pure. */

import { MAX_SANDBOX_SITES, SANDBOX_LOGIN } from "../../api/resources/connection.ts";
import { isoOf, type Time } from "../clock.ts";
import { resolveIn, sourceOf } from "../data/source.ts";
import { fieldsIn } from "../given.ts";
import { Refusal } from "../http/refusal.ts";
import type { View } from "../state/collections.ts";
import type {
  AccountRecord,
  CompanyRecord,
  ConnectionRecord,
  SiteRecord,
} from "../state/entities.ts";
import { blankSite } from "../state/site.ts";
import { type ConnectingParts, makeConnection, untriedConnection } from "../statuses/connecting.ts";
import { scenarioOf } from "../statuses/scenario.ts";
import { detailOf } from "../statuses/statuses.ts";
import { at, withStatus } from "../statuses/timeline.ts";
import { invalidSeed, SEED_CONNECTION, type SeedAccount, type SeedConnection } from "./schema.ts";

export interface Origin {
  readonly company: CompanyRecord;
  readonly siteIds: readonly string[];
  readonly view: Pick<View, "site">;
  readonly now: Time;
  readonly parts: ConnectingParts;
}

/** The login that a seed gives; what it leaves out comes from the documented sandbox login. */
export function loginOf({ url, username, password }: SeedConnection) {
  return {
    url: url ?? SANDBOX_LOGIN.url,
    username: username ?? SANDBOX_LOGIN.username,
    password: password ?? SANDBOX_LOGIN.password,
  };
}

/** Creates a connection; one with a status gets that one, and its login is not tested. @throws {UsageError} `invalid_seed` */
export function connectionOf(
  given: SeedConnection,
  id: string,
  path: string,
  { company, siteIds, view, now, parts }: Origin,
): ConnectionRecord {
  const created = given.createdAt === undefined ? now : Date.parse(given.createdAt);
  if (created > now) {
    throw invalidSeed([`${path}.createdAt: is after the emulator's time, which is ${isoOf(now)}`]);
  }
  const fields = {
    ...loginOf(given),
    siteIds,
    country: given.country,
    ownerEmail: given.workflowOwnerEmail,
    datasourceTypes: given.initialDatasourceTypes,
    dataCollectionStartDate: given.dataCollectionStartDate,
  };
  const scenario = given.scenario === undefined ? parts.scenario : scenarioOf(given.scenario);
  // Sites that this seed adds are not in the view yet; that all belong to the company was checked.
  const sites = {
    site: (siteId: string) => view.site(siteId) ?? blankSite(siteId, company.id, "", now),
  };
  return withSeedPath(path, () => {
    if (given.status === undefined) {
      return { ...makeConnection(fields, company, sites, created, { ...parts, scenario }), id };
    }
    const untried = { ...untriedConnection(fields, company, sites, created, parts), id };
    const detail =
      given.statusErrorDetail === undefined ? detailOf(given.status) : given.statusErrorDetail;
    const tested = withStatus(untried, { status: given.status, detail }, created);
    return {
      ...tested,
      statusFirstSeenTime: given.statusFirstSeenTime ?? tested.statusFirstSeenTime,
      statusLastUpdateTime: given.statusLastUpdateTime ?? tested.statusLastUpdateTime,
      updated: given.updated ?? tested.updated,
      collecting: given.collecting ?? tested.collecting,
      script: given.statusChanges ?? [],
    };
  });
}

/** The settings of an account. @throws {UsageError} `invalid_seed` for an ID that is not of an account of the connection */
export function accountOf(
  { id, isTracked, ...given }: SeedAccount,
  connection: ConnectionRecord,
  path: string,
  { view, now }: Pick<Origin, "view" | "now">,
): AccountRecord {
  const source = sourceOf({ site: view.site, account: () => undefined }, connection, now);
  if (resolveIn(source, id)?.account.id !== id) {
    throw invalidSeed([`${path}.id: is not the ID of an account of this connection`]);
  }
  const { created } = connection;
  return {
    ...{ id, companyId: connection.companyId, connectionId: connection.id, isTracked },
    meterIsTracked: given.meterIsTracked ?? isTracked,
    untracked: given.untracked ?? (isTracked ? [] : [{ from: created, until: null }]),
    updated: given.updated ?? created,
  };
}

/** A connection as it is in a seed, without secrets and the delay of the data, which is the emulator's own setting. */
export function seedOfConnection(
  stored: ConnectionRecord,
  accounts: readonly AccountRecord[],
  now: Time,
): object {
  const connection = at(stored, now);
  return {
    ...fieldsIn(SEED_CONNECTION, connection),
    sites: connection.siteIds,
    workflowOwnerEmail: connection.ownerEmail,
    initialDatasourceTypes: connection.datasourceTypes,
    createdAt: connection.created,
    statusChanges: connection.script,
    accounts: accounts.map(({ companyId: _, connectionId: __, ...account }) => account),
  };
}

/** The sites that a connection of a seed names, in the seed or in `view`. @throws {UsageError} `invalid_seed` */
export function siteIdsOf(
  { sites: wanted }: SeedConnection,
  sites: readonly SiteRecord[],
  company: CompanyRecord,
  path: string,
  view: Pick<View, "sitesOf">,
): readonly string[] {
  const first = sites.slice(0, MAX_SANDBOX_SITES).map(({ id }) => id);
  if (wanted === undefined && first.length === 0) {
    throw invalidSeed([`${path}.sites: is required, because its company has no sites in the seed`]);
  }
  const all = [...sites, ...view.sitesOf(company.id)];
  const named = (name: string) =>
    all.find(({ id }) => id === name.toLowerCase()) ??
    all.find(({ externalId }) => externalId === name);
  return (
    wanted?.map((name, index) => {
      const site = typeof name === "number" ? sites[name] : named(name);
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
