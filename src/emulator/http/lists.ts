/** Lists: the page that a request wants, and the moment that it shows, which a fault can move back. */
import type { Context } from "hono";
import type { PageEnvelope } from "../../api/resources/wire.ts";
import { emulatorTime } from "../clock.ts";
import type { View } from "../state/collections.ts";
import { badField } from "./refusal.ts";

/** The page size where a list takes none, and the default where it takes one. */
const PAGE_SIZE = 100;
const MAX_PAGE_SIZE = 500;

declare module "hono" {
  interface ContextVariableMap {
    /** How far the lists of this request lag, in milliseconds; not set where they do not. */
    lagMs?: number;
  }
}

/**
 * The page of a list that a request wants, as it is answered: the total, the envelope, and the items under their name.
 * A page past the end is the last one again, as documented.
 *
 * @param name in the plural, such as `connections`; the total's name follows from it
 * @param bodyOf is called for the items of the page alone
 * @throws {Refusal} 400 for a `page` that is none
 * @see https://docs.nectarclimate.com/cookbooks/pagination
 */
export function pageBody<T>(
  c: Context,
  name: string,
  items: readonly T[],
  bodyOf: (item: T) => object,
  perPage: number = PAGE_SIZE,
): object {
  const { envelope, start, end } = pageOf(c, items.length, perPage);
  return {
    [`total${name.charAt(0).toUpperCase()}${name.slice(1)}`]: items.length,
    ...envelope,
    [name]: items.slice(start, end).map(bodyOf),
  };
}

/**
 * Where that page lies in a list of which only the length is known.
 * @returns the envelope, and the items' numbers from 0: from `start` up to, not with, `end`
 */
export function pageOf(
  c: Context,
  total: number,
  perPage: number = PAGE_SIZE,
): { readonly envelope: PageEnvelope; readonly start: number; readonly end: number } {
  // Our choice: an empty list has one page, which is empty.
  const totalPages = Math.max(1, Math.ceil(total / perPage));
  const currentPage = Math.min(readPage(c), totalPages);
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

/** @throws {Refusal} 400. Our choice: the pages do not say what zero or a word gives. */
function readPage(c: Context): number {
  const page = wholeNumber(c.req.query("page") ?? "1");
  if (page === null || page < 1) throw badField("page", "must be a whole number from 1");
  return page;
}

/**
 * Reads the `limit` query, from 1 to 500.
 * @see https://docs.nectarclimate.com/api-reference/v2-2/connections/get-company-utility-account-connections
 * @throws {Refusal} 400. Our choice: the pages do not say what another value gives.
 */
export function readLimit(c: Context): number {
  const limit = wholeNumber(c.req.query("limit") ?? String(PAGE_SIZE));
  if (limit === null || limit < 1 || limit > MAX_PAGE_SIZE) {
    throw badField("limit", `must be a whole number from 1 to ${MAX_PAGE_SIZE}`);
  }
  return limit;
}

function wholeNumber(text: string): number | null {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return Number.isNaN(value) ? null : Math.min(value, Number.MAX_SAFE_INTEGER);
}

/** How many items of a whole list are written at once. */
const PIECE = 100;

/**
 * Answers with a whole list, in pieces as they are taken, so that a long one is never in memory as a whole.
 * @param bodyOf is called later, and must not read what may have changed by then
 */
export function answerList<T>(
  c: Context,
  items: readonly T[],
  bodyOf: (item: T) => object,
): Response {
  const pieces = piecesOf(items, bodyOf);
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      const { value } = pieces.next();
      if (value === undefined) controller.close();
      else controller.enqueue(value);
    },
  });
  return c.body(stream, 200, { "content-type": "application/json" });
}

function* piecesOf<T>(
  items: readonly T[],
  bodyOf: (item: T) => object,
): Generator<Uint8Array, undefined> {
  const encoder = new TextEncoder();
  for (let from = 0; from < Math.max(1, items.length); from += PIECE) {
    const text = JSON.stringify(items.slice(from, from + PIECE).map(bodyOf)).slice(1, -1);
    const isLast = from + PIECE >= items.length;
    yield encoder.encode(`${from === 0 ? "[" : ","}${text}${isLast ? "]" : ""}`);
  }
}

/** Lets the lists of a request lag, by so many milliseconds. Our own, not Nectar's. */
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
