/** Reads the filters of a data list from its query. What breaks a rule is refused with the field and the rule. */
import type { Context } from "hono";
import * as z from "zod/mini";
import { DATASOURCE_TYPES, DATE_TYPES, type DateType } from "../../api/resources/usage.ts";
import { badField } from "../http/refusal.ts";
import { DAY_MS } from "./calendar.ts";
import type { AccountFilter, DocumentFilter, ReadingFilter } from "./listing.ts";

const DATE = z.iso.date();
const DATE_TIME = z.iso.datetime({ offset: true });

/**
 * Our choice: no bill lies between two days of which the second is the earlier; that is an empty list, not an error.
 *
 * @param dateType the default, which differs between the routes
 * @throws {Refusal} 400. Our choice: the pages do not say what another value gives.
 * @see https://docs.nectarclimate.com/developer-guide/filtering
 */
export function readDocumentFilter(c: Context, dateType: DateType = "BILL_DATE"): DocumentFilter {
  return {
    ...readAccountFilter(c),
    dateType: readDateType(c, dateType),
    from: readDate(c, "startDate") ?? Number.NEGATIVE_INFINITY,
    to: readDate(c, "endDate") ?? Number.POSITIVE_INFINITY,
    withDeleted: false,
  };
}

/**
 * Reads `isDeleted`, which only lists of documents take.
 * @throws {Refusal} 400
 */
export function readIsDeleted(c: Context): boolean {
  const text = single(c, "isDeleted")?.toLowerCase() ?? "false";
  if (text !== "true" && text !== "false") throw badField("isDeleted", "must be true or false");
  return text === "true";
}

/**
 * That an interval has to end by `endDate` is documented; `startDate` is inferred from it.
 * @throws {Refusal} 400
 * @see https://docs.nectarclimate.com/api-reference/intervals/get-intervals-by-connection-beta
 */
export function readReadingFilter(c: Context): ReadingFilter {
  return {
    ...readAccountFilter(c),
    from: readDateTime(c, "startDate") ?? Number.NEGATIVE_INFINITY,
    to: readDateTime(c, "endDate") ?? Number.POSITIVE_INFINITY,
  };
}

function readAccountFilter(c: Context): AccountFilter {
  const datasourceTypes = c.req.queries("datasourceType") ?? [];
  const known: readonly string[] = DATASOURCE_TYPES;
  if (datasourceTypes.some((type) => !known.includes(type))) {
    throw badField("datasourceType", `must be one of ${DATASOURCE_TYPES.join(", ")}`);
  }
  const identifier = single(c, "identifier") ?? null;
  if (identifier === "") throw badField("identifier", "must not be empty");
  return { datasourceTypes, identifier };
}

function readDateType(c: Context, fallback: DateType): DateType {
  const text = single(c, "dateType");
  if (text === undefined) return fallback;
  const known = DATE_TYPES.find((type) => type === text);
  if (known === undefined) throw badField("dateType", `must be one of ${DATE_TYPES.join(", ")}`);
  return known;
}

function readDate(c: Context, field: string): number | null {
  const text = single(c, field);
  if (text === undefined) return null;
  if (!z.safeParse(DATE, text).success) {
    throw badField(field, "must be a date written as YYYY-MM-DD");
  }
  return Math.floor(Date.parse(text) / DAY_MS) * DAY_MS;
}

function readDateTime(c: Context, field: string): number | null {
  const text = single(c, field);
  if (text === undefined) return null;
  if (!z.safeParse(DATE_TIME, text).success) {
    throw badField(field, "must be a date and time such as 2024-01-31T23:59:59Z");
  }
  return Date.parse(text);
}

/** Our choice: what is not documented as repeatable can be given once. */
function single(c: Context, field: string): string | undefined {
  const texts = c.req.queries(field) ?? [];
  if (texts.length > 1) throw badField(field, "can be given once");
  return texts[0];
}
