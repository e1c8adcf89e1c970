/** `nectar usage list`: every page, of a connection, a site, a company or one document. */
import { takeNewest } from "../../api/pages.ts";
import type { Usage } from "../../api/resources/usage.ts";
import type { Context } from "../../app/context.ts";
import { defineCommand, option } from "../../cli/define.ts";
import { emptyLine, type FoundRows, foundView, wantsFormat } from "../../cli/list-view.ts";
import { idOf, objectSpec } from "../profiles/ids.ts";
import {
  checkDays,
  csvFlag,
  FILTERS,
  filterFields,
  filterOf,
  scopeFields,
  scopeOf,
} from "./scope.ts";
import { usageRows } from "./usage.ts";

const fields = {
  ...scopeFields,
  document: option("--document <ID>", { help: "of this document", ...objectSpec }),
  ...filterFields,
  csv: csvFlag("the fields of --json"),
} as const;

export const command = defineCommand({
  description:
    "Lists usage rows, newest period first, following every page. Without --date-type the dates are bill dates, and with --document\nusage period dates.",
  fields,
  examples: {
    "nectar usage list": "of the profile's company",
    "nectar usage list --type water --start-date 2025-01-01 --date-type USAGE_PERIOD --json":
      "water usage since then, as JSON",
    "nectar usage list --document 5b0f6f0e-3c2e-4f0a-9d3a-7c1d0a9e4b21": "what one bill states",
    "nectar usage list --csv": "for a spreadsheet",
  },
  exclusive: [["connection", "site", "company", "document"]],
  check: checkDays,
  async run(input, context: Context): Promise<FoundRows<Usage>> {
    const csv = wantsFormat("--csv", input.csv, context);
    const scope =
      input.document === undefined
        ? await scopeOf(input, context)
        : await documentScope(input.document, context);
    const { api, profileName } = await context.session();
    const found = api.listUsage(scope, filterOf(input));
    const { items: rows, isCut } = await takeNewest(found, ({ to }) => to, input.limit);
    const none = () =>
      emptyLine("usage", scope.scopeName, [fields, input, FILTERS], () => api.listUsage(scope));
    return { rows, isCut, csv, of: `${scope.scopeName} · profile ${profileName}`, none };
  },
  view: foundView(usageRows, "usage row"),
});

async function documentScope(given: string, context: Context) {
  const id = await idOf("document", given, context);
  return { kind: "document", id, scopeName: `document ${id}` } as const;
}
