/** A usage row: how much one meter used of one utility in one period. */
import * as z from "zod/mini";
import { toUtc } from "./connection.ts";
import { decimalWire, toDecimal } from "./decimal.ts";
import { pageEnvelope } from "./page.ts";

/**
 * What a filter by utility takes. Answers may hold others; they are passed on.
 * @see https://docs.nectarclimate.com/developer-guide/filtering
 */
export const DATASOURCE_TYPES = [
  "ELECTRICITY",
  "GAS",
  "WATER",
  "DISTRICT",
  "WASTE",
  "FUEL",
  "MISC",
  "REFRIGERANT",
  "SOLAR",
  "TELECOM",
] as const;

/**
 * What the dates of a filter are compared with.
 * @see https://docs.nectarclimate.com/developer-guide/filtering
 */
export const DATE_TYPES = ["USAGE_PERIOD", "BILL_DATE", "CREATED_DATE", "UPDATED_DATE"] as const;
export type DateType = (typeof DATE_TYPES)[number];

/** Another object: its ID, or the object itself with more or less of its fields. */
const reference = z.union([
  z.string(),
  z.looseObject({ id: z.string(), name: z.nullish(z.string()) }),
]);

const timeOfUseWire = z.looseObject({
  timeOfUse: z.nullish(z.string()),
  usage: z.nullish(decimalWire),
  usageUnits: z.nullish(z.string()),
  description: z.nullish(z.string()),
});

/**
 * A usage row as the API answers it. Inferred: which fields are required; the schema of v2.2 was not readable.
 * @see https://docs.nectarclimate.com/api-reference/v2-1/usage-data/get-usage-data-details
 */
export const usageWire = z.looseObject({
  id: z.string().check(z.minLength(1)),
  created: z.nullish(z.string()),
  updated: z.nullish(z.string()),
  startDate: z.nullish(z.string()),
  endDate: z.nullish(z.string()),
  usage: z.nullish(decimalWire),
  usageUnits: z.nullish(z.string()),
  timeOfUseBreakdown: z.nullish(z.array(timeOfUseWire)),
  isEstimated: z.nullish(z.boolean()),
  exclusion: z.nullish(z.boolean()),
  meter: z.nullish(reference),
  site: z.nullish(reference),
  document: z.nullish(reference),
  identifiers: z.nullish(
    z.array(
      z.looseObject({
        name: z.nullish(z.string()),
        value: z.nullish(z.string()),
        rawName: z.nullish(z.string()),
      }),
    ),
  ),
  datasourceType: z.nullish(z.string()),
});
export type UsageWire = z.infer<typeof usageWire>;

/** @see https://docs.nectarclimate.com/developer-guide/pagination */
export const usagePageWire = z.extend(pageEnvelope, { usageData: z.array(usageWire) });

/** A part of a row's usage, such as what was used at peak hours. */
export interface TimeOfUse {
  readonly timeOfUse: string | null;
  readonly usage: string | null;
  readonly unit: string | null;
  readonly description: string | null;
}

/** A usage row as this tool knows it. Decimals are text. */
export interface Usage {
  readonly id: string;
  /** Such as `ELECTRICITY`. */
  readonly type: string | null;
  /** `YYYY-MM-DD`, the first and the last day of the period. */
  readonly from: string | null;
  readonly to: string | null;
  readonly usage: string | null;
  readonly unit: string | null;
  readonly timeOfUse: readonly TimeOfUse[];
  /** Null where the API does not say. */
  readonly isEstimated: boolean | null;
  /** The row is to be subtracted where rows are added up. */
  readonly isExcluded: boolean;
  readonly site: { readonly id: string; readonly name: string | null } | null;
  readonly meterId: string | null;
  /** What the utility calls the meter. */
  readonly identifier: string | null;
  readonly documentId: string | null;
  /** ISO 8601, UTC. */
  readonly createdAt: string | null;
  /** ISO 8601, UTC. */
  readonly updatedAt: string | null;
}

export function toUsage(wire: UsageWire): Usage {
  const { site } = wire;
  return {
    id: wire.id,
    type: wire.datasourceType || null,
    from: wire.startDate || null,
    to: wire.endDate || wire.startDate || null,
    usage: toDecimal(wire.usage),
    unit: wire.usageUnits || null,
    timeOfUse: (wire.timeOfUseBreakdown ?? []).map((part) => ({
      timeOfUse: part.timeOfUse ?? null,
      usage: toDecimal(part.usage),
      unit: part.usageUnits ?? null,
      description: part.description ?? null,
    })),
    isEstimated: wire.isEstimated ?? null,
    isExcluded: wire.exclusion === true,
    site:
      typeof site === "string"
        ? { id: site, name: null }
        : site
          ? { id: site.id, name: site.name ?? null }
          : null,
    meterId: idIn(wire.meter),
    identifier: meterName(wire.identifiers ?? []),
    documentId: idIn(wire.document),
    createdAt: toUtc(wire.created),
    updatedAt: toUtc(wire.updated),
  };
}

function idIn(object: z.infer<typeof reference> | null | undefined): string | null {
  return typeof object === "string" ? object : (object?.id ?? null);
}

/** Inferred: that an identifier's kind, such as `METER`, stands in its `name`. Without one of the meter the first is taken. */
function meterName(identifiers: NonNullable<UsageWire["identifiers"]>): string | null {
  const chosen = identifiers.find(({ name }) => name === "METER") ?? identifiers[0];
  return chosen?.value || chosen?.rawName || null;
}
