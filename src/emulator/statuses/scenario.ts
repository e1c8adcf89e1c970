/** What a new connection is scripted to go through, so that a state that takes weeks comes on demand. Our own, not Nectar's. Pure. */
import { UsageError } from "../../errors.ts";
import { MOVE_ALLOWED, parseMove } from "../clock.ts";
import { didYouMean } from "../nearest.ts";
import type { ScriptStep } from "../state/entities.ts";
import type { LoginOutcome } from "./login.ts";
import { type ConnectionStatus, detailOf, type WrongPasswordStatus } from "./statuses.ts";
import { CHECK_EVERY_MS } from "./timeline.ts";

/** What happens to connections that are made from now on. */
export interface Scenario {
  /** How long a new connection stays pending before its login is tried, in milliseconds. */
  readonly pendingForMs: number;
  /** Statuses that a login which was right gets at later weekly checks, the earliest first. */
  readonly later: readonly LaterStep[];
}

interface LaterStep {
  /** At which weekly check: 1 is the first. */
  readonly checks: number;
  readonly status: string;
  readonly detail: string | null;
}

/** A scenario as it is given: the name of a change, and the number of weekly checks or the duration after which it comes. */
export type ScenarioEntry = readonly [name: string, value: string | number];

/** The login is tried at once, and nothing happens later. */
export const PLAIN: Scenario = { pendingForMs: 0, later: [] };

/** What a scenario is made of: the status that comes at a weekly check, or null for the wait before the first login. */
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
  /** How long a new connection stays pending before its login is tried: a duration such as `"3d"`, or milliseconds. */
  "pending-for": null,
} as const satisfies Record<string, ConnectionStatus | null>;

export const SCENARIO_NAMES: readonly string[] = Object.keys(SCENARIO);

/** A scenario as a program gives it: numbers of weekly checks, and a duration where the table has null. */
export type ScenarioOf<Table> = {
  readonly [Name in keyof Table]?:
    | (Table[Name] extends null ? string | number : number)
    | undefined;
};

export type GivenScenario = ScenarioOf<typeof SCENARIO>;

/** A hundred years of weekly checks. */
const MOST_CHECKS = 5217;

const CHECKS_ALLOWED = `a number of weekly checks from 1 to ${MOST_CHECKS}`;

/**
 * Puts a scenario together.
 *
 * @param wrongPasswordStatus how a password that has changed is spelt
 * @throws {UsageError} `invalid_scenario` for a name or a value that is not allowed, for a name that is given twice, and
 *   for two changes at the same check
 */
export function readScenario(
  entries: readonly ScenarioEntry[],
  wrongPasswordStatus: WrongPasswordStatus = "PASSWORD_INCORRECT",
): Scenario {
  let pendingForMs = 0;
  const later: (LaterStep & { readonly name: string })[] = [];
  const seen = new Set<string>();
  for (const [name, value] of entries) {
    if (seen.has(name)) throw invalid(`${name}: is given twice`);
    seen.add(name);
    if (!isName(name)) {
      const near = didYouMean(name, SCENARIO_NAMES);
      throw invalid(`${shown(name)}: is none of ${SCENARIO_NAMES.join(", ")}${near}`);
    }
    const listed = SCENARIO[name];
    if (listed === null) {
      pendingForMs = readPending(name, value);
      continue;
    }
    const status = listed === "PASSWORD_INCORRECT" ? wrongPasswordStatus : listed;
    const checks = readChecks(name, value);
    const twin = later.find((step) => step.checks === checks);
    if (twin !== undefined) {
      throw invalid(`${twin.name} and ${name}: only one of them can come at check ${checks}`);
    }
    later.push({ name, checks, status, detail: detailOf(status) });
  }
  later.sort((one, other) => one.checks - other.checks);
  return { pendingForMs, later: later.map(({ name: _, ...step }) => step) };
}

/**
 * Reads a scenario that a program or a seed gives.
 * @throws {UsageError} `invalid_scenario`, see `readScenario`
 */
export function scenarioOf(
  given: GivenScenario,
  wrongPasswordStatus?: WrongPasswordStatus,
): Scenario {
  const entries = Object.entries(given).flatMap(([name, value]): ScenarioEntry[] =>
    value === undefined ? [] : [[name, value]],
  );
  return readScenario(entries, wrongPasswordStatus);
}

/**
 * Splits `NAME=VALUE`, and checks both.
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

/**
 * The script of a new connection.
 *
 * @param outcome of its login
 * @param now the emulator's time, in milliseconds since 1970
 */
export function begin(outcome: LoginOutcome, scenario: Scenario, now: number): ScriptStep[] {
  const tried = now + scenario.pendingForMs;
  const step = (time: number, status: string, detail: string | null): ScriptStep => ({
    at: new Date(time).toISOString(),
    status,
    detail,
  });
  const first = step(tried, outcome.status, outcome.statusErrorDetail);
  if (outcome.status !== "CONNECTED") return [first];
  const later = scenario.later.map(({ checks, status, detail }) =>
    step(tried + checks * CHECK_EVERY_MS, status, detail),
  );
  return [first, ...later];
}

function readChecks(name: string, value: string | number): number {
  const text = String(value);
  const checks = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (checks >= 1 && checks <= MOST_CHECKS) return checks;
  throw invalid(`${name}: ${shown(text)} is not allowed; it takes ${CHECKS_ALLOWED}`);
}

function isName(text: string): text is keyof typeof SCENARIO {
  return Object.hasOwn(SCENARIO, text);
}

function readPending(name: string, value: string | number): number {
  const ms = parseMove(value);
  if (ms !== null) return ms;
  throw invalid(`${name}: ${shown(String(value))} is not allowed; it takes ${MOVE_ALLOWED}`);
}

function shown(text: string): string {
  return `"${text.length > 60 ? `${text.slice(0, 57)}…` : text}"`;
}

function invalid(message: string): UsageError {
  return new UsageError("invalid_scenario", message);
}
