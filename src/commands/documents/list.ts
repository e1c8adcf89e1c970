/** `nectar documents list`: every page, of a connection, a site or a company. */
import { takeNewest } from "../../api/pages.ts";
import type { Document } from "../../api/resources/document.ts";
import type { Context } from "../../app/context.ts";
import { defineCommand, toggle } from "../../cli/define.ts";
import { emptyLine, type FoundRows, foundView, wantsFormat } from "../../cli/list-view.ts";
import {
  checkDays,
  csvFlag,
  FILTERS,
  filterFields,
  filterOf,
  scopeFields,
  scopeOf,
} from "../usage/scope.ts";
import { documents } from "./documents.ts";

const fields = {
  ...scopeFields,
  ...filterFields,
  includeDeleted: toggle("--include-deleted", { help: "include deleted documents" }),
  csv: csvFlag("the fields of --json"),
} as const;

export const command = defineCommand({
  description:
    "Lists documents, which are utility bills, newest bill first, following every page. Without --date-type the dates are bill dates.",
  fields,
  examples: {
    "nectar documents list": "of the profile's company",
    "nectar documents list --type electricity --start-date 2025-01-01 --end-date 2025-12-31":
      "the electricity bills of a year",
    "nectar documents list --json --limit 10": "as JSON",
    "nectar documents list --csv": "for a spreadsheet",
  },
  exclusive: [["connection", "site", "company"]],
  check: checkDays,
  async run(input, context: Context): Promise<FoundRows<Document>> {
    const csv = wantsFormat("--csv", input.csv, context);
    const scope = await scopeOf(input, context);
    const { api, profileName } = await context.session();
    const includeDeleted = input.includeDeleted ?? false;
    const found = api.listDocuments(scope, { ...filterOf(input), includeDeleted });
    const { items: rows, isCut } = await takeNewest(found, ({ billDate }) => billDate, input.limit);
    const none = () =>
      emptyLine("documents", scope.scopeName, [fields, input, FILTERS], () =>
        api.listDocuments(scope, { includeDeleted }),
      );
    return { rows, isCut, csv, of: `${scope.scopeName} · profile ${profileName}`, none };
  },
  view: foundView(documents, "document"),
});
