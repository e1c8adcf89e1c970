/** Lists: the requested page, and the point in time that a list shows, which a fault can move back. */
import type { Context } from "hono";
import * as z from "zod/mini";
import type { PageEnvelope } from "../../api/resources/wire.ts";
import { type Clock, emulatorTime } from "../clock.ts";
import type { View } from "../state/collections.ts";
import { readQuery, wholeNumber } from "./query.ts";

/** The page size of lists without a `limit`, and the default of those with one. */
export const PAGE_SIZE = 100;
const MAX_PAGE_SIZE = 500;

const paging = z.object({ page: wholeNumber("must be a whole number from 1", 1) });

/**
 * The `limit` query of some lists.
 * @see https://docs.nectarclimate.com/api-reference/v2-2/connections/get-company-utility-account-connections
 */
export const limited = {
  limit: wholeNumber(`must be a whole number from 1 to ${MAX_PAGE_SIZE}`, 1, MAX_PAGE_SIZE),
};

declare module "hono" {
  interface ContextVariableMap {
    /** How far a fault makes the lists of this request lag, in milliseconds; unset if they do not. */
    lagMs?: number;
  }
}

/**
 * Answers the requested page of a list: the total, the envelope, and the items under their name.
 * A page past the end returns the last page, as documented.
 *
 * @param name plural, such as `connections`; the total's name is derived from it
 * @param bodyOf called only for the items of the page, before this returns
 * @throws {Refusal} 400 for an invalid `page`
 * @see https://docs.nectarclimate.com/cookbooks/pagination
 */
export function answerPage<T>(
  c: Context,
  name: string,
  items: readonly T[],
  bodyOf: (item: T) => object,
  perPage: number = PAGE_SIZE,
): Response {
  const { envelope, start, end } = pageOf(c, items.length, perPage);
  const total = `total${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  const head = JSON.stringify({ [total]: items.length, ...envelope }).slice(0, -1);
  const around = [`${head},${JSON.stringify(name)}:[`, "]}"] as const;
  const chunks = chunksOf(items.slice(start, end), bodyOf, around);
  return c.body(Buffer.concat([...chunks]), 200, JSON_TYPE);
}

/**
 * The position of the requested page in a list of a known length.
 * @returns the envelope, and the index range from `start` to `end` (exclusive)
 */
export function pageOf(
  c: Context,
  total: number,
  perPage: number = PAGE_SIZE,
): { readonly envelope: PageEnvelope; readonly start: number; readonly end: number } {
  // Our choice: an empty list has one empty page.
  const totalPages = Math.max(1, Math.ceil(total / perPage));
  const currentPage = Math.min(readQuery(c, paging).page ?? 1, totalPages);
  const start = (currentPage - 1) * perPage;
  return {
    envelope: {
      perPage,
      totalPages,
      currentPage,
      hasNext: currentPage < totalPages,
      hasPrevious: currentPage > 1,
    },
    start,
    end: Math.min(total, start + perPage),
  };
}

/**
 * Answers a whole list; one longer than a page is sent a chunk at a time, so that it is never entirely in memory.
 * @param bodyOf may be called later, so it must not read state that may have changed by then
 */
export function answerList<T>(
  c: Context,
  items: readonly T[],
  bodyOf: (item: T, index: number) => object,
): Response {
  if (items.length <= PAGE_SIZE) return c.json(items.map(bodyOf));
  return c.body(ReadableStream.from(chunksOf(items, bodyOf, ["[", "]"])), 200, JSON_TYPE);
}

const JSON_TYPE = { "content-type": "application/json" };

/** In characters. Making and sending one text of a megabyte takes several times as long as its parts. */
const CHUNK_LENGTH = 30_000;

/** Serializes one item at a time, so that the bodies of a long list are never in memory together. */
function* chunksOf<T>(
  items: readonly T[],
  bodyOf: (item: T, index: number) => object,
  [begin, end]: readonly [begin: string, end: string],
): Generator<Uint8Array<ArrayBuffer>> {
  let text = begin;
  for (const [index, item] of items.entries()) {
    text += (index === 0 ? "" : ",") + JSON.stringify(bodyOf(item, index));
    if (text.length < CHUNK_LENGTH) continue;
    yield Buffer.from(text);
    text = "";
  }
  yield Buffer.from(text + end);
}

/** The point in time that a list shows. */
export interface ListMoment {
  /** Emulator time, in milliseconds since 1970: now, unless the list lags. */
  readonly time: number;
  readonly isPast: boolean;
  /** Whether an object existed by then; one without a creation time always did. */
  shows(object: { readonly created?: string }): boolean;
}

/** The point in time that the lists of a request show. Reads by ID always show the current state. */
export function listMoment(c: Context, view: View, clock: Clock): ListMoment {
  const lagMs = c.get("lagMs") ?? 0;
  const time = emulatorTime(view, clock) - lagMs;
  const isPast = lagMs > 0;
  return {
    ...{ time, isPast },
    // Without a lag, creation times are not compared: a seed may have moved the clock back.
    shows: ({ created }) => !isPast || created === undefined || Date.parse(created) <= time,
  };
}
