/** Views of the document commands. */
import type { Amount, Demand, Document, LineItem } from "../../api/resources/document.ts";
import type { View } from "../../cli/define.ts";
import {
  jsonOf,
  type Noun,
  noun,
  recordOf,
  shapeOf,
  tableColumns,
  tsvColumns,
} from "../../cli/noun.ts";
import { listOf, mapOf, objectOf, orNull, text, yesNo } from "../../cli/shape.ts";
import { nounJson } from "../../cli/view.ts";
import { grouped } from "../usage/decimal.ts";
import { typeName, usageRows } from "../usage/usage.ts";

const maybeText = orNull(text);
const lineItem = objectOf({
  ...{ description: maybeText, quantity: maybeText, unit: maybeText, rate: maybeText },
  ...{ totalCharge: maybeText, chargeType: maybeText, billingPeriod: maybeText },
});
const demandRow = objectOf({
  ...{ from: maybeText, to: maybeText, demand: maybeText, unit: maybeText, type: maybeText },
  ...{ description: maybeText, isEstimated: orNull(yesNo) },
});

const LISTED = [
  ...(["id", "billDate", "dueDate", "provider", "currency", "totalCharges", "period"] as const),
  ...(["types", "status", "flaggedStatus", "isFlagged", "isDeleted", "isEstimated"] as const),
  ...(["revisedDocumentId", "companyId", "siteIds", "createdAt", "updatedAt"] as const),
] as const;

export const documents = noun<Document>()({
  fields: {
    id: { label: "Document", header: "ID", shape: text },
    provider: {
      label: "Provider",
      header: "PROVIDER",
      shrink: true,
      // Dropped first on a narrow terminal: what is billed and where matters more than who bills it.
      optional: true,
    },
    billDate: { label: "Bill date", header: "BILL DATE" },
    dueDate: { label: "Due date", sparse: true },
    period: {
      label: "Period",
      text: ({ period }) => (period === null ? "" : `${period.from} to ${period.to}`),
      shape: orNull(objectOf({ from: text, to: text })),
      sparse: true,
    },
    from: { value: ({ period }) => period?.from },
    to: { value: ({ period }) => period?.to },
    types: {
      label: "Types",
      header: "TYPES",
      text: ({ types }) => types.map(typeName).join(", "),
      shape: listOf(text),
      shrink: true,
      sparse: true,
    },
    currency: {},
    totalCharges: {
      label: "Total charges",
      header: "CHARGES",
      text: ({ totalCharges, currency }) => money(totalCharges, currency),
      align: "right",
    },
    amounts: { shape: mapOf(orNull(text)) },
    currentCharges: amount("currentCharges", "Current charges"),
    taxCharges: amount("taxCharges", "Taxes"),
    credits: amount("credits", "Credits"),
    previousCloseBalance: amount("previousCloseBalance", "Previous balance"),
    afterPreviousTotalPayment: amount("afterPreviousTotalPayment", "Payments since"),
    afterPreviousCharges: amount("afterPreviousCharges", "Charges since"),
    afterPreviousCredits: amount("afterPreviousCredits", "Credits since"),
    currentOpenBalance: amount("currentOpenBalance", "Open balance"),
    /**
     * Anything unusual. Leaves out `status`: its values are not documented, so it is not known which are unusual. Nor is
     * it documented which of the two documents a revision names.
     */
    remarks: {
      header: "REMARKS",
      value: ({ isFlagged, isDeleted, isEstimated, revisedDocumentId }) => [
        ...(isFlagged ? ["flagged"] : []),
        ...(isEstimated ? ["estimated"] : []),
        ...(revisedDocumentId === null ? [] : ["revised"]),
        ...(isDeleted ? ["deleted"] : []),
      ],
      shrink: true,
      sparse: true,
    },
    status: { label: "Status", sparse: true },
    isFlagged: { label: "Flagged", shape: orNull(yesNo), sparse: true },
    flaggedStatus: { label: "Flag", sparse: true },
    isEstimated: { label: "Estimated", shape: orNull(yesNo), sparse: true },
    isDeleted: { label: "Deleted", shape: orNull(yesNo), sparse: true },
    revisedDocumentId: { label: "Revised document", sparse: true },
    invoiceId: { label: "Invoice", sparse: true },
    sourceType: { label: "Source", sparse: true },
    notes: { label: "Notes", sparse: true },
    /** From the usage rows: a document itself has no site names. */
    site: {
      header: "SITE",
      text: ({ usage }) => [
        ...new Set(usage.flatMap(({ site }) => (site === null ? [] : [site.name ?? site.id]))),
      ],
      shrink: true,
    },
    jobId: { label: "Job ID", sparse: true },
    companyId: { label: "Company ID", sparse: true },
    siteIds: { label: "Site ID", shape: listOf(text), sparse: true },
    fileName: { label: "File", sparse: true },
    /** Anyone with the URL may be able to open the bill, so lists leave it out. */
    fileUrl: { label: "File URL", sparse: true },
    auditTrailUrl: { label: "Audit trail", sparse: true },
    createdAt: { label: "Created", sparse: true },
    updatedAt: { label: "Updated", sparse: true },
    lineItems: { shape: listOf(lineItem) },
    usage: {
      value: ({ usage }) => usage.map((row) => jsonOf(usageRows, row)),
      shape: listOf(shapeOf(usageRows)),
    },
    demand: { shape: listOf(demandRow) },
  },
  json: LISTED,
  table: ["billDate", "site", "provider", "types", "totalCharges", "remarks", "id"],
  tsv: ["billDate", "provider", "types", "totalCharges", "currency", "remarks", "id"],
  csv: LISTED.flatMap((name) => (name === "period" ? (["from", "to"] as const) : [name])),
});

const lineItems = noun<LineItem & Pick<Document, "currency">>()({
  fields: {
    item: {
      header: "ITEM",
      value: ({ description, chargeType }) => description ?? chargeType,
      shrink: true,
    },
    amount: {
      header: "QUANTITY",
      text: ({ quantity, unit }) => [grouped(quantity ?? ""), unit ?? ""].join(" ").trim(),
      align: "right",
    },
    description: {},
    chargeType: {},
    quantity: {},
    unit: {},
    rate: { header: "RATE", align: "right" },
    totalCharge: {
      header: "CHARGE",
      text: ({ totalCharge, currency }) => money(totalCharge, currency),
      align: "right",
    },
  },
  json: [],
  table: ["item", "amount", "rate", "totalCharge"],
  tsv: ["description", "chargeType", "quantity", "unit", "rate", "totalCharge"],
});

const demand = noun<Demand>()({
  fields: {
    period: { header: "PERIOD", text: ({ from, to }) => `${from ?? ""} to ${to ?? ""}` },
    from: {},
    to: {},
    type: {
      header: "TYPE",
      text: ({ type, description }) => type ?? description ?? "",
      shrink: true,
    },
    demand: { header: "DEMAND", text: (row) => grouped(row.demand ?? ""), align: "right" },
    unit: { header: "UNIT" },
  },
  json: [],
  table: ["period", "type", "demand", "unit"],
  tsv: ["from", "to", "type", "demand", "unit"],
});

/** One document in full, followed by its tables. */
export const documentView: View<Document> = {
  async human(document, screen) {
    const { renderFields } = await import("../../terminal/fields.ts");
    const { renderTable } = await import("../../terminal/table.ts");
    const tables = eachTable(document, async (title, noun, rows) => {
      const table = await renderTable(rows, tableColumns(noun, rows, 0), screen);
      return table === "" ? [] : [`${screen.palette.bold(title)}\n${table}`];
    });
    const record = await renderFields(recordOf(documents, document), screen);
    return [record, ...(await Promise.all(tables)).flat()].join("\n");
  },
  async plain(document) {
    const { renderFieldsTsv } = await import("../../terminal/fields.ts");
    const { renderTsv } = await import("../../terminal/table.ts");
    const lines = eachTable(document, (_title, noun, rows, name) =>
      renderTsv(rows, [{ header: "", value: () => name }, ...tsvColumns(noun)]),
    );
    return [renderFieldsTsv(recordOf(documents, document)), ...lines].join("");
  },
  ids: ({ id }) => [id],
  ...nounJson(documents, (document: Document) => document, [
    ...documents.json,
    ...(["amounts", "invoiceId", "sourceType", "fileName", "fileUrl", "auditTrailUrl"] as const),
    ...(["jobId", "notes", "lineItems", "usage", "demand"] as const),
  ]),
};

/** Calls `use` for each table under a document, with its title and the name of one of its rows. */
function eachTable<Shown>(
  { lineItems: items, currency, usage, demand: rows }: Document,
  use: <Row>(title: string, noun: Noun<Row>, rows: readonly Row[], name: string) => Shown,
): readonly Shown[] {
  const withCurrency = items.map((item) => ({ ...item, currency }));
  return [
    use("Line items", lineItems, withCurrency, "Line item"),
    use("Usage", usageRows, usage, "Usage"),
    use("Demand", demand, rows, "Demand"),
  ];
}

function amount(name: Amount, label: string) {
  return {
    label,
    text: ({ amounts, currency }: Document) => money(amounts[name], currency),
    sparse: true,
  };
}

/** `1 234.50 USD`. */
function money(value: string | null, currency: string | null): string {
  if (value === null) return "";
  return currency === null ? grouped(value) : `${grouped(value)} ${currency}`;
}
