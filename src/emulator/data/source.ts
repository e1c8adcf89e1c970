/** A connection as a data source at a given time: its accounts, and when data arrives for each. Nothing here is stored. */
import type { Time } from "../clock.ts";
import type { View } from "../state/collections.ts";
import type { AccountRecord, ConnectionRecord } from "../state/entities.ts";
import { at } from "../statuses/timeline.ts";
import { dayOfMonth, dayStart, monthOf } from "./calendar.ts";
import { type Country, countryOf, zoneOf } from "./countries.ts";
import { type Derived, derivedId, familyIn, MAX_SITES, readDerivedId } from "./derived-id.ts";
import { familyOf } from "./noise.ts";
import { SUPPLIES, type Supply } from "./supplies.ts";
import { delayed, toWindows, type Window, without } from "./windows.ts";

/** Our choice: a provider has ten years of bills. */
const HISTORY_MONTHS = 120;

/** What the data of a connection depends on, in addition to the connection. */
export type SourceView = Pick<View, "account" | "site">;

export interface Source {
  readonly connection: ConnectionRecord;
  /** Its ID prefix and the source of its randomness; see `familyOf`. */
  readonly family: string;
  readonly country: Country;
  readonly now: Time;
  readonly firstDay: number;
  /** The range of months, counted from the year 0, in which bills can end. */
  readonly firstMonth: number;
  readonly lastMonth: number;
  /** By site, then by supply; empty until the first successful login. */
  readonly accounts: readonly Account[];
}

/** One account with its one meter, for one supply of one site. */
export interface Account {
  readonly id: string;
  readonly source: Source;
  /** Index of the site in the connection, from 0. */
  readonly site: number;
  readonly siteId: string;
  readonly address: string;
  readonly supply: Supply;
  /** Settings changed through the API, if any. */
  readonly record: AccountRecord | null;
  readonly detected: number;
  /** When its data arrives. */
  readonly windows: readonly Window[];
}

/** @param stored the connection as stored, or as of `now` */
export function sourceOf(view: SourceView, stored: ConnectionRecord, now: Time): Source {
  const connection = at(stored, now);
  const { collecting, country, dataDelayMs, datasourceTypes: types } = connection;
  const family = familyOf(connection.id);
  const firstDay = firstDayOf(connection);
  const accounts: Account[] = [];
  const source: Source = {
    ...{ connection, family, country: countryOf(country), now, firstDay, accounts },
    firstMonth: monthOf(firstDay),
    lastMonth: monthOf(now),
  };
  const spans = toWindows(collecting);
  const [first] = spans;
  if (first === undefined || first.open > now) return source;
  const all = delayed(spans, dataDelayMs);
  const supplies = SUPPLIES.filter(({ type }) => types.length === 0 || types.includes(type));
  connection.siteIds.slice(0, MAX_SITES).forEach((siteId, site) => {
    const address = view.site(siteId)?.address ?? "";
    for (const supply of supplies) {
      const id = objectId({ source, site, supply }, "account");
      const record = view.account(id) ?? null;
      const tracked = record === null ? spans : without(spans, toWindows(record.untracked));
      const windows = record === null ? all : delayed(tracked, dataDelayMs);
      const detected = first.open;
      accounts.push({ id, source, site, siteId, address, supply, record, detected, windows });
    }
  });
  return source;
}

/** The ID of what belongs to an account; see `Derived` for the month and the part. */
export function objectId(
  { source, site, supply }: Pick<Account, "source" | "site" | "supply">,
  kind: Derived["kind"],
  month = 0,
  part = 0,
): string {
  return derivedId(source.family, { kind, site, supply: supply.number, month, part });
}

export function meterId(account: Account): string {
  return objectId(account, "meter");
}

export function zoneOfSite({ source, address }: Account): string {
  return zoneOf(source.connection.country, address);
}

/** What an ID refers to; it may not have arrived yet. */
export interface Resolved {
  readonly account: Account;
  readonly derived: Derived;
}

/** Resolves an ID in lower case, without a search; undefined for one that belongs to no connection. */
export function resolveId(
  view: SourceView & Pick<View, "connectionByFamily">,
  id: string,
  now: Time,
): Resolved | undefined {
  const connection = view.connectionByFamily(familyIn(id));
  return connection && resolveIn(sourceOf(view, connection, now), id);
}

export function resolveIn({ family, accounts }: Source, id: string): Resolved | undefined {
  const derived = readDerivedId(id);
  if (derived === null || familyIn(id) !== family) return undefined;
  const account = accounts.find(
    ({ site, supply }) => site === derived.site && supply.number === derived.supply,
  );
  return account && { account, derived };
}

function firstDayOf({ created, dataCollectionStartDate }: ConnectionRecord): number {
  const requested = Date.parse(`${dataCollectionStartDate}T00:00:00.000Z`);
  const oldest = dayOfMonth(monthOf(Date.parse(created)) - HISTORY_MONTHS, 1);
  return dayStart(Math.max(requested, oldest));
}
