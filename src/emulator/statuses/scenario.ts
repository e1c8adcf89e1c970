/** Scripted status changes for new connections, so that a state that takes weeks can be tested. Our own, not Nectar's. Pure. */
import { UsageError } from "../../errors.ts";
import { didYouMean } from "../../words/nearest.ts";
import { isoOf, moveAllowed, parseMove, type Time } from "../clock.ts";
import { isKeyOf, notAllowed, shown } from "../given.ts";
import type { ScriptStep, StatusWithDetail } from "../state/entities.ts";
import { type ConnectionStatus, detailOf, type WrongPasswordStatus } from "./statuses.ts";
import { CHECK_EVERY_MS } from "./timeline.ts";

export interface Scenario {
  /** How long a new connection stays pending before its login is tested, in milliseconds. */
  readonly pendingForMs: number;
  /** Statuses after a successful login, at later weekly checks, earliest first. */
  readonly later: readonly LaterStep[];
}

interface LaterStep {
  /** At which weekly check: 1 is the first. */
  readonly checks: number;
  readonly status: string;
}

/** One change of a scenario: its name, and the number of weekly checks or the duration after which it happens. */
export type ScenarioEntry = readonly [name: string, value: string | number];

/** The login is tested at once, and nothing happens later. */
export const PLAIN: Scenario = { pendingForMs: 0, later: [] };

/** The possible changes: the status set at a weekly check, or null for the wait before the first login. */
export const SCENARIO = {
  "mfa-expires-after": "MFA_TOKEN_EXPIRED",
  "password-changes-after": "PASSWORD_INCORRECT",
  "new-password-after": "NEW_PASSWORD_NEEDED",
  "more-credentials-after": "ADDITIONAL_CREDENTIALS_NEEDED",
  "website-down-after": "WEBSITE_DOWN",
  "url-inaccessible-after": "URL_INACCESSIBLE",
  "no-accounts-after": "NO_ACCOUNTS_FOUND",
  "investigated-after": "UNDER_INVESTIGATION",
  "fails-after": "OTHER_ERROR",
  "company-inactive-after": "COMPANY_INACTIVE",
  /** How long a new connection stays pending before its login is tested: a duration such as `"3d"`, or milliseconds. */
  "pending-for": null,
} as const satisfies Record<string, ConnectionStatus | null>;

export const SCENARIO_NAMES: readonly string[] = Object.keys(SCENARIO);

/** The input form of a scenario: numbers of weekly checks, and a duration where the table has null. */
export type ScenarioOf<Table> = {
  readonly [Name in keyof Table]?:
    | (Table[Name] extends null ? string | number : number)
    | undefined;
};

export type GivenScenario = ScenarioOf<typeof SCENARIO>;

/** A hundred years of weekly checks. */
const MAX_CHECKS = 5217;

const CHECKS_ALLOWED = `a number of weekly checks from 1 to ${MAX_CHECKS}`;

/**
 * Builds a scenario.
 *
 * @throws {UsageError} `invalid_scenario` for an unknown or repeated name, an invalid value, and two changes at the same
 *   check
 */
export function readScenario(entries: readonly ScenarioEntry[]): Scenario {
  let pendingForMs = 0;
  const later: (LaterStep & { readonly name: string })[] = [];
  const seen = new Set<string>();
  for (const [name, value] of entries) {
    if (seen.has(name)) throw invalid(`${name}: is given twice`);
    seen.add(name);
    if (!isKeyOf(SCENARIO, name)) {
      const near = didYouMean(name, SCENARIO_NAMES);
      throw invalid(`${shown(name)}: is not one of ${SCENARIO_NAMES.join(", ")}${near}`);
    }
    const status = SCENARIO[name];
    if (status === null) {
      pendingForMs = readPending(name, value);
      continue;
    }
    const checks = readChecks(name, value);
    const other = later.find((step) => step.checks === checks);
    if (other !== undefined) {
      throw invalid(`${other.name} and ${name}: only one of them can happen at check ${checks}`);
    }
    later.push({ name, checks, status });
  }
  return { pendingForMs, later: later.toSorted((one, other) => one.checks - other.checks) };
}

/**
 * Parses the scenario of a program or a seed.
 * @throws {UsageError} `invalid_scenario`, see `readScenario`
 */
export function scenarioOf(given: GivenScenario): Scenario {
  const entries = Object.entries(given).flatMap(([name, value]): ScenarioEntry[] =>
    value === undefined ? [] : [[name, value]],
  );
  return readScenario(entries);
}

/**
 * Parses and validates `NAME=VALUE`.
 *
 * @throws {UsageError} `invalid_scenario`
 */
export function parseScenarioEntry(text: string): ScenarioEntry {
  const equals = text.indexOf("=");
  if (equals < 1) {
    throw invalid(`${shown(text)}: is not NAME=VALUE with one of ${SCENARIO_NAMES.join(", ")}`);
  }
  const entry: ScenarioEntry = [text.slice(0, equals), text.slice(equals + 1)];
  readScenario([entry]);
  return entry;
}

/** The scripted status changes of a new connection; `wrongPasswordStatus` is also that of a password that has changed. */
export function scriptOf(
  outcome: StatusWithDetail,
  { pendingForMs, later }: Scenario,
  now: Time,
  wrongPasswordStatus: WrongPasswordStatus,
): ScriptStep[] {
  const loginTime = now + pendingForMs;
  const first = { at: isoOf(loginTime), ...outcome };
  if (outcome.status !== "CONNECTED") return [first];
  const next = later.map(({ checks, status: listed }) => {
    const status = listed === "PASSWORD_INCORRECT" ? wrongPasswordStatus : listed;
    return { at: isoOf(loginTime + checks * CHECK_EVERY_MS), status, detail: detailOf(status) };
  });
  return [first, ...next];
}

function readChecks(name: string, value: string | number): number {
  const text = String(value);
  const checks = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (checks >= 1 && checks <= MAX_CHECKS) return checks;
  throw invalid(notAllowed(name, text, CHECKS_ALLOWED));
}

function readPending(name: string, value: string | number): number {
  const ms = parseMove(value);
  if (ms !== null) return ms;
  throw invalid(notAllowed(name, String(value), moveAllowed(value)));
}

function invalid(message: string): UsageError {
  return new UsageError("invalid_scenario", message);
}
