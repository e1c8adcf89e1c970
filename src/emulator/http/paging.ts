/** The page envelope around lists. Pure. */
import type { PageEnvelope } from "../../api/resources/wire.ts";
import { badField } from "./refusal.ts";

/** The page size where a list takes none, and the default where it takes one. */
export const PAGE_SIZE = 100;
const MAX_PAGE_SIZE = 500;

/**
 * Cuts one page out of a list.
 *
 * @param page from 1; a number past the end gives the last page again, as documented
 * @see https://docs.nectarclimate.com/cookbooks/pagination
 */
export function cutPage<T>(
  items: readonly T[],
  page: number,
  perPage: number,
): { readonly envelope: PageEnvelope; readonly items: readonly T[] } {
  const { envelope, start, end } = pageOf(items.length, page, perPage);
  return { envelope, items: items.slice(start, end) };
}

/**
 * One page of a list as it is answered: the total, the envelope, and the items under their name.
 *
 * @param name in the plural, such as `connections`; the total's name follows from it
 * @param bodyOf is called for the items of the page alone
 */
export function pageBody<T>(
  name: string,
  items: readonly T[],
  page: number,
  perPage: number,
  bodyOf: (item: T) => object,
): object {
  const { envelope, start, end } = pageOf(items.length, page, perPage);
  return {
    [`total${name.charAt(0).toUpperCase()}${name.slice(1)}`]: items.length,
    ...envelope,
    [name]: items.slice(start, end).map(bodyOf),
  };
}

/**
 * Where one page of a list lies of which only the length is known.
 *
 * @param page as above
 * @returns the envelope, and the items' numbers from 0: from `start` up to, not with, `end`
 */
export function pageOf(
  total: number,
  page: number,
  perPage: number,
): { readonly envelope: PageEnvelope; readonly start: number; readonly end: number } {
  // Our choice: an empty list has one page, which is empty.
  const totalPages = Math.max(1, Math.ceil(total / perPage));
  const currentPage = Math.min(page, totalPages);
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
 * Reads the `page` query.
 * @throws {Refusal} 400. Our choice: the pages do not say what zero or a word gives.
 */
export function readPage(text: string | undefined): number {
  if (text === undefined) return 1;
  const page = wholeNumber(text);
  if (page === null || page < 1) throw badField("page", "must be a whole number from 1");
  return page;
}

/**
 * Reads the `limit` query, from 1 to 500.
 * @see https://docs.nectarclimate.com/api-reference/v2-2/connections/get-company-utility-account-connections
 * @throws {Refusal} 400. Our choice: the pages do not say what another value gives.
 */
export function readLimit(text: string | undefined): number {
  if (text === undefined) return PAGE_SIZE;
  const limit = wholeNumber(text);
  if (limit === null || limit < 1 || limit > MAX_PAGE_SIZE) {
    throw badField("limit", `must be a whole number from 1 to ${MAX_PAGE_SIZE}`);
  }
  return limit;
}

function wholeNumber(text: string): number | null {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return Number.isNaN(value) ? null : Math.min(value, Number.MAX_SAFE_INTEGER);
}
