/** Creates a connection from a login, or reconnects an existing one. The password is tested and never stored. */

import { SANDBOX_LOGIN } from "../../api/resources/connection.ts";
import { isoOf, type Time } from "../clock.ts";
import { parseUrl } from "../given.ts";
import { CALLER_EMAIL } from "../http/guard.ts";
import { badField } from "../http/refusal.ts";
import type { View } from "../state/collections.ts";
import type { CompanyRecord, ConnectionRecord } from "../state/entities.ts";
import { type Login, tryLogin } from "./login.ts";
import { PLAIN, type Scenario, scriptOf } from "./scenario.ts";
import type { WrongPasswordStatus } from "./statuses.ts";
import { at, withStatus } from "./timeline.ts";

export interface GivenConnection extends Login {
  readonly siteIds: readonly string[];
  readonly country?: string | undefined;
  readonly ownerEmail?: string | undefined;
  readonly datasourceTypes?: readonly string[] | undefined;
  readonly dataCollectionStartDate?: string | undefined;
}

export interface ConnectingParts {
  /** Returns a new UUID on each call. */
  readonly ids: () => string;
  readonly wrongPasswordStatus: WrongPasswordStatus;
  readonly scenario: Scenario;
  readonly dataDelayMs: number;
}

/** Our choice, in milliseconds; the vendor's older page says up to 30 seconds. */
const DATA_DELAY_MS = 2000;

/** The limit on that page, in milliseconds. */
export const LONGEST_DATA_DELAY_MS = 30_000;

/** The same, with everything but `ids` optional. */
export type ConnectingOptions = Pick<ConnectingParts, "ids"> & {
  readonly [Name in Exclude<keyof ConnectingParts, "ids">]?: ConnectingParts[Name] | undefined;
};

export function connectingParts(given: ConnectingOptions): ConnectingParts {
  return {
    ids: given.ids,
    wrongPasswordStatus: given.wrongPasswordStatus ?? "PASSWORD_INCORRECT",
    scenario: given.scenario ?? PLAIN,
    dataDelayMs: given.dataDelayMs ?? DATA_DELAY_MS,
  };
}

/**
 * Creates a connection and tests its login.
 *
 * @throws {Refusal} 400 for an invalid URL, for sites that are not the company's, and for too few or too many of them
 * @see https://docs.nectarclimate.com/developer-guide/sandbox-testing
 */
export function makeConnection(
  given: GivenConnection,
  company: CompanyRecord,
  view: Pick<View, "site">,
  now: Time,
  parts: ConnectingParts,
): ConnectionRecord {
  const { scenario, wrongPasswordStatus } = parts;
  const connection = untriedConnection(given, company, view, now, parts);
  const outcome = tryLogin(given, given.siteIds.length, wrongPasswordStatus);
  return at({ ...connection, script: scriptOf(outcome, scenario, now, wrongPasswordStatus) }, now);
}

/**
 * A connection whose login was not tested. Our choice: no site may be named twice.
 *
 * @throws {Refusal} 400 for an invalid URL, and for sites that are not the company's
 */
export function untriedConnection(
  given: Omit<GivenConnection, "password">,
  company: CompanyRecord,
  view: Pick<View, "site">,
  now: Time,
  { ids, dataDelayMs }: Pick<ConnectingParts, "ids" | "dataDelayMs">,
): ConnectionRecord {
  checkProviderUrl(given.url);
  checkSites(given.siteIds, company.id, view);
  const when = isoOf(now);
  return {
    id: ids(),
    companyId: company.id,
    created: when,
    updated: when,
    magicLinkSecret: ids(),
    // The documented first status; the outcome of the login follows at once, unless a scenario delays it.
    status: "PENDING",
    statusErrorDetail: null,
    statusLastUpdateTime: when,
    statusFirstSeenTime: when,
    url: given.url,
    username: given.username,
    country: given.country ?? SANDBOX_LOGIN.country,
    siteIds: given.siteIds,
    ownerEmail: given.ownerEmail ?? CALLER_EMAIL,
    dataCollectionStartDate: given.dataCollectionStartDate ?? company.dataCollectionStartDate,
    datasourceTypes: given.datasourceTypes ?? [],
    script: [],
    collecting: [],
    dataDelayMs,
    announcedUntil: when,
  };
}

/**
 * Reconnects with a new login. Scripted status changes are dropped.
 *
 * @throws {Refusal} 400 for an invalid URL, and when the connection has too few or too many sites for this login
 */
export function renewConnection(
  connection: ConnectionRecord,
  given: Login,
  now: Time,
  { wrongPasswordStatus }: Pick<ConnectingParts, "wrongPasswordStatus">,
): ConnectionRecord {
  checkProviderUrl(given.url);
  const outcome = tryLogin(given, connection.siteIds.length, wrongPasswordStatus);
  const current = { ...at(connection, now), script: [] };
  return { ...withStatus(current, outcome, now), url: given.url, username: given.username };
}

/**
 * Our choice: refuses anything but a full URL, and a URL with a user name or password, which would be stored with it.
 * @throws {Refusal} 400 that names the field
 */
export function checkProviderUrl(text: string, field = "url"): void {
  const url = parseUrl(text);
  if (url === null) {
    throw badField(field, "must be a full URL that starts with https:// or http://");
  }
  if (url.username !== "" || url.password !== "") {
    throw badField(field, "must not contain a user name or a password");
  }
}

/** @throws {Refusal} 400 that names the field, for sites that are named twice or not the company's */
export function checkSites(
  siteIds: readonly string[],
  companyId: string,
  view: Pick<View, "site">,
  field = "sites",
): void {
  if (new Set(siteIds).size < siteIds.length) throw badField(field, "names a site twice");
  for (const id of siteIds) {
    if (view.site(id)?.companyId !== companyId) {
      throw badField(field, `${id} is not a site of this company`);
    }
  }
}
