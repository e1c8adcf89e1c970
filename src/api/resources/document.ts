/** A document: a utility bill with its charges and usage. */
import * as z from "zod/mini";
import { Usage } from "./usage.ts";
import { decimal, flag, id, listOf, pageEnvelope, text, time } from "./wire.ts";

const LineItem = z.pipe(
  z.looseObject({
    description: text,
    quantity: decimal,
    quantityUnits: text,
    rate: decimal,
    totalCharge: decimal,
    chargeType: text,
    billingPeriod: text,
  }),
  z.transform(({ description, quantity, quantityUnits, rate, ...wire }) => ({
    ...{ description, quantity, unit: quantityUnits, rate },
    totalCharge: wire.totalCharge,
    chargeType: wire.chargeType,
    billingPeriod: wire.billingPeriod,
  })),
);
export type LineItem = z.infer<typeof LineItem>;

/** The peak power drawn in a period. */
const Demand = z.pipe(
  z.looseObject({
    startDate: text,
    endDate: text,
    demandUsage: decimal,
    demandUsageUnits: text,
    demandType: text,
    description: text,
    isEstimated: flag,
  }),
  z.transform((wire) => ({
    from: wire.startDate,
    to: wire.endDate ?? wire.startDate,
    demand: wire.demandUsage,
    unit: wire.demandUsageUnits,
    type: wire.demandType,
    description: wire.description,
    isEstimated: wire.isEstimated,
  })),
);
export type Demand = z.infer<typeof Demand>;

/** A bill's amounts besides its total, by the API's names. */
const amounts = {
  currentCharges: decimal,
  taxCharges: decimal,
  credits: decimal,
  previousCloseBalance: decimal,
  afterPreviousTotalPayment: decimal,
  afterPreviousCharges: decimal,
  afterPreviousCredits: decimal,
  currentOpenBalance: decimal,
} as const;
export type Amount = keyof typeof amounts;

/**
 * A document. Decimals are strings, as the API sent them; dates are `YYYY-MM-DD`. Inferred: which fields are required,
 * and `isDeleted`, which only its filter mentions; the v2.2 schema was not readable.
 * @see https://docs.nectarclimate.com/api-reference/v2-2/documents/get-documents-by-connection
 */
export const Document = z.pipe(
  z.looseObject({
    id,
    created: time,
    updated: time,
    auditTrailUrl: text,
    url: text,
    fileName: text,
    billDate: text,
    dueDate: text,
    chargesUnits: text,
    totalCharges: decimal,
    ...amounts,
    utilityCompany: text,
    status: text,
    flaggedStatus: text,
    isFlagged: flag,
    isDeleted: flag,
    sourceType: text,
    invoiceId: text,
    revisedDocumentId: text,
    company: text,
    jobId: text,
    notes: text,
    usageData: listOf(Usage),
    demandMeters: listOf(Demand),
    lineItems: listOf(LineItem),
  }),
  z.transform((wire) => {
    const usage = wire.usageData;
    return {
      id: wire.id,
      billDate: wire.billDate,
      dueDate: wire.dueDate,
      provider: wire.utilityCompany,
      /** Such as `USD`. */
      currency: wire.chargesUnits,
      totalCharges: wire.totalCharges,
      amounts: z.parse(z.object(amounts), wire),
      /** From the first to the last day of its usage rows; null if there are none. */
      period: periodOf(usage),
      types: distinct(usage.map(({ type }) => type)),
      status: wire.status,
      flaggedStatus: wire.flaggedStatus,
      isFlagged: wire.isFlagged,
      isDeleted: wire.isDeleted,
      /** Whether any of its usage is estimated; null if no row says. */
      isEstimated: anyOf(usage.map(({ isEstimated }) => isEstimated)),
      revisedDocumentId: wire.revisedDocumentId,
      invoiceId: wire.invoiceId,
      sourceType: wire.sourceType,
      fileName: wire.fileName,
      /** Not documented: how long it is valid, and whether it needs the key. */
      fileUrl: wire.url,
      auditTrailUrl: wire.auditTrailUrl,
      jobId: wire.jobId,
      notes: wire.notes,
      companyId: wire.company,
      siteIds: distinct(usage.map(({ site }) => site?.id ?? null)),
      usage,
      demand: wire.demandMeters,
      lineItems: wire.lineItems,
      createdAt: wire.created,
      updatedAt: wire.updated,
    };
  }),
);
export type Document = z.infer<typeof Document>;

/** @see https://docs.nectarclimate.com/developer-guide/pagination */
export const DocumentPage = z.extend(pageEnvelope, {
  totalDocuments: z.number(),
  documents: z.array(Document),
});

/** From the earliest first day to the latest last day; `YYYY-MM-DD` dates sort as text. */
function periodOf(usage: readonly Usage[]): { readonly from: string; readonly to: string } | null {
  const from = distinct(usage.map((row) => row.from)).sort()[0];
  const to = distinct(usage.map((row) => row.to))
    .sort()
    .at(-1);
  return from === undefined || to === undefined ? null : { from, to };
}

function distinct(values: readonly (string | null)[]): string[] {
  return [...new Set(values.filter((value) => value !== null))];
}

function anyOf(flags: readonly (boolean | null)[]): boolean | null {
  const known = flags.filter((flag) => flag !== null);
  return known.length === 0 ? null : known.includes(true);
}
