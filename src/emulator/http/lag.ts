/** What a list shows when it lags, which a fault can bring about. Our own, not Nectar's. */
import type { Context } from "hono";
import { emulatorTime } from "../clock.ts";
import type { View } from "../state/collections.ts";

declare module "hono" {
  interface ContextVariableMap {
    /** How far the lists of this request lag, in milliseconds; not set where they do not. */
    lagMs?: number;
  }
}

/** Lets the lists of a request lag, by so many milliseconds. */
export function lagLists(c: Context, lagMs: number): void {
  c.set("lagMs", lagMs);
}

/** The moment that a list is answered for. */
export interface ListMoment {
  /** The emulator's time then, in milliseconds since 1970: now, unless the list lags. */
  readonly time: number;
  /** Whether the list lags. */
  readonly isPast: boolean;
  /** Whether something was there by then; what does not say when it came always was. */
  shows(object: { readonly created?: string }): boolean;
}

/** The moment that lists of a request are answered for. A read by ID is always answered for now. */
export function listMoment(c: Context, view: View, clock: { now(): number }): ListMoment {
  const lagMs = c.get("lagMs") ?? 0;
  const time = emulatorTime(view, clock) - lagMs;
  const isPast = lagMs > 0;
  return {
    ...{ time, isPast },
    // Without a lag nothing is held against the time, which a seed may have moved back.
    shows: ({ created }) => !isPast || created === undefined || Date.parse(created) <= time,
  };
}
