/** An emulator with a connection that has brought its data, and a clock that the test turns. */
import * as z from "zod/mini";
import { pageEnvelope } from "../../../src/api/resources/wire.ts";
import { call, createCompany, createConnection, createSite, start } from "../harness.ts";
import { documentPageWire, usagePageWire } from "../wire.ts";

export const DAY = 24 * 60 * 60 * 1000;

/** When the connection is made. */
export const MADE = Date.UTC(2025, 10, 20, 9);

const accountWire = z.looseObject({
  id: z.string(),
  meters: z.array(z.string()),
  isTracked: z.boolean(),
  trackingStatus: z.string(),
  status: z.string(),
  isCollectingInvoiceData: z.boolean(),
  datasourceTypes: z.array(z.string()),
  statusFirstSeenTime: z.string(),
});

const connectionWire = z.looseObject({ accounts: z.array(accountWire) });

const intervalPageWire = z.extend(pageEnvelope, {
  totalIntervals: z.number(),
  intervals: z.array(
    z.looseObject({
      id: z.string(),
      account: z.string(),
      start: z.string(),
      end: z.string(),
      usage: z.string(),
      created: z.string(),
      identifiers: z.array(z.looseObject({ value: z.string() })),
    }),
  ),
});

/** @param options.sites how many, from 1 to 3 */
export async function sandbox(options: { sites?: number; connection?: object } = {}) {
  let now = MADE;
  let made = 0;
  const emulator = await start({
    clock: { now: () => now, sleep: async () => {} },
    // The same in every run, so that a failure can be looked at again.
    ids: () => `00000000-0000-4000-8000-${String(++made).padStart(12, "0")}`,
  });
  const company = await createCompany(emulator);
  const siteIds: string[] = [];
  for (let site = 0; site < (options.sites ?? 1); site += 1) {
    siteIds.push((await createSite(emulator, company.id, { name: `Plant ${site}` })).id);
  }
  const connection = await createConnection(emulator, company.id, {
    sites: siteIds,
    ...options.connection,
  });
  const get = (path: string) => call(emulator, "GET", path);
  return {
    emulator,
    companyId: company.id,
    connectionId: connection.id,
    siteIds,
    get,
    patch: (path: string, body: unknown) => call(emulator, "PATCH", path, body),
    /** Sets the time to so many milliseconds after the connection was made. */
    setTime: (after: number) => {
      now = MADE + after;
    },
    documents: async (path: string) => z.parse(documentPageWire, (await get(path)).body),
    usage: async (path: string) => z.parse(usagePageWire, (await get(path)).body),
    intervals: async (path: string) => z.parse(intervalPageWire, (await get(path)).body),
    accounts: async () =>
      z.parse(connectionWire, (await get(`/connection/${connection.id}/details`)).body).accounts,
  };
}

type Sandbox = Awaited<ReturnType<typeof sandbox>>;

/** Every document behind a path, page by page. */
export async function everyDocument({ documents }: Pick<Sandbox, "documents">, path: string) {
  const all = [];
  for (let page = 1; ; page += 1) {
    const given = await documents(`${path}${path.includes("?") ? "&" : "?"}page=${page}`);
    all.push(...given.documents);
    if (!given.hasNext) return all;
  }
}
