/** The flags that documents and usage share: whose they are, and which of them. */
import * as z from "zod/mini";
import type { DataScope, UsageFilter } from "../../api/data.ts";
import { DATASOURCE_TYPES, DATE_TYPES } from "../../api/resources/usage.ts";
import type { Context } from "../../app/context.ts";
import { type InputOf, list, option, toggle } from "../../cli/define.ts";
import { limitFlag } from "../../cli/values.ts";
import { countText } from "../../cli/view.ts";
import { UsageError } from "../../errors.ts";
import { companyFlag, companyOf, idSpec, storedProfile } from "../profiles/ids.ts";

export const scopeFields = {
  connection: option("--connection <ID>", { help: "of this connection", ...idSpec }),
  site: option("--site <ID>", { help: "of this site", ...idSpec }),
  company: companyFlag,
} as const;

export const typeFlag = list("--type <TYPE>", {
  help: "only this utility, such as ELECTRICITY or water (repeatable)",
  schema: word(DATASOURCE_TYPES),
  allowed: `one of ${DATASOURCE_TYPES.join(", ")}`,
});

const day = { schema: z.iso.date(), allowed: "a date such as 2025-01-31" } as const;

/** The fields that leave rows out. */
export const FILTERS = ["startDate", "endDate", "dateType", "type", "identifier"] as const;

export const filterFields = {
  startDate: option("--start-date <YYYY-MM-DD>", { help: "from this day on", ...day }),
  endDate: option("--end-date <YYYY-MM-DD>", { help: "up to and with this day", ...day }),
  dateType: option("--date-type <TYPE>", {
    help: `what the dates are compared with: ${DATE_TYPES.join(", ")}`,
    schema: word(DATE_TYPES),
    allowed: `one of ${DATE_TYPES.join(", ")}`,
  }),
  type: typeFlag,
  identifier: option("--identifier <TEXT>", {
    help: "only of the meter with this number; dashes, spaces and leading zeros don't count",
    schema: z.string().check(z.regex(/^[^\p{Cc}]{1,200}$/u)),
    allowed: "1 to 200 characters",
  }),
  limit: limitFlag,
} as const;

/** @param columns such as `the fields of --json` */
export const csvFlag = (columns: string) =>
  toggle("--csv", { help: `print CSV (RFC 4180): ${columns}` });

type ScopeInput = InputOf<typeof scopeFields>;
type FilterInput = InputOf<typeof filterFields>;

/** One of the vendor's words, in any letter case, with dashes for its underscores. */
function word<const Word extends string>(words: readonly [Word, ...Word[]]) {
  return z.pipe(
    z.pipe(
      z.string(),
      z.transform((text: string) => text.toUpperCase().replaceAll("-", "_")),
    ),
    z.enum(words),
  );
}

/** @throws UsageError where two of these flags are given */
export function checkScope(
  input: Readonly<Record<string, unknown>>,
  flags: readonly string[],
): void {
  const given = flags.filter((flag) => input[flag.slice(2)] !== undefined);
  if (given.length < 2) return;
  throw new UsageError("invalid_input", `${given.join(" and ")} can't be used together`);
}

/** @throws UsageError where the days are in the wrong order */
export function checkDays({
  startDate,
  endDate,
}: Pick<FilterInput, "startDate" | "endDate">): void {
  if (startDate === undefined || endDate === undefined || startDate <= endDate) return;
  throw new UsageError(
    "invalid_input",
    `--start-date ${startDate} is after --end-date ${endDate}; it takes the earlier day first`,
  );
}

export interface NamedScope extends DataScope {
  /** For a person, such as `Acme`. */
  readonly said: string;
}

/**
 * Whose data to show: as given, else the profile's company.
 *
 * @throws UsageError `missing_input` where neither is known
 */
export async function scopeOf(input: ScopeInput, context: Context): Promise<NamedScope> {
  if (input.connection !== undefined) return scope("connection", input.connection);
  if (input.site !== undefined) return scope("site", input.site, context);
  return scope("company", await companyOf(input.company, context), context);
}

async function scope(kind: DataScope["kind"], id: string, context?: Context): Promise<NamedScope> {
  const profile = context === undefined ? null : await storedProfile(context);
  const known = kind === "company" ? [profile?.company] : (profile?.sites ?? []);
  const name = known.find((one) => one?.id === id)?.name;
  return { kind, id, said: name ?? `${kind} ${id}` };
}

export function filterOf(input: FilterInput): UsageFilter {
  const { startDate, endDate, dateType, type, identifier } = input;
  return { startDate, endDate, dateType, types: type, identifier };
}

/** `3 documents of Acme · profile local`; `The first 3 documents of …` where a limit left others out. */
export function countLine(
  count: number,
  what: string,
  of: { readonly said: string; readonly profile: string; readonly isCut?: boolean },
): string {
  return `${countText(count, what, of.isCut)} of ${of.said} · profile ${of.profile}`;
}
