/** Waits while a connection is pending, until shortly before the deadline. */
import type { NectarApi } from "../api/client.ts";
import type { Connection } from "../api/resources/connection.ts";
import { NectarError } from "../errors.ts";
import { type DeadlinePorts, MARGIN_MS, poll, READ_LAG_MS, readCreated } from "./poll.ts";

export interface WaitPorts extends DeadlinePorts {
  readonly api: Pick<NectarApi, "getConnection">;
  readonly report: (event: { readonly kind: "working"; readonly on: "status" }) => void;
}

/**
 * Polls a connection until it is no longer pending.
 *
 * @param done when to stop; by default, as soon as the state is not `pending`
 * @returns the connection as last seen, still pending if the deadline was reached first
 */
export async function awaitSettled(
  connection: Connection,
  ports: WaitPorts,
  done: (connection: Connection) => boolean = ({ state }) => state !== "pending",
): Promise<Connection> {
  let last = connection;
  let isFresh = true;
  const readable = ports.clock.now() + READ_LAG_MS;
  try {
    await poll(
      ports,
      () => ports.deadline() - MARGIN_MS,
      async () => {
        if (!isFresh)
          last = await readCreated(() => ports.api.getConnection(last.id), readable, ports);
        isFresh = false;
        if (done(last)) return last;
        ports.report({ kind: "working", on: "status" });
        return null;
      },
    );
  } catch (error) {
    if (!(error instanceof NectarError) || error.code !== "deadline") throw error;
  }
  return last;
}
