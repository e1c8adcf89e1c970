/** A document: a utility bill, with its charges and the usage that it states. */
import * as z from "zod/mini";
import { toUtc } from "./connection.ts";
import { decimalWire, toDecimal } from "./decimal.ts";
import { pageEnvelope } from "./page.ts";
import { toUsage, type Usage, usageWire } from "./usage.ts";

const text = z.nullish(z.string());
const decimal = z.nullish(decimalWire);

const lineItemWire = z.looseObject({
  description: text,
  quantity: decimal,
  quantityUnits: text,
  rate: decimal,
  totalCharge: decimal,
  chargeType: text,
  billingPeriod: text,
});

const demandWire = z.looseObject({
  startDate: text,
  endDate: text,
  demandUsage: decimal,
  demandUsageUnits: text,
  demandType: text,
  description: text,
  isEstimated: z.nullish(z.boolean()),
});

/** The amounts of a bill besides its total, by the API's names. */
export const AMOUNTS = [
  "currentCharges",
  "taxCharges",
  "credits",
  "previousCloseBalance",
  "afterPreviousTotalPayment",
  "afterPreviousCharges",
  "afterPreviousCredits",
  "currentOpenBalance",
] as const;
export type Amount = (typeof AMOUNTS)[number];

/**
 * A document as the API answers it. Inferred: which fields are required, and `isDeleted`, which only its filter speaks of;
 * the schema of v2.2 was not readable.
 * @see https://docs.nectarclimate.com/api-reference/v2-2/documents/get-documents-by-connection
 */
export const documentWire = z.looseObject({
  id: z.string().check(z.minLength(1)),
  created: text,
  updated: text,
  auditTrailUrl: text,
  url: text,
  fileName: text,
  billDate: text,
  dueDate: text,
  chargesUnits: text,
  totalCharges: decimal,
  currentCharges: decimal,
  taxCharges: decimal,
  credits: decimal,
  previousCloseBalance: decimal,
  afterPreviousTotalPayment: decimal,
  afterPreviousCharges: decimal,
  afterPreviousCredits: decimal,
  currentOpenBalance: decimal,
  utilityCompany: text,
  status: text,
  flaggedStatus: text,
  isFlagged: z.nullish(z.boolean()),
  isDeleted: z.nullish(z.boolean()),
  sourceType: text,
  invoiceId: text,
  revisedDocumentId: text,
  company: text,
  jobId: text,
  notes: text,
  usageData: z.nullish(z.array(usageWire)),
  demandMeters: z.nullish(z.array(demandWire)),
  lineItems: z.nullish(z.array(lineItemWire)),
});
export type DocumentWire = z.infer<typeof documentWire>;

/** @see https://docs.nectarclimate.com/developer-guide/pagination */
export const documentPageWire = z.extend(pageEnvelope, {
  totalDocuments: z.number(),
  documents: z.array(documentWire),
});

export interface LineItem {
  readonly description: string | null;
  readonly quantity: string | null;
  readonly unit: string | null;
  readonly rate: string | null;
  readonly totalCharge: string | null;
  readonly chargeType: string | null;
  readonly billingPeriod: string | null;
}

/** The highest power that was drawn in a period. */
export interface Demand {
  readonly from: string | null;
  readonly to: string | null;
  readonly demand: string | null;
  readonly unit: string | null;
  readonly type: string | null;
  readonly description: string | null;
  readonly isEstimated: boolean | null;
}

/** A document as this tool knows it. Decimals are text, as the API gave them; dates are `YYYY-MM-DD`. */
export interface Document {
  readonly id: string;
  readonly billDate: string | null;
  readonly dueDate: string | null;
  readonly provider: string | null;
  /** Such as `USD`. */
  readonly currency: string | null;
  readonly totalCharges: string | null;
  readonly amounts: Readonly<Record<Amount, string | null>>;
  /** From the first to the last day of its usage rows; null without any. */
  readonly period: { readonly from: string; readonly to: string } | null;
  readonly types: readonly string[];
  readonly status: string | null;
  readonly flaggedStatus: string | null;
  readonly isFlagged: boolean | null;
  readonly isDeleted: boolean | null;
  /** Whether any of its usage is; null where no row says. */
  readonly isEstimated: boolean | null;
  readonly revisedDocumentId: string | null;
  readonly invoiceId: string | null;
  readonly sourceType: string | null;
  readonly fileName: string | null;
  /** Not documented: how long it is good for, and whether it needs the key. */
  readonly fileUrl: string | null;
  readonly auditTrailUrl: string | null;
  readonly jobId: string | null;
  readonly notes: string | null;
  readonly companyId: string | null;
  readonly siteIds: readonly string[];
  readonly usage: readonly Usage[];
  readonly demand: readonly Demand[];
  readonly lineItems: readonly LineItem[];
  /** ISO 8601, UTC. */
  readonly createdAt: string | null;
  /** ISO 8601, UTC. */
  readonly updatedAt: string | null;
}

export function toDocument(wire: DocumentWire): Document {
  const usage = (wire.usageData ?? []).map(toUsage);
  const estimates = usage.flatMap(({ isEstimated }) => (isEstimated === null ? [] : [isEstimated]));
  return {
    id: wire.id,
    billDate: wire.billDate || null,
    dueDate: wire.dueDate || null,
    provider: wire.utilityCompany || null,
    currency: wire.chargesUnits || null,
    totalCharges: toDecimal(wire.totalCharges),
    amounts: {
      currentCharges: toDecimal(wire.currentCharges),
      taxCharges: toDecimal(wire.taxCharges),
      credits: toDecimal(wire.credits),
      previousCloseBalance: toDecimal(wire.previousCloseBalance),
      afterPreviousTotalPayment: toDecimal(wire.afterPreviousTotalPayment),
      afterPreviousCharges: toDecimal(wire.afterPreviousCharges),
      afterPreviousCredits: toDecimal(wire.afterPreviousCredits),
      currentOpenBalance: toDecimal(wire.currentOpenBalance),
    },
    period: periodOf(usage),
    types: distinct(usage.map(({ type }) => type)),
    status: wire.status || null,
    flaggedStatus: wire.flaggedStatus || null,
    isFlagged: wire.isFlagged ?? null,
    isDeleted: wire.isDeleted ?? null,
    isEstimated: estimates.length === 0 ? null : estimates.includes(true),
    revisedDocumentId: wire.revisedDocumentId || null,
    invoiceId: wire.invoiceId || null,
    sourceType: wire.sourceType || null,
    fileName: wire.fileName || null,
    fileUrl: wire.url || null,
    auditTrailUrl: wire.auditTrailUrl || null,
    jobId: wire.jobId || null,
    notes: wire.notes || null,
    companyId: wire.company || null,
    siteIds: distinct(usage.map(({ site }) => site?.id ?? null)),
    usage,
    demand: (wire.demandMeters ?? []).map((one) => ({
      from: one.startDate || null,
      to: one.endDate || one.startDate || null,
      demand: toDecimal(one.demandUsage),
      unit: one.demandUsageUnits || null,
      type: one.demandType || null,
      description: one.description || null,
      isEstimated: one.isEstimated ?? null,
    })),
    lineItems: (wire.lineItems ?? []).map((one) => ({
      description: one.description || null,
      quantity: toDecimal(one.quantity),
      unit: one.quantityUnits || null,
      rate: toDecimal(one.rate),
      totalCharge: toDecimal(one.totalCharge),
      chargeType: one.chargeType || null,
      billingPeriod: one.billingPeriod || null,
    })),
    createdAt: toUtc(wire.created),
    updatedAt: toUtc(wire.updated),
  };
}

/** From the earliest first day to the latest last day; dates of this form are in order as text. */
function periodOf(usage: readonly Usage[]): Document["period"] {
  const from = distinct(usage.map((row) => row.from)).sort()[0];
  const to = distinct(usage.map((row) => row.to))
    .sort()
    .at(-1);
  return from === undefined || to === undefined ? null : { from, to };
}

function distinct(values: readonly (string | null)[]): string[] {
  return [...new Set(values.filter((value) => value !== null))];
}
