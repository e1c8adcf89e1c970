/** A usage row: how much one meter used of one utility in one period. */
import * as z from "zod/mini";
import { decimal, flag, id, listOf, pageEnvelope, reference, text, time } from "./wire.ts";

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

/** A part of a row's usage, such as what was used at peak hours. */
const TimeOfUse = z.pipe(
  z.looseObject({ timeOfUse: text, usage: decimal, usageUnits: text, description: text }),
  z.transform(({ timeOfUse, usage, usageUnits, description }) => ({
    ...{ timeOfUse, usage },
    unit: usageUnits,
    description,
  })),
);

/**
 * A usage row. Decimals are text, dates `YYYY-MM-DD`. Inferred: which fields are required; the schema of v2.2 was not
 * readable. The breakdown has another name before v2.2.
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
    /** The first and the last day of the period. */
    from: wire.startDate,
    to: wire.endDate ?? wire.startDate,
    usage: wire.usage,
    unit: wire.usageUnits,
    timeOfUse: wire.timeOfUseBreakdown,
    isEstimated: wire.isEstimated,
    /** The row is to be subtracted where rows are added up. */
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

/** Inferred: that an identifier's kind, such as `METER`, stands in its `name`. Without one of the meter the first is taken. */
function meterName(identifiers: readonly Identifier[]): string | null {
  const chosen = identifiers.find(({ name }) => name === "METER") ?? identifiers[0];
  return chosen?.value ?? chosen?.rawName ?? null;
}
