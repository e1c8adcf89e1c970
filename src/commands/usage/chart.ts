/** `nectar usage chart`: usage by month, a bar each, and its totals. */
import { defineCommand, option, schemaOf, toggle } from "../../cli/define.ts";
import { UsageError } from "../../errors.ts";
import { showsUnicode } from "../../terminal/unicode.ts";
import type { Context } from "../context.ts";
import { checkScope, connectionScopeOf, scopeFields, typeFlag } from "../data-scope.ts";
import { type ChartValue, chartView } from "./chart-view.ts";
import { monthAt, monthsBetween, monthsLater } from "./months.ts";
import { newestMonth, sumByMonth } from "./series.ts";

const USUAL_MONTHS = "12";
const MOST_MONTHS = 120;

const fields = {
  ...scopeFields,
  type: typeFlag,
  months: option("--months <N>", {
    help: "the last N complete months",
    fallback: USUAL_MONTHS,
    schema: schemaOf((text) => {
      const months = /^\d{1,3}$/.test(text) ? Number(text) : 0;
      if (months < 1 || months > MOST_MONTHS) throw new Error("");
      return months;
    }),
    allowed: `a whole number from 1 to ${MOST_MONTHS}`,
  }),
  csv: toggle("--csv", { help: "print CSV (RFC 4180): month,type,unit,usage" }),
} as const;

export const command = defineCommand({
  description:
    "Shows usage by month, of the profile's connection or else its company, with a chart for each utility and unit.\nA row is counted in the month that holds most of its days. Rows that the API marks as exclusions are subtracted.\nMonths are UTC; one without data shows no number, which is not zero.",
  fields,
  examples: [
    { command: "nectar usage chart", note: "the last 12 complete months" },
    { command: "nectar usage chart --type electricity --months 24", note: "two years of one" },
    { command: "nectar usage chart --csv", note: "for a spreadsheet" },
  ],
  check: (input) => checkScope(input, ["--connection", "--site", "--company"]),
  async run(input, context: Context): Promise<ChartValue> {
    const csv = input.csv ?? false;
    const other = context.mode.json ? "--json" : context.mode.quiet ? "--quiet" : null;
    if (csv && other !== null) {
      throw new UsageError("invalid_input", `--csv and ${other} exclude each other`);
    }
    const scope = await connectionScopeOf(input, context);
    const { api, profileName, target } = await context.session();
    const present = monthAt(context.now());
    const startDate = `${monthsLater(present, -input.months)}-01`;
    const rows = [];
    const filter = { startDate, dateType: "USAGE_PERIOD", types: input.type } as const;
    for await (const row of api.listUsage(scope, filter)) rows.push(row);

    // The emulator bills whole months alone, and its time may have been moved on; elsewhere such a row is no whole month.
    const complete = monthsLater(present, -1);
    const newest = target.kind === "local" ? newestMonth(rows) : null;
    const last = newest !== null && newest > complete ? newest : complete;
    const months = monthsBetween(monthsLater(last, 1 - input.months), last);
    return {
      ...sumByMonth(rows, months),
      months,
      csv,
      unicode: showsUnicode(context.env, context.machine.platform),
      said: scope.said,
      profile: profileName,
    };
  },
  view: chartView,
});
