/**
 * Deletes a company, so that its ledgers are true wherever the run ends: it is marked before the request and confirmed
 * after it. A run that was killed in between is finished by the next one.
 */
import type { NectarApi } from "../api/client.ts";
import {
  AuthError,
  type NectarError,
  NetworkError,
  NotFoundError,
  RefusedError,
} from "../errors.ts";
import type { Ledger } from "./ledger.ts";

export interface RemovalPorts {
  readonly api: Pick<NectarApi, "deleteCompany" | "getCompany">;
  /** Each ledger that has the company, locked. */
  readonly ledgers: readonly Ledger[];
  /** Called once the company no longer exists, before that is recorded: a run that is killed here does it again. */
  readonly forget: (id: string) => Promise<void>;
}

/** `gone`: it did not exist any more. */
export type Removal = "deleted" | "gone";

/**
 * Deletes a company with everything in it. The vendor documents the 204 at once, and that the deletion goes on in the
 * background.
 *
 * @param id as the API writes it
 * @throws NetworkError if it may or may not have been deleted; the ledgers then keep it marked
 */
export async function removeCompany(id: string, ports: RemovalPorts): Promise<Removal> {
  const { ledgers, forget } = ports;
  for (const ledger of ledgers) {
    ledger.check();
    // First: a list that still shows the company afterwards is then known to be stale.
    await ledger.markDeleted(id);
  }
  const removal = await sendDelete(id, ports);
  await forget(id);
  for (const ledger of ledgers) await ledger.confirmDeleted(id);
  return removal;
}

async function sendDelete(id: string, { api, ledgers }: RemovalPorts): Promise<Removal> {
  try {
    await api.deleteCompany(id);
    return "deleted";
  } catch (error) {
    if (error instanceof NotFoundError) return "gone";
    if (wasRejected(error)) for (const ledger of ledgers) await ledger.unmarkDeleted(id);
    if (!(error instanceof NetworkError) || error.processed === "no") throw error;
    if (await isGone(id, api)) return "deleted";
    throw error.with({
      hint: "The company may have been deleted all the same. Run the same command again: it checks first.",
    });
  }
}

/** Whether the request definitely had no effect. */
function wasRejected(error: unknown): error is NectarError {
  return (
    error instanceof AuthError ||
    error instanceof RefusedError ||
    (error instanceof NetworkError && error.processed === "no")
  );
}

async function isGone(id: string, api: RemovalPorts["api"]): Promise<boolean> {
  try {
    await api.getCompany(id);
    return false;
  } catch (error) {
    // Any other failure proves nothing, and explains less than the first one.
    return error instanceof NotFoundError;
  }
}
