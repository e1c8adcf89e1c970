/** Reads the filters of a data list from its query string. Invalid values are rejected with the field and the rule. */
import type { Context } from "hono";
import * as z from "zod/mini";
import { DATASOURCE_TYPES, DATE_TYPES, type DateType } from "../../api/resources/usage.ts";
import { readQuery } from "../http/query.ts";
import type { DocumentFilter, ReadingFilter } from "./listing.ts";

const account = {
  datasourceType: z._default(z.array(z.enum(DATASOURCE_TYPES)), []),
  identifier: z._default(z.nullable(z.string().check(z.minLength(1))), null),
};

const REPEATABLE = ["datasourceType"];

const documents = z.object({
  ...account,
  dateType: z.optional(z.enum(DATE_TYPES)),
  startDate: z.optional(z.iso.date()),
  endDate: z.optional(z.iso.date()),
});

const readings = z.object({
  ...account,
  startDate: z.optional(z.iso.datetime({ offset: true })),
  endDate: z.optional(z.iso.datetime({ offset: true })),
});

const deletion = z.object({ isDeleted: z.optional(z.enum(["true", "false"])) });

/**
 * Our choice: if the end date is before the start date, the list is empty; that is not an error.
 *
 * @param dateType the default, which differs between the routes
 * @throws {Refusal} 400. Our choice: the docs do not say what happens for other values.
 * @see https://docs.nectarclimate.com/developer-guide/filtering
 */
export function readDocumentFilter(c: Context, dateType: DateType = "BILL_DATE"): DocumentFilter {
  const given = readQuery(c, documents, REPEATABLE);
  return { ...filterOf(given), dateType: given.dateType ?? dateType, withDeleted: false };
}

/** Reads `isDeleted`, which only document lists accept. @throws {Refusal} 400 */
export function readIsDeleted(c: Context): boolean {
  return readQuery(c, deletion).isDeleted === "true";
}

/**
 * That an interval has to end by `endDate` is documented; `startDate` is inferred from it.
 * @throws {Refusal} 400
 * @see https://docs.nectarclimate.com/api-reference/intervals/get-intervals-by-connection-beta
 */
export function readReadingFilter(c: Context): ReadingFilter {
  return filterOf(readQuery(c, readings, REPEATABLE));
}

function filterOf(given: z.infer<typeof readings>): ReadingFilter {
  const { datasourceType, identifier, startDate, endDate } = given;
  return {
    datasourceTypes: datasourceType,
    identifier,
    from: startDate === undefined ? Number.NEGATIVE_INFINITY : Date.parse(startDate),
    to: endDate === undefined ? Number.POSITIVE_INFINITY : Date.parse(endDate),
  };
}
