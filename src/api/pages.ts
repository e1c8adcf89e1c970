/** Pagination. A page past the end repeats the last one, so only `hasNext` and a growing page number are trusted. */
import type { PageEnvelope } from "./resources/wire.ts";

export interface Page<Item> {
  readonly envelope: PageEnvelope;
  readonly items: readonly Item[];
}

/**
 * All items of all pages, with pages fetched lazily.
 *
 * @param fetchPage fetches a page by its number, from 1
 * @see https://docs.nectarclimate.com/developer-guide/pagination
 */
export async function* eachItem<Item>(
  fetchPage: (page: number) => Promise<Page<Item>>,
): AsyncGenerator<Item, void, undefined> {
  let last = 0;
  for (let page = 1; ; page += 1) {
    const { envelope, items } = await fetchPage(page);
    const current = envelope.currentPage ?? page;
    if (current <= last) return;
    last = current;
    yield* items;
    if (!envelope.hasNext) return;
  }
}

/**
 * All items of all pages, for callers that must not miss any. A deletion in between moves items to a page that was
 * already read, so multiple pages are read twice and the results merged.
 *
 * @returns each item once; some may no longer exist
 */
export async function readAllItems<Item extends { readonly id: string }>(
  fetchPage: (page: number) => Promise<Page<Item>>,
): Promise<readonly Item[]> {
  const found = new Map<string, Item>();
  let pages = 0;
  const read = async () => {
    const counted = (page: number) => {
      pages += 1;
      return fetchPage(page);
    };
    for await (const item of eachItem(counted)) found.set(item.id, item);
  };
  await read();
  if (pages > 1) await read();
  return [...found.values()];
}

export interface Taken<Item> {
  readonly items: readonly Item[];
  /** Whether the limit left items out. */
  readonly isCut: boolean;
}

/** The first items, up to a limit. Fetches one more, maybe from an extra page, to know whether items were left out. */
export async function takeFirst<Item>(
  items: AsyncIterable<Item>,
  limit = Infinity,
): Promise<Taken<Item>> {
  const found = await take(items, limit + 1);
  return { items: found.slice(0, limit), isCut: found.length > limit };
}

/**
 * The newest items first, up to a limit. Fetches every page: the API documents no order.
 *
 * @param dayOf a day such as `2025-01-31`; an item without one comes last
 */
export async function takeNewest<Item>(
  items: AsyncIterable<Item>,
  dayOf: (item: Item) => string | null,
  limit = Infinity,
): Promise<Taken<Item>> {
  const found = (await take(items)).map((item) => ({ item, day: dayOf(item) ?? "" }));
  found.sort((one, other) => (one.day < other.day ? 1 : one.day > other.day ? -1 : 0));
  const newest = found.slice(0, limit).map(({ item }) => item);
  return { items: newest, isCut: found.length > limit };
}

/** The first items, up to a limit; fetches no more pages than needed. */
async function take<Item>(items: AsyncIterable<Item>, limit = Infinity): Promise<Item[]> {
  const taken: Item[] = [];
  for await (const item of items) {
    taken.push(item);
    if (taken.length >= limit) break;
  }
  return taken;
}
