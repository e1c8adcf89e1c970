/** How usage rows are shown. */
import type { Usage } from "../../api/resources/usage.ts";
import { fieldColumns } from "../../cli/view.ts";
import type { Column } from "../../terminal/table.ts";
import { grouped } from "./decimal.ts";
import { isWholeMonth, monthOf } from "./months.ts";

/** The row as every command prints it. */
export function usageJson(row: Usage): object {
  const { id, type, from, to, usage, unit, timeOfUse, isEstimated, isExcluded } = row;
  const { site, meterId, identifier, documentId, createdAt, updatedAt } = row;
  return {
    ...{ id, type, from, to, usage, unit, timeOfUse, isEstimated, isExcluded },
    ...{ site, meterId, identifier, documentId, createdAt, updatedAt },
  };
}

/** A utility in words: `ELECTRICITY` is `Electricity`. */
export function typeName(type: string): string {
  const text = type.toLowerCase().replaceAll("_", " ");
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

/** `2025-01` for a whole month, else both days. */
function periodText({ from, to }: Usage): string {
  if (from === null || to === null) return from ?? to ?? "";
  return isWholeMonth(from, to) ? monthOf(from) : `${from} to ${to}`;
}

function remarks({ isEstimated, isExcluded }: Usage): readonly string[] {
  return [...(isEstimated ? ["estimated"] : []), ...(isExcluded ? ["subtracted"] : [])];
}

/** The columns of a list on a terminal. One that would be empty in every row is left out. */
export function usageColumns(rows: readonly Usage[]): readonly Column<Usage>[] {
  return [
    { header: "PERIOD", value: periodText },
    { header: "TYPE", value: ({ type }) => typeName(type ?? "") },
    { header: "USAGE", value: ({ usage }) => grouped(usage ?? ""), align: "right" },
    { header: "UNIT", value: ({ unit }) => unit ?? "" },
    { header: "SITE", value: ({ site }) => site?.name ?? site?.id ?? "", shrink: true },
    {
      header: "METER",
      value: ({ identifier, meterId }) => identifier ?? meterId ?? "",
      shrink: true,
    },
    ...(rows.some((row) => remarks(row).length > 0)
      ? [{ header: "REMARKS", value: (row: Usage) => remarks(row).join(", "), shrink: true }]
      : []),
    { header: "ID", value: ({ id }) => id },
  ];
}

/** The columns of a list in a pipe: always the same ones. */
export const USAGE_TSV: readonly Column<Usage>[] = [
  { header: "from", value: ({ from }) => from ?? "" },
  { header: "to", value: ({ to }) => to ?? "" },
  { header: "type", value: ({ type }) => type ?? "" },
  { header: "usage", value: ({ usage }) => usage ?? "" },
  { header: "unit", value: ({ unit }) => unit ?? "" },
  { header: "site", value: ({ site }) => site?.name ?? site?.id ?? "" },
  { header: "identifier", value: ({ identifier }) => identifier ?? "" },
  { header: "remarks", value: (row) => remarks(row).join(",") },
  { header: "id", value: ({ id }) => id },
];

/** The columns of CSV, in the names and the order of the JSON; a site in two of them. */
export const USAGE_CSV: readonly Column<Usage>[] = [
  ...fieldColumns<Usage>([
    "id",
    "type",
    "from",
    "to",
    "usage",
    "unit",
    "isEstimated",
    "isExcluded",
  ]),
  { header: "siteId", value: ({ site }) => site?.id ?? "" },
  { header: "siteName", value: ({ site }) => site?.name ?? "" },
  ...fieldColumns<Usage>(["meterId", "identifier", "documentId", "createdAt", "updatedAt"]),
];
