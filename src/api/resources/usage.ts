/** A usage row: one meter's consumption of one utility in one period. */
import * as z from "zod/mini";
import { decimal, flag, id, listOf, pageEnvelope, reference, text, time } from "./wire.ts";

/**
 * The values of a filter by utility. Responses may contain others, which are passed on.
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
 * The dates that a filter can compare.
 * @see https://docs.nectarclimate.com/developer-guide/filtering
 */
export const DATE_TYPES = ["USAGE_PERIOD", "BILL_DATE", "CREATED_DATE", "UPDATED_DATE"] as const;
export type DateType = (typeof DATE_TYPES)[number];

/** A part of a row's usage, such as the usage at peak hours. */
const TimeOfUse = z.pipe(
  z.looseObject({ timeOfUse: text, usage: decimal, usageUnits: text, description: text }),
  z.transform(({ timeOfUse, usage, usageUnits, description }) => ({
    ...{ timeOfUse, usage },
    unit: usageUnits,
    description,
  })),
);

/**
 * A usage row. Decimals are strings, dates `YYYY-MM-DD`. Inferred: which fields are required; the v2.2 schema was not
 * readable. Before v2.2 the breakdown has another name.
 * @see https://docs.nectarclimate.com/api-reference/v2-1/usage-data/get-usage-data-details
 */
export const Usage = z.pipe(
  z.looseObject({
    id,
    created: time,
    updated: time,
    startDate: text,
    endDate: text,
    usage: decimal,
    usageUnits: text,
    timeOfUseBreakdown: listOf(TimeOfUse),
    isEstimated: flag,
    exclusion: flag,
    meter: reference,
    site: reference,
    document: reference,
    identifiers: listOf(z.looseObject({ name: text, value: text, rawName: text })),
    datasourceType: text,
  }),
  z.transform((wire) => ({
    id: wire.id,
    /** Such as `ELECTRICITY`. */
    type: wire.datasourceType,
    /** The first day of the period; `to` is the last. */
    from: wire.startDate,
    to: wire.endDate ?? wire.startDate,
    usage: wire.usage,
    unit: wire.usageUnits,
    timeOfUse: wire.timeOfUseBreakdown,
    isEstimated: wire.isEstimated,
    /** Whether the row is to be subtracted from a total. */
    isExcluded: wire.exclusion === true,
    site: wire.site,
    meterId: wire.meter?.id ?? null,
    /** What the utility calls the meter. */
    identifier: meterName(wire.identifiers),
    documentId: wire.document?.id ?? null,
    createdAt: wire.created,
    updatedAt: wire.updated,
  })),
);
export type Usage = z.infer<typeof Usage>;

/** @see https://docs.nectarclimate.com/developer-guide/pagination */
export const UsagePage = z.extend(pageEnvelope, { usageData: z.array(Usage) });

interface Identifier {
  readonly name: string | null;
  readonly value: string | null;
  readonly rawName: string | null;
}

/** Inferred: an identifier's kind, such as `METER`, is in its `name`. Without one of that kind the first is used. */
function meterName(identifiers: readonly Identifier[]): string | null {
  const chosen = identifiers.find(({ name }) => name === "METER") ?? identifiers[0];
  return chosen?.value ?? chosen?.rawName ?? null;
}
