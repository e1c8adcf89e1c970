/** What a new connection is scripted to go through, so that a state that takes weeks comes on demand. Our own, not Nectar's. Pure. */
import type { ScriptStep } from "../state/entities.ts";
import type { LoginOutcome } from "./login.ts";
import { CHECK_EVERY_MS } from "./timeline.ts";

/** What happens to connections that are made from now on. */
export interface Scenario {
  /** How long a new connection stays pending before its login is tried, in milliseconds. */
  readonly pendingForMs: number;
  /** A status that a connected login gets at a weekly check: at the first for 1; null leaves it connected. */
  readonly later: {
    readonly checks: number;
    readonly status: string;
    readonly detail: string | null;
  } | null;
}

/** The login is tried at once, and nothing happens later. */
export const PLAIN: Scenario = { pendingForMs: 0, later: null };

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
  const { later } = scenario;
  if (later === null || outcome.status !== "CONNECTED") return [first];
  return [first, step(tried + later.checks * CHECK_EVERY_MS, later.status, later.detail)];
}
