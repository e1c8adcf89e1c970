/** The scope and filter flags that documents and usage share. */
import * as z from "zod/mini";
import type { DataScope, UsageFilter } from "../../api/data.ts";
import { DATASOURCE_TYPES, DATE_TYPES } from "../../api/resources/usage.ts";
import type { Context } from "../../app/context.ts";
import { type InputOf, list, option, toggle } from "../../cli/define.ts";
import { by, constantCase, limitFlag, oneOf } from "../../cli/values.ts";
import { UsageError } from "../../errors.ts";
import { companyFlag, companyOf, idOf, objectSpec } from "../profiles/ids.ts";

export const scopeFields = {
  connection: option("--connection <ID>", {
    help: "of this connection",
    ...objectSpec,
    suggests: "connection",
  }),
  site: option("--site <ID>", { help: "of this site", ...objectSpec, suggests: "site" }),
  company: companyFlag,
} as const;

export const typeFlag = list("--type <TYPE>", {
  help: "only this utility, such as ELECTRICITY or water (repeatable)",
  ...oneOf(DATASOURCE_TYPES, constantCase),
});

const day = { read: by(z.iso.date()), allowed: "a date such as 2025-01-31" } as const;

export const FILTERS = ["startDate", "endDate", "dateType", "type", "identifier"] as const;

export const filterFields = {
  startDate: option("--start-date <YYYY-MM-DD>", { help: "on or after this day", ...day }),
  endDate: option("--end-date <YYYY-MM-DD>", { help: "on or before this day", ...day }),
  dateType: option("--date-type <TYPE>", {
    help: `what the dates are compared with: ${DATE_TYPES.join(", ")}`,
    ...oneOf(DATE_TYPES, constantCase),
  }),
  type: typeFlag,
  identifier: option("--identifier <TEXT>", {
    help: "only the meter with this number; dashes, spaces and leading zeros are ignored",
    read: by(z.string().check(z.regex(/^[^\p{Cc}]{1,200}$/u))),
    allowed: "1 to 200 characters",
  }),
  limit: limitFlag,
} as const;

/** @param columns such as `the fields of --json` */
export const csvFlag = (columns: string) =>
  toggle("--csv", { help: `print CSV (RFC 4180): ${columns}` });

type ScopeInput = InputOf<typeof scopeFields>;
type FilterInput = InputOf<typeof filterFields>;

/** @throws UsageError when the days are in the wrong order */
export function checkDays({ startDate, endDate }: FilterInput): void {
  if (startDate === undefined || endDate === undefined || startDate <= endDate) return;
  throw new UsageError("invalid_input", `--start-date ${startDate} is after --end-date ${endDate}`);
}

export interface NamedScope extends DataScope {
  /** For messages, such as `Acme`. */
  readonly scopeName: string;
}

/**
 * The scope of the data to show: as given, else the profile's company.
 *
 * @throws UsageError `missing_input` when there is neither
 */
export async function scopeOf(input: ScopeInput, context: Context): Promise<NamedScope> {
  const { connection, site } = input;
  // As every list, it works in the profile's company unless told otherwise.
  const own = (await context.profile())?.company?.id;
  if (connection !== undefined) {
    return scope("connection", await idOf("connection", connection, context, own), context);
  }
  if (site !== undefined) return scope("site", await idOf("site", site, context, own), context);
  return scope("company", await companyOf(input.company, context), context);
}

async function scope(kind: DataScope["kind"], id: string, context: Context): Promise<NamedScope> {
  const profile = await context.profile();
  const known = kind === "company" ? [profile?.company] : (profile?.sites ?? []);
  const name = known.find((one) => one?.id === id)?.name;
  return { kind, id, scopeName: name ?? `${kind} ${id}` };
}

export function filterOf(input: FilterInput): UsageFilter {
  const { startDate, endDate, dateType, type, identifier } = input;
  return { startDate, endDate, dateType, types: type, identifier };
}
