/** How documents are shown. */
import type { Document } from "../../api/resources/document.ts";
import { fieldColumns } from "../../cli/view.ts";
import type { Column } from "../../terminal/table.ts";
import { grouped } from "../usage/decimal.ts";
import { typeName } from "../usage/view.ts";

/** The document as the list prints it. Its file's URL may open the bill for whoever has it, so a list leaves it out. */
export function documentJson(document: Document): object {
  const { id, billDate, dueDate, provider, currency, totalCharges, period, types } = document;
  const { status, flaggedStatus, isFlagged, isDeleted, isEstimated, revisedDocumentId } = document;
  const { companyId, siteIds, createdAt, updatedAt } = document;
  return {
    ...{ id, billDate, dueDate, provider, currency, totalCharges, period, types },
    ...{ status, flaggedStatus, isFlagged, isDeleted, isEstimated, revisedDocumentId },
    ...{ companyId, siteIds, createdAt, updatedAt },
  };
}

/** `1 234.50 USD`. */
export function money(amount: string | null, currency: string | null): string {
  if (amount === null) return "";
  return currency === null ? grouped(amount) : `${grouped(amount)} ${currency}`;
}

/**
 * What is out of the ordinary, in words. `status` is not among it: its values are not documented, so which of them are
 * ordinary is not known; `get` and JSON have it. Nor is it documented which of the two documents a revision names.
 */
function remarks(document: Document): readonly string[] {
  const { isFlagged, isDeleted, isEstimated, revisedDocumentId } = document;
  return [
    ...(isFlagged ? ["flagged"] : []),
    ...(isEstimated ? ["estimated"] : []),
    ...(revisedDocumentId === null ? [] : ["revised"]),
    ...(isDeleted ? ["deleted"] : []),
  ];
}

/** As its usage rows name them; a document itself names no site. */
function siteNames({ usage }: Document): string {
  const names = usage.flatMap(({ site }) => (site === null ? [] : [site.name ?? site.id]));
  return [...new Set(names)].join(", ");
}

/** The columns of a list on a terminal. One that would be empty in every row is left out. */
export function documentColumns(documents: readonly Document[]): readonly Column<Document>[] {
  return [
    { header: "BILL DATE", value: ({ billDate }) => billDate ?? "" },
    { header: "SITE", value: siteNames, shrink: true },
    // Gives way first: what is billed and where says more than who bills it.
    { header: "PROVIDER", value: ({ provider }) => provider ?? "", shrink: true, optional: true },
    { header: "TYPES", value: ({ types }) => types.map(typeName).join(", "), shrink: true },
    {
      header: "CHARGES",
      value: ({ totalCharges, currency }) => money(totalCharges, currency),
      align: "right",
    },
    ...(documents.some((one) => remarks(one).length > 0)
      ? [{ header: "REMARKS", value: (one: Document) => remarks(one).join(", "), shrink: true }]
      : []),
    { header: "ID", value: ({ id }) => id },
  ];
}

/** The columns of a list in a pipe: always the same ones. */
export const DOCUMENT_TSV: readonly Column<Document>[] = [
  { header: "billDate", value: ({ billDate }) => billDate ?? "" },
  { header: "provider", value: ({ provider }) => provider ?? "" },
  { header: "types", value: ({ types }) => types.join(",") },
  { header: "totalCharges", value: ({ totalCharges }) => totalCharges ?? "" },
  { header: "currency", value: ({ currency }) => currency ?? "" },
  { header: "remarks", value: (one) => remarks(one).join(",") },
  { header: "id", value: ({ id }) => id },
];

/** The columns of CSV, in the names and the order of the JSON; a period in two of them, what is a list with semicolons. */
export const DOCUMENT_CSV: readonly Column<Document>[] = [
  ...fieldColumns<Document>([
    ...(["id", "billDate", "dueDate", "provider", "currency", "totalCharges"] as const),
  ]),
  { header: "from", value: ({ period }) => period?.from ?? "" },
  { header: "to", value: ({ period }) => period?.to ?? "" },
  { header: "types", value: ({ types }) => types.join(";") },
  ...fieldColumns<Document>([
    ...(["status", "flaggedStatus", "isFlagged", "isDeleted", "isEstimated"] as const),
    ...(["revisedDocumentId", "companyId"] as const),
  ]),
  { header: "siteIds", value: ({ siteIds }) => siteIds.join(";") },
  ...fieldColumns<Document>(["createdAt", "updatedAt"]),
];
