/** Waits while a connection's status is pending, with growing pauses, until shortly before the deadline. */
import type { NectarApi } from "../api/client.ts";
import type { Connection } from "../api/schemas/connection.ts";
import { NectarError } from "../errors.ts";

export interface WaitPorts {
  readonly api: Pick<NectarApi, "getConnection">;
  readonly clock: { now(): number; sleep(ms: number, signal: AbortSignal): Promise<void> };
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly deadline: () => number;
  readonly report: (event: { readonly kind: "working"; readonly on: "status" }) => void;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;
const GROWTH = 1.6;
/** Left for the last answer, so that a command ends by its own word and not by the deadline's. */
const MARGIN_MS = 300;

/**
 * Looks at a connection until it is no longer pending.
 *
 * @param done when to stop; by default, as soon as the state is not `pending`
 * @returns the connection as last seen, still pending if the deadline came first
 */
export async function awaitSettled(
  connection: Connection,
  ports: WaitPorts,
  done: (connection: Connection) => boolean = ({ state }) => state !== "pending",
): Promise<Connection> {
  let last = connection;
  let pause = FIRST_PAUSE_MS;
  while (!done(last)) {
    ports.report({ kind: "working", on: "status" });
    const left = ports.deadline() - MARGIN_MS - ports.clock.now();
    if (left <= 0) return last;
    try {
      await ports.clock.sleep(Math.min(pause, left), ports.signal);
      last = await ports.api.getConnection(last.id);
    } catch (error) {
      if (error instanceof NectarError && error.code === "deadline") return last;
      throw error;
    }
    pause = Math.min(LONGEST_PAUSE_MS, pause * GROWTH);
  }
  return last;
}
