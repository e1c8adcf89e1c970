/** `nectar usage chart`: usage by month as bars, with totals. */
import type { Context } from "../../app/context.ts";
import type { Target } from "../../app/target.ts";
import { defineCommand, option } from "../../cli/define.ts";
import { wantsFormat } from "../../cli/list-view.ts";
import { wholeNumber } from "../../cli/values.ts";
import { showsUnicode } from "../../terminal/unicode.ts";
import { type ChartValue, chartView } from "./chart-view.ts";
import { monthAt, monthsBetween, monthsLater } from "./months.ts";
import { csvFlag, scopeFields, scopeOf, typeFlag } from "./scope.ts";
import { sumByMonth } from "./series.ts";

const DEFAULT_MONTHS = "12";
const MAX_MONTHS = 120;

const fields = {
  ...scopeFields,
  type: typeFlag,
  months: option("--months <N>", {
    help: "the last N complete months",
    fallback: DEFAULT_MONTHS,
    read: wholeNumber(1, MAX_MONTHS),
    allowed: `a whole number from 1 to ${MAX_MONTHS}`,
  }),
  csv: csvFlag("month,type,unit,usage"),
} as const;

export const command = defineCommand({
  description:
    "Shows usage by month, by default of the profile's company, with a chart for each utility and unit.\nA row is counted in the month that it mostly covers; one that mostly covers several months is spread over them by days.\nRows that the API marks as exclusions are subtracted.\nMonths are UTC; one without data shows no number, which is not zero.",
  fields,
  examples: {
    "nectar usage chart": "the last 12 complete months of the profile's company",
    "nectar usage chart --type electricity --months 24": "two years of one utility",
    "nectar usage chart --csv": "for a spreadsheet",
  },
  exclusive: [["connection", "site", "company"]],
  async run(input, context: Context): Promise<ChartValue> {
    const csv = wantsFormat("--csv", input.csv, context);
    const scope = await scopeOf(input, context);
    const { api, profileName, target } = await context.session();
    const present = monthAt(await timeOf(target, context));
    const months = monthsBetween(monthsLater(present, -input.months), monthsLater(present, -1));
    const rows = [];
    const startDate = `${months[0]}-01`;
    const filter = { startDate, dateType: "USAGE_PERIOD", types: input.type } as const;
    for await (const row of api.listUsage(scope, filter)) rows.push(row);
    return {
      ...sumByMonth(rows, months),
      months,
      csv,
      unicode: showsUnicode(context.env, context.platform) && !context.globals.accessible,
      scopeName: scope.scopeName,
      profile: profileName,
    };
  },
  view: chartView,
});

/** The target's current time, in milliseconds since the epoch: the local emulator's clock may have been moved. */
async function timeOf(
  target: Target,
  { globals, clock, emulator: host }: Context,
): Promise<number> {
  if (target.kind !== "local" || !globals.save) return clock.now();
  const { openEmulator } = await import("../../emulator/emulator.ts");
  const emulator = await openEmulator(host);
  return Date.parse((await emulator.time()).now);
}
