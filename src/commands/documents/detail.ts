/** One document in full. */
import type { Amount, Demand, Document, LineItem } from "../../api/resources/document.ts";
import type { View } from "../../cli/define.ts";
import type { Column } from "../../terminal/table.ts";
import { grouped } from "../usage/decimal.ts";
import { typeName, USAGE_TSV, usageColumns, usageJson } from "../usage/view.ts";
import { documentJson, money } from "./view.ts";

const AMOUNTS = [
  ["currentCharges", "Current charges"],
  ["taxCharges", "Taxes"],
  ["credits", "Credits"],
  ["previousCloseBalance", "Previous balance"],
  ["afterPreviousTotalPayment", "Payments since"],
  ["afterPreviousCharges", "Charges since"],
  ["afterPreviousCredits", "Credits since"],
  ["currentOpenBalance", "Open balance"],
] as const satisfies readonly (readonly [Amount, string])[];

export const documentView: View<Document> = {
  async human(document, screen) {
    const { renderFields, renderTable } = await import("../../terminal/table.ts");
    const { lineItems, usage, demand } = document;
    const tables = [
      ["Line items", await renderTable(lineItems, lineItemColumns(document), screen)],
      ["Usage", await renderTable(usage, usageColumns(usage), screen)],
      ["Demand", await renderTable(demand, DEMAND_COLUMNS, screen)],
    ] as const;
    return [
      await renderFields(fieldsOf(document), screen),
      ...tables
        .filter(([, table]) => table !== "")
        .map(([title, table]) => `${screen.palette.bold(title)}\n${table}`),
    ].join("\n");
  },
  async plain(document) {
    const { renderFieldsTsv, renderTsv } = await import("../../terminal/table.ts");
    return [
      renderFieldsTsv(fieldsOf(document)),
      renderTsv(document.lineItems, [titled("Line item"), ...LINE_ITEM_TSV]),
      renderTsv(document.usage, [titled("Usage"), ...USAGE_TSV]),
      renderTsv(document.demand, [titled("Demand"), ...DEMAND_TSV]),
    ].join("");
  },
  ids: ({ id }) => [id],
  json: (document) => {
    const { amounts, invoiceId, sourceType, fileName, fileUrl, auditTrailUrl, jobId } = document;
    const { notes, lineItems, usage, demand } = document;
    return {
      ...documentJson(document),
      ...{ amounts, invoiceId, sourceType, fileName, fileUrl, auditTrailUrl, jobId, notes },
      lineItems,
      usage: usage.map(usageJson),
      demand,
    };
  },
};

function fieldsOf(document: Document): readonly (readonly [string, string])[] {
  const { currency, period, siteIds } = document;
  const told = (label: string, value: string | null): [string, string][] =>
    value === null || value === "" ? [] : [[label, value]];
  const yes = (label: string, value: boolean | null): [string, string][] =>
    value === null ? [] : [[label, value ? "yes" : "no"]];
  return [
    ["Document", document.id],
    ["Provider", document.provider ?? ""],
    ["Bill date", document.billDate ?? ""],
    ...told("Due date", document.dueDate),
    ...told("Period", period === null ? null : `${period.from} to ${period.to}`),
    ...told("Types", document.types.map(typeName).join(", ")),
    ["Total charges", money(document.totalCharges, currency)],
    ...AMOUNTS.flatMap(([name, label]) => told(label, money(document.amounts[name], currency))),
    ...told("Status", document.status),
    ...yes("Flagged", document.isFlagged),
    ...told("Flag", document.flaggedStatus),
    ...yes("Estimated", document.isEstimated),
    ...yes("Deleted", document.isDeleted),
    ...told("Revised document", document.revisedDocumentId),
    ...told("Invoice", document.invoiceId),
    ...told("Source", document.sourceType),
    ...told("Notes", document.notes),
    ...told("File", document.fileName),
    ...told("File URL", document.fileUrl),
    ...told("Audit trail", document.auditTrailUrl),
    ...told("Job ID", document.jobId),
    ...told("Company ID", document.companyId),
    ...siteIds.map((id): [string, string] => ["Site ID", id]),
    ...told("Created", document.createdAt),
    ...told("Updated", document.updatedAt),
  ];
}

function titled<Row>(title: string): Column<Row> {
  return { header: "", value: () => title };
}

function lineItemColumns({ currency }: Document): readonly Column<LineItem>[] {
  return [
    {
      header: "ITEM",
      value: ({ description, chargeType }) => description ?? chargeType ?? "",
      shrink: true,
    },
    {
      header: "QUANTITY",
      value: ({ quantity, unit }) => [grouped(quantity ?? ""), unit ?? ""].join(" ").trim(),
      align: "right",
    },
    { header: "RATE", value: ({ rate }) => rate ?? "", align: "right" },
    { header: "CHARGE", value: ({ totalCharge }) => money(totalCharge, currency), align: "right" },
  ];
}

const LINE_ITEM_TSV: readonly Column<LineItem>[] = [
  { header: "description", value: ({ description }) => description ?? "" },
  { header: "chargeType", value: ({ chargeType }) => chargeType ?? "" },
  { header: "quantity", value: ({ quantity }) => quantity ?? "" },
  { header: "unit", value: ({ unit }) => unit ?? "" },
  { header: "rate", value: ({ rate }) => rate ?? "" },
  { header: "totalCharge", value: ({ totalCharge }) => totalCharge ?? "" },
];

const DEMAND_COLUMNS: readonly Column<Demand>[] = [
  { header: "PERIOD", value: ({ from, to }) => `${from ?? ""} to ${to ?? ""}` },
  { header: "TYPE", value: ({ type, description }) => type ?? description ?? "", shrink: true },
  { header: "DEMAND", value: ({ demand }) => grouped(demand ?? ""), align: "right" },
  { header: "UNIT", value: ({ unit }) => unit ?? "" },
];

const DEMAND_TSV: readonly Column<Demand>[] = [
  { header: "from", value: ({ from }) => from ?? "" },
  { header: "to", value: ({ to }) => to ?? "" },
  { header: "type", value: ({ type }) => type ?? "" },
  { header: "demand", value: ({ demand }) => demand ?? "" },
  { header: "unit", value: ({ unit }) => unit ?? "" },
];
