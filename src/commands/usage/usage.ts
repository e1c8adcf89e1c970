/** Views of the usage commands. */
import type { Usage } from "../../api/resources/usage.ts";
import { noun } from "../../cli/noun.ts";
import { listOf, objectOf, orNull, text, yesNo } from "../../cli/shape.ts";
import { grouped } from "./decimal.ts";
import { isWholeMonth, monthOf } from "./months.ts";

const LISTED = [
  ...(["id", "type", "from", "to", "usage", "unit", "timeOfUse", "isEstimated"] as const),
  ...(["isExcluded", "site", "meterId", "identifier", "documentId"] as const),
  ...(["createdAt", "updatedAt"] as const),
] as const;

export const usageRows = noun<Usage>()({
  fields: {
    id: { header: "ID", shape: text },
    type: { header: "TYPE", text: ({ type }) => typeName(type ?? "") },
    /** `2025-01` for a whole month, else the first and last day. */
    period: {
      header: "PERIOD",
      text({ from, to }) {
        if (from === null || to === null) return from ?? to ?? "";
        return isWholeMonth(from, to) ? monthOf(from) : `${from} to ${to}`;
      },
    },
    from: {},
    to: {},
    usage: { header: "USAGE", text: ({ usage }) => grouped(usage ?? ""), align: "right" },
    unit: { header: "UNIT" },
    timeOfUse: {
      shape: listOf(
        objectOf({
          ...{ timeOfUse: orNull(text), usage: orNull(text), unit: orNull(text) },
          description: orNull(text),
        }),
      ),
    },
    isEstimated: { shape: orNull(yesNo) },
    isExcluded: { shape: yesNo },
    remarks: {
      header: "REMARKS",
      value: ({ isEstimated, isExcluded }) => [
        ...(isEstimated ? ["estimated"] : []),
        ...(isExcluded ? ["subtracted"] : []),
      ],
      shrink: true,
      sparse: true,
    },
    site: {
      header: "SITE",
      text: ({ site }) => site?.name ?? site?.id ?? "",
      shape: orNull(objectOf({ id: text, name: orNull(text) })),
      shrink: true,
    },
    siteId: { value: ({ site }) => site?.id },
    siteName: { value: ({ site }) => site?.name },
    meter: {
      header: "METER",
      value: ({ identifier, meterId }) => identifier ?? meterId,
      shrink: true,
    },
    meterId: {},
    identifier: {},
    documentId: {},
    createdAt: {},
    updatedAt: {},
  },
  json: LISTED,
  table: ["period", "type", "usage", "unit", "site", "meter", "remarks", "id"],
  tsv: ["from", "to", "type", "usage", "unit", "site", "identifier", "remarks", "id"],
  // `timeOfUse`, a list of parts, has no column.
  csv: LISTED.flatMap((name) =>
    name === "site" ? (["siteId", "siteName"] as const) : name === "timeOfUse" ? [] : [name],
  ),
});

/** The display name of a utility: `ELECTRICITY` is `Electricity`. */
export function typeName(type: string): string {
  const text = type.toLowerCase().replaceAll("_", " ");
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
