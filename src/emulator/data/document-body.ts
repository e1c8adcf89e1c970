/** The representation of documents and their usage rows in each API version, following the samples of that version. */
import { isoOf, type Time } from "../clock.ts";
import type { View } from "../state/collections.ts";
import type { ConnectionRecord } from "../state/entities.ts";
import { siteBody } from "../state/site.ts";
import { providerOf } from "../statuses/login.ts";
import { accountNumber, identifiersOf, isMeterTracked, traitsOf } from "./account-body.ts";
import { DAY_MS, dateText } from "./calendar.ts";
import { balanceBefore, type ChargeLine, chargeLines, decimal, money, sumOf } from "./charges.ts";
import { type DocumentRow, rowId, rowOf, updatedAt } from "./documents.ts";
import { meterId, resolveIn, sourceOf } from "./source.ts";
import { unitOf } from "./supplies.ts";
import { type Quantity, quantityOf } from "./usage.ts";

/** @see https://docs.nectarclimate.com/developer-guide/api-versions.md */
export type ApiVersion = "2.0" | "2.1" | "2.2";

interface Parts {
  readonly view: View;
  readonly row: DocumentRow;
  readonly quantity: Quantity;
  readonly version: ApiVersion;
}

/** Our choice: mock bills have no file, and a host under `.invalid` never resolves (RFC 6761 §6.4). */
export const FILES = "https://documents.nectar-emulator.invalid";

/** Our choice: days from a bill's date to its due date. */
const DUE_AFTER_DAYS = 30;

/** A document of a connection at a given time, in the newest API version; undefined when it does not exist yet. */
export function documentBody(
  view: View,
  connection: ConnectionRecord,
  documentId: string,
  now: Time,
) {
  const row = rowOf(resolveIn(sourceOf(view, connection, now), documentId), "document");
  return row && documentBodyOf(view, row, "2.2");
}

/**
 * A document with its usage row.
 * @see https://docs.nectarclimate.com/api-reference/documents/get-documents-by-site
 */
export function documentBodyOf(view: View, row: DocumentRow, version: ApiVersion) {
  const parts = { view, row, version, quantity: quantityOf(row) };
  return { ...documentFields(parts), usageData: [usageFields(parts)] };
}

/**
 * A usage row with its document.
 * @see https://docs.nectarclimate.com/api-reference/usage-data/get-usage-data-by-company
 */
export function usageBodyOf(view: View, row: DocumentRow, version: ApiVersion) {
  const parts = { view, row, version, quantity: quantityOf(row) };
  return { ...usageFields(parts), document: documentFields(parts) };
}

function documentFields(parts: Parts) {
  const { row, quantity, version } = parts;
  const { account, end } = row;
  const { connection, country } = account.source;
  const { supply } = account;
  const id = rowId(row, "document");
  const lines = chargeLines(row, quantity);
  const amount = (smallest: number) => money(smallest, country.decimals);
  const charges = amount(sumOf(lines));
  const before = amount(balanceBefore(row));
  return {
    id,
    created: isoOf(row.created),
    updated: isoOf(updatedAt(row)),
    auditTrailUrl: `${FILES}/${id}/audit-trail`,
    url: `${FILES}/${id}.pdf`,
    fileName: `${supply.type.toLowerCase()}-${dateText(end).slice(0, 7)}.pdf`,
    // Documented: the last day of the billing period.
    billDate: dateText(end),
    dueDate: dateText(end + DUE_AFTER_DAYS * DAY_MS),
    utilityCompany: `${providerOf(connection.url).name} ${supply.title}`,
    // The values of these two fields are not documented. Our choice.
    status: "PROCESSED",
    flaggedStatus: null,
    isFlagged: false,
    // Our choice: the filter of this name is documented, the field is not.
    isDeleted: row.deleted !== null,
    // Our choice: a replaced document names its replacement.
    revisedDocumentId: row.deleted === null ? null : rowId({ ...row, version: 1 }, "document"),
    sourceType: "INVOICE",
    invoiceId: `${accountNumber(account)}/${dateText(end)}${row.version === 0 ? "" : "/2"}`,
    company: connection.companyId,
    email: null,
    jobId: null,
    notes: row.isEstimated ? "Billed on an estimated reading." : null,
    chargesUnits: country.currency,
    // Our choice: what this bill charges, without the previous balance.
    totalCharges: charges,
    currentCharges: charges,
    credits: amount(-sumOf(lines.filter((line) => line.amount < 0))),
    taxCharges: amount(sumOf(lines.filter(({ kind }) => kind === "tax"))),
    previousCloseBalance: before,
    afterPreviousTotalPayment: before,
    afterPreviousCharges: amount(0),
    afterPreviousCredits: amount(0),
    currentOpenBalance: amount(0),
    lineItems: lines.map((line) => lineItem(line, row)),
    ...withDemand(parts.view, connection.companyId, version, demandMeters(row, quantity)),
  };
}

/** For most type fields only one value is documented (`TAX`, `SUPPLY`); where that would be wrong, the field is null. */
function lineItem(line: ChargeLine, { account }: DocumentRow) {
  const { type } = account.supply;
  const supplied = line.kind === "supply" ? "SUPPLY" : null;
  const isElectric = type === "ELECTRICITY" || type === "SOLAR";
  return {
    description: line.description,
    rate: line.rate,
    quantity: line.quantity,
    quantityUnits: line.quantityUnits,
    totalCharge: money(line.amount, account.source.country.decimals),
    multipliers: [],
    accountIds: [account.id],
    chargeType: line.kind === "tax" ? "TAX" : null,
    electricityChargeType: isElectric ? supplied : null,
    electricityIsDemand: isElectric ? line.kind === "demand" : null,
    electricityTimeOfUse: line.timeOfUse,
    gasChargeType: type === "GAS" ? supplied : null,
    billingPeriod: "CURRENT",
  };
}

/**
 * New in v2.2, and only for a company with demand extraction enabled. Our choice: without it, a demand charge is still
 * among the line items, which add up to the total.
 *
 * @see https://docs.nectarclimate.com/changelog/releasing-nectar-v22
 */
export function withDemand<Meter>(
  view: View,
  companyId: string,
  version: ApiVersion,
  demandMeters: readonly Meter[],
) {
  const isEnabled = version === "2.2" && view.company(companyId)?.isDemandEnabled === true;
  return isEnabled ? { demandMeters } : {};
}

function demandMeters(row: DocumentRow, { demand }: Quantity) {
  if (demand === null) return [];
  return [
    {
      startDate: dateText(row.start),
      endDate: dateText(row.end),
      isEstimated: row.isEstimated,
      demandUsage: decimal(demand),
      demandUsageUnits: "kW",
      description: "Highest demand",
      demandType: "PEAK",
      usageDataIds: [rowId(row, "usage")],
    },
  ];
}

function usageFields({ view, row, quantity, version }: Parts) {
  const { account } = row;
  const { source, supply, siteId } = account;
  const site = view.site(siteId);
  const address = account.address || null;
  const isSolar = supply.type === "SOLAR";
  return {
    id: rowId(row, "usage"),
    created: isoOf(row.created),
    startDate: dateText(row.start),
    endDate: dateText(row.end),
    usage: decimal(quantity.total),
    usageUnits: unitOf(supply, source.country).name,
    serviceAddress: address,
    meter: meterId(account),
    meterAddress: address,
    meterIsTracked: isMeterTracked(account),
    site: site && siteBody(site),
    identifiers: identifiersOf(account),
    ...traitsOf(account),
    additionalFields: {},
    // The v2.0 sample has both fields, the v2.1 sample only `timeOfUse`, which v2.2 replaces with the breakdown. The value
    // of `timeOfUse` with more than one time of use is not documented. Our choice: null.
    ...(version === "2.2" ? {} : { timeOfUse: null }),
    ...(version === "2.1" ? {} : { timeOfUseBreakdown: breakdown(row, quantity) }),
    // These first appear in the v2.1 sample.
    ...(version === "2.0"
      ? {}
      : {
          updated: isoOf(updatedAt(row)),
          isEstimated: row.isEstimated,
          exclusion: false,
          netMeteringGeneratedKwh: isSolar ? decimal(quantity.total) : null,
          netMeteringGridImportKwh: null,
          electricityType: supply.traits.electricityType ?? null,
        }),
  };
}

/** @see https://docs.nectarclimate.com/changelog/releasing-nectar-v22 */
function breakdown({ account }: DocumentRow, { parts }: Quantity) {
  if (parts === null) return [];
  const usageUnits = unitOf(account.supply, account.source.country).name;
  const part = (timeOfUse: string, description: string, usage: number) => ({
    ...{ timeOfUse, usage: decimal(usage), usageUnits },
    ...{ description, startDate: null, endDate: null },
  });
  return [
    part("PEAK", "On-Peak Usage", parts.peak),
    part("OFF_PEAK", "Off-Peak Usage", parts.offPeak),
  ];
}
