/** A connection as a source of data at a time: its accounts, and when each of them brings something. Nothing here is stored. */
import type { View } from "../state/collections.ts";
import type { AccountRecord, ConnectionRecord } from "../state/entities.ts";
import { at } from "../statuses/timeline.ts";
import { DAY_MS, monthOf, monthStart } from "./calendar.ts";
import { type Derived, derivedId, familyIn, LAST_MONTH, readDerivedId } from "./derived-id.ts";
import { type Place, placeOf } from "./place.ts";
import { type Seed, seedOf } from "./seed.ts";
import { SUPPLIES, type Supply } from "./supplies.ts";
import { delayed, toWindows, type Window, without } from "./windows.ts";

/** Our choice: a provider keeps the bills of ten years. */
const HISTORY_MONTHS = 120;

/** How long after its month's end a document is ready, at least. */
export const FIRST_READY_MS = 3 * DAY_MS;

/**
 * Which parts of the time up to the first data are over when an account is detected, and when it is onboarded.
 * Our choice: both statuses are documented, when they come is not.
 */
const DETECTED_AFTER = 0.5;
const ONBOARDED_AFTER = 0.75;

export interface Source {
  readonly connection: ConnectionRecord;
  readonly seed: Seed;
  readonly place: Place;
  /** The emulator's time that this is true at, in milliseconds since 1970. */
  readonly now: number;
  /** The first day of which there is data. */
  readonly firstDay: number;
  /** The month of that day, in months since the year 0. */
  readonly firstMonth: number;
  /** The last month whose documents may be ready at that time. */
  readonly lastMonth: number;
  /** When an account is first seen, and when its set-up is done; infinity for not yet. */
  readonly detected: number;
  readonly onboarded: number;
  /** Site by site, and in a site supply by supply. */
  readonly accounts: readonly Account[];
}

/** One account with its one meter, for one supply of one site. */
export interface Account {
  readonly source: Source;
  /** Counts the connection's sites from 0. */
  readonly site: number;
  readonly siteId: string;
  readonly supply: Supply;
  /** What a person set on it. */
  readonly record: AccountRecord | null;
  /** When its data arrives. */
  readonly windows: readonly Window[];
}

/**
 * @param stored the connection as it is kept, or as it is at the time
 * @param now the emulator's time, in milliseconds since 1970
 */
export function sourceOf(
  view: Pick<View, "account">,
  stored: ConnectionRecord,
  now: number,
): Source {
  const connection = at(stored, now);
  const { collecting, dataDelayMs, siteIds } = connection;
  const accounts: Account[] = [];
  const seed = seedOf(connection.id);
  const spans = toWindows(collecting);
  const firstDay = firstDayOf(connection);
  const source: Source = {
    connection,
    seed,
    place: placeOf(connection.country),
    now,
    firstDay,
    firstMonth: monthOf(firstDay),
    lastMonth: Math.min(monthOf(now - FIRST_READY_MS) - 1, LAST_MONTH),
    detected: firstOpening(spans, dataDelayMs * DETECTED_AFTER),
    onboarded: firstOpening(spans, dataDelayMs * ONBOARDED_AFTER),
    accounts,
  };
  const windows = delayed(spans, dataDelayMs);
  const supplies = SUPPLIES.filter((supply) => isAskedFor(connection, supply));
  siteIds.forEach((siteId, site) => {
    for (const supply of supplies) {
      const record = view.account(derivedId(seed, accountPart(site, supply))) ?? null;
      const own =
        record === null
          ? windows
          : delayed(without(spans, toWindows(record.untracked)), dataDelayMs);
      accounts.push({ source, site, siteId, supply, record, windows: own });
    }
  });
  return source;
}

/** When the data of a connection arrives, of whose accounts nobody touched any. */
export function windowsIn({ collecting, dataDelayMs }: ConnectionRecord): readonly Window[] {
  return delayed(toWindows(collecting), dataDelayMs);
}

export function accountId(account: Account): string {
  return derivedId(account.source.seed, accountPart(account.site, account.supply));
}

export function meterId(account: Account): string {
  const part = accountPart(account.site, account.supply);
  return derivedId(account.source.seed, { ...part, kind: "meter" });
}

export function isDetected({ source }: Account): boolean {
  return source.detected <= source.now;
}

/** What an ID stands for; whether it is there already is another question. */
export interface Resolved {
  readonly account: Account;
  readonly derived: Derived;
}

/**
 * Finds what an ID stands for, without a search.
 *
 * @param id in lower case
 * @param now the emulator's time, in milliseconds since 1970
 * @returns undefined for an ID that no connection gave out
 */
export function resolveId(view: View, id: string, now: number): Resolved | undefined {
  const connection = view.connectionByFamily(familyIn(id));
  return connection && resolveIn(sourceOf(view, connection, now), id);
}

/** The same, of one source. */
export function resolveIn({ seed, accounts }: Source, id: string): Resolved | undefined {
  const derived = readDerivedId(seed, id);
  if (derived === null) return undefined;
  const account = accounts.find(
    ({ site, supply }) => site === derived.site && supply.number === derived.supply,
  );
  return account && { account, derived };
}

function accountPart(site: number, supply: Supply): Derived {
  return { kind: "account", site, supply: supply.number, month: 0, part: 0 };
}

function firstOpening(spans: readonly Window[], delayMs: number): number {
  return delayed(spans, delayMs)[0]?.open ?? Number.POSITIVE_INFINITY;
}

function isAskedFor({ datasourceTypes }: ConnectionRecord, { type }: Supply): boolean {
  return datasourceTypes.length === 0 || datasourceTypes.includes(type);
}

function firstDayOf({ created, dataCollectionStartDate }: ConnectionRecord): number {
  const asked = Date.parse(`${dataCollectionStartDate}T00:00:00.000Z`);
  const oldest = monthStart(monthOf(Date.parse(created)) - HISTORY_MONTHS);
  return Math.floor(Math.max(asked, oldest) / DAY_MS) * DAY_MS;
}
