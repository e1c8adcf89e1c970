/** Looks for the first data of a fresh connection, for a short while. An ornament of an onboarding: it must not fail it. */
import type { DataApi, DocumentPage } from "../api/data.ts";
import type { Document } from "../api/schemas/document.ts";
import { InterruptedError, NectarError, NetworkError } from "../errors.ts";

export interface FirstData {
  /** 0 while there is none. */
  readonly documents: number;
  /** `YYYY-MM-DD`, the first day that the first and the last page speak of; null where that is not known. */
  readonly from: string | null;
  /** The last day, likewise. */
  readonly to: string | null;
}

export interface FirstDataPorts {
  readonly api: Pick<DataApi, "documentPage">;
  readonly clock: { now(): number; sleep(ms: number, signal: AbortSignal): Promise<void> };
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly deadline: () => number;
}

/** The sandbox's data may take up to 30 s; waiting so long for one line is not worth it. */
const PATIENCE_MS = 5_000;
const FIRST_PAUSE_MS = 250;
const GROWTH = 1.6;
/** Left of the command's time for printing the result. */
const MARGIN_MS = 300;

const NOTHING_YET: FirstData = { documents: 0, from: null, to: null };

/**
 * Asks for the documents of a connection until there are some, for at most 5 s and never up to the deadline.
 *
 * @returns null where it could not be found out, whatever the reason
 * @throws InterruptedError when the user stops the tool
 * @see https://docs.nectarclimate.com/developer-guide/sandbox-testing
 */
export async function awaitFirstData(
  connectionId: string,
  { api, clock, signal, deadline }: FirstDataPorts,
): Promise<FirstData | null> {
  const until = Math.min(clock.now() + PATIENCE_MS, deadline() - MARGIN_MS);
  if (until <= clock.now()) return null;
  const late = new AbortController();
  const ended = new AbortController();
  // An answer that never comes must not hold the result back either.
  clock.sleep(until - clock.now(), ended.signal).then(
    () => late.abort(new NetworkError("timeout", "no data in time", { processed: "no" })),
    () => {},
  );
  const scope = { kind: "connection", id: connectionId } as const;
  let seen: FirstData | null = null;
  try {
    for (let pause = FIRST_PAUSE_MS; ; pause *= GROWTH) {
      const first = await api.documentPage(scope, 1, late.signal);
      if (first.total > 0) {
        seen = { documents: first.total, from: null, to: null };
        const { totalPages } = first.envelope;
        const last = totalPages > 1 ? [await api.documentPage(scope, totalPages, late.signal)] : [];
        return { ...seen, ...spanOf([first, ...last]) };
      }
      seen = NOTHING_YET;
      if (clock.now() + pause >= until) return seen;
      await clock.sleep(pause, signal);
    }
  } catch (error) {
    if (!(error instanceof NectarError) || error instanceof InterruptedError) throw error;
    return seen;
  } finally {
    ended.abort();
  }
}

/** From the first to the last day; the order of documents is not documented, so both ends are looked at whole. */
function spanOf(pages: readonly DocumentPage[]): Pick<FirstData, "from" | "to"> {
  const documents = pages.flatMap(({ items }) => items);
  return {
    from: days(documents, "from")[0] ?? null,
    to: days(documents, "to").at(-1) ?? null,
  };
}

function days(documents: readonly Document[], end: "from" | "to"): string[] {
  return documents
    .map(({ period, billDate }) => period?.[end] ?? billDate)
    .filter((day) => day !== null)
    .sort();
}
