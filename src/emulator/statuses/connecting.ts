/** A login is given: a connection is made, or one that lost its login is renewed. The password is tried and forgotten. */
import { MAX_SANDBOX_SITES, SANDBOX_LOGIN } from "../../api/resources/connection.ts";
import { CALLER_EMAIL } from "../http/guard.ts";
import { badField } from "../http/refusal.ts";
import type { View } from "../state/collections.ts";
import type { CompanyRecord, ConnectionRecord } from "../state/entities.ts";
import { isSandboxLogin, type Login, parseUrl, tryLogin } from "./login.ts";
import { begin, PLAIN, type Scenario } from "./scenario.ts";
import type { WrongPasswordStatus } from "./statuses.ts";
import { at, withStatus } from "./timeline.ts";

/** What a connection is made of beside its login. */
export interface GivenConnection extends Login {
  readonly siteIds: readonly string[];
  readonly country?: string | undefined;
  readonly ownerEmail?: string | undefined;
  readonly datasourceTypes?: readonly string[] | undefined;
  readonly dataCollectionStartDate?: string | undefined;
}

export interface ConnectingParts {
  /** Gives a new UUID each time. */
  readonly ids: () => string;
  readonly wrongPasswordStatus: WrongPasswordStatus;
  readonly scenario: Scenario;
  /** How long after a login data appears, in milliseconds. */
  readonly dataDelayMs: number;
}

/** Our choice, in milliseconds; the vendor's older page says up to 30 seconds. */
const DATA_DELAY_MS = 2000;

/** In milliseconds: what that page says. */
export const LONGEST_DATA_DELAY_MS = 30_000;

/** The same, of which everything but the IDs may be left out. */
export type ConnectingOptions = Pick<ConnectingParts, "ids"> & {
  readonly [Name in Exclude<keyof ConnectingParts, "ids">]?: ConnectingParts[Name] | undefined;
};

/** The parts, with what was left out as an emulator has it that was told nothing. */
export function connectingParts(given: ConnectingOptions): ConnectingParts {
  return {
    ids: given.ids,
    wrongPasswordStatus: given.wrongPasswordStatus ?? "PASSWORD_INCORRECT",
    scenario: given.scenario ?? PLAIN,
    dataDelayMs: given.dataDelayMs ?? DATA_DELAY_MS,
  };
}

/**
 * Makes a connection, its login tried.
 * The sandbox login takes 1 to 3 sites, another one any number. Our choice: a site may be named once.
 *
 * @param now the emulator's time, in milliseconds since 1970
 * @throws {Refusal} 400 for a URL that is none, and for sites that are not the company's
 * @see https://docs.nectarclimate.com/developer-guide/sandbox-testing
 */
export function makeConnection(
  given: GivenConnection,
  company: CompanyRecord,
  view: Pick<View, "site">,
  now: number,
  { ids, wrongPasswordStatus, scenario, dataDelayMs }: ConnectingParts,
): ConnectionRecord {
  checkProviderUrl(given.url);
  const { length } = given.siteIds;
  if (isSandboxLogin(given) && (length < 1 || length > MAX_SANDBOX_SITES)) {
    throw badField("sites", `must hold from 1 to ${MAX_SANDBOX_SITES} sites`);
  }
  checkSites(given.siteIds, company.id, view);
  const when = new Date(now).toISOString();
  const made: ConnectionRecord = {
    id: ids(),
    companyId: company.id,
    created: when,
    updated: when,
    magicLinkSecret: ids(),
    // The documented first status; the outcome of the login follows it at once, unless a scenario says otherwise.
    status: "PENDING",
    statusErrorDetail: null,
    statusLastUpdateTime: when,
    statusFirstSeenTime: when,
    url: given.url,
    username: given.username,
    country: (given.country ?? SANDBOX_LOGIN.country).toUpperCase(),
    siteIds: given.siteIds,
    ownerEmail: given.ownerEmail ?? CALLER_EMAIL,
    dataCollectionStartDate: given.dataCollectionStartDate ?? company.dataCollectionStartDate,
    datasourceTypes: given.datasourceTypes ?? [],
    script: [],
    collecting: [],
    dataDelayMs,
    announcedUntil: when,
  };
  return at({ ...made, script: begin(tryLogin(given, wrongPasswordStatus), scenario, now) }, now);
}

/**
 * Gives a connection another login. What it was scripted to do is dropped.
 *
 * @param now the emulator's time, in milliseconds since 1970
 * @throws {Refusal} 400 for a URL that is none
 */
export function renewConnection(
  connection: ConnectionRecord,
  given: Login,
  now: number,
  { wrongPasswordStatus }: Pick<ConnectingParts, "wrongPasswordStatus">,
): ConnectionRecord {
  checkProviderUrl(given.url);
  const outcome = tryLogin(given, wrongPasswordStatus);
  const current = { ...at(connection, now), script: [] };
  return {
    ...withStatus(current, { status: outcome.status, detail: outcome.statusErrorDetail }, now),
    url: given.url,
    username: given.username,
  };
}

/**
 * Our choice: what is no URL is refused, and so is one that carries a login, which would be stored with it.
 * @throws {Refusal} 400 that names the field
 */
export function checkProviderUrl(text: string, field = "url"): void {
  const url = parseUrl(text);
  if (url === null) {
    throw badField(field, "must be a full URL that starts with https:// or http://");
  }
  if (url.username !== "" || url.password !== "") {
    throw badField(field, "must not hold a user name or a password");
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
