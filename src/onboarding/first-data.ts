/** Checks briefly for a new connection's first data. Optional in an onboarding: it must never make it fail. */
import type { NectarApi } from "../api/client.ts";
import type { CountedDocuments } from "../api/data.ts";
import { InterruptedError, NectarError, NetworkError } from "../errors.ts";
import { type DeadlinePorts, MARGIN_MS, poll } from "./poll.ts";

export interface FirstData {
  /** 0 if there is none yet. */
  readonly documents: number;
  /** `YYYY-MM-DD`, the earliest day on the first and the last page; null if not known. */
  readonly from: string | null;
  /** The latest day, likewise. */
  readonly to: string | null;
}

/** In milliseconds. The sandbox's data may take up to 30 s, too long to wait for one line of output. */
const LONGEST_WAIT_MS = 5_000;

/**
 * Polls for a connection's documents for at most 5 s, and stops before the deadline.
 *
 * @returns null if it could not be determined, for whatever reason
 * @throws InterruptedError if the user stops the tool
 * @see https://docs.nectarclimate.com/developer-guide/sandbox-testing
 */
export async function awaitFirstData(
  connectionId: string,
  {
    api,
    clock,
    signal,
    deadline,
  }: DeadlinePorts & { readonly api: Pick<NectarApi, "documentPage"> },
): Promise<FirstData | null> {
  const until = Math.min(clock.now() + LONGEST_WAIT_MS, deadline() - MARGIN_MS);
  if (until <= clock.now()) return null;
  const late = new AbortController();
  const ended = new AbortController();
  // A response that never arrives must not delay the result either.
  clock.sleep(until - clock.now(), ended.signal).then(
    () => late.abort(new NetworkError("timeout", "no data in time", { processed: "no" })),
    () => {},
  );
  const scope = { kind: "connection", id: connectionId } as const;
  let seen: FirstData | null = null;
  try {
    await poll(
      { clock, signal },
      () => until,
      async () => {
        const first = await api.documentPage(scope, 1, late.signal);
        seen = { documents: first.total, from: null, to: null };
        if (first.total === 0) return null;
        const totalPages = first.envelope.totalPages ?? 1;
        const last = totalPages > 1 ? [await api.documentPage(scope, totalPages, late.signal)] : [];
        seen = { ...seen, ...spanOf([first, ...last]) };
        return seen;
      },
    );
    return seen;
  } catch (error) {
    if (!(error instanceof NectarError) || error instanceof InterruptedError) throw error;
    return seen;
  } finally {
    ended.abort();
  }
}

/** The earliest and the latest day. The order of documents is not documented, so every document on a page counts. */
function spanOf(pages: readonly CountedDocuments[]): Pick<FirstData, "from" | "to"> {
  const days = (end: "from" | "to") =>
    pages
      .flatMap(({ items }) => items.map(({ period, billDate }) => period?.[end] ?? billDate))
      .filter((day) => day !== null)
      .sort();
  return { from: days("from")[0] ?? null, to: days("to").at(-1) ?? null };
}
