/** Documents and their usage rows as the API answers them, whatever its version: the union of what the samples show. */
import { siteBody } from "../routes/sites.ts";
import type { View } from "../state/collections.ts";
import type { ConnectionRecord } from "../state/entities.ts";
import { providerOf } from "../statuses/login.ts";
import { DAY_MS, dateText, timeText } from "./calendar.ts";
import { balanceOf, type ChargeLine, centsOf, chargeLines, decimal, money } from "./charges.ts";
import { type DocumentRow, documentRow, isFlagged, rowId, updatedAt } from "./documents.ts";
import { addressOf, identifiersOf, isMeterTracked, traitsOf } from "./meter-body.ts";
import { noise, TOPICS } from "./seed.ts";
import { accountId, meterId, type Resolved, resolveIn, sourceOf } from "./source.ts";
import { unitOf } from "./supplies.ts";
import { type Quantity, quantityOf } from "./usage.ts";

/** Our choice: no file is behind a mock bill, and a host under `.invalid` is none anywhere (RFC 6761 §6.4). */
const FILES = "https://documents.nectar-emulator.invalid";

/** Our choice: days between a bill's date and the day on which it is due. */
const DUE_AFTER = 21;

/**
 * A document as the API answers it at a time.
 * Our choice: one that was replaced is still answered by its ID.
 *
 * @param connection the one that it belongs to
 * @param documentId in lower case
 * @param now the emulator's time, in milliseconds since 1970
 * @returns undefined when there is no such document yet
 */
export function documentBody(
  view: View,
  connection: ConnectionRecord,
  documentId: string,
  now: number,
) {
  const row = rowOf(resolveIn(sourceOf(view, connection, now), documentId), "document");
  return row && documentBodyOf(view, row);
}

/** The row behind the ID of a document, or of its usage row; undefined when there is none yet. */
export function rowOf(
  resolved: Resolved | undefined,
  kind: "document" | "usage",
): DocumentRow | undefined {
  if (resolved === undefined || resolved.derived.kind !== kind) return undefined;
  return documentRow(resolved.account, resolved.derived.month, resolved.derived.part);
}

/**
 * A document with its usage row.
 * @see https://docs.nectarclimate.com/api-reference/documents/get-documents-by-site
 */
export function documentBodyOf(view: View, row: DocumentRow) {
  const quantity = quantityOf(row);
  return {
    ...documentFields(row, quantity),
    usageData: [usageFields(view, row, quantity)],
  };
}

/**
 * A usage row with its document.
 * @see https://docs.nectarclimate.com/api-reference/usage-data/get-usage-data-by-company
 */
export function usageBodyOf(view: View, row: DocumentRow) {
  const quantity = quantityOf(row);
  return { ...usageFields(view, row, quantity), document: documentFields(row, quantity) };
}

function documentFields(row: DocumentRow, quantity: Quantity) {
  const { account, month, version, billDate } = row;
  const { source, site, supply } = account;
  const { connection, place, seed } = source;
  const id = rowId(row, "document");
  const lines = chargeLines(row, quantity);
  const { before, paid, open } = balanceOf(row);
  const charges = money(centsOf(lines));
  const invoice = noise(seed, TOPICS.invoice, site, supply.number, month, version);
  return {
    id,
    created: timeText(row.created),
    updated: timeText(updatedAt(row)),
    auditTrailUrl: `${FILES}/${id}/audit-trail`,
    url: `${FILES}/${id}.pdf`,
    fileName: `${supply.type.toLowerCase()}-${dateText(row.end).slice(0, 7)}.pdf`,
    billDate: dateText(billDate),
    dueDate: dateText(billDate + DUE_AFTER * DAY_MS),
    utilityCompany: `${providerOf(connection.url).name} ${supply.title}`,
    // The values of both are not documented. Our choice.
    status: "PROCESSED",
    flaggedStatus: isFlagged(row) ? "FLAGGED" : null,
    isFlagged: isFlagged(row),
    // Our choice: the filter of this name is documented, the field is not.
    isDeleted: row.deleted !== null,
    // Our choice: the document that was replaced names the one that replaced it.
    revisedDocumentId: row.deleted === null ? null : rowId({ ...row, version: 1 }, "document"),
    sourceType: "INVOICE",
    invoiceId: `INV-${Math.floor(invoice * 9e7) + 1e7}`,
    company: connection.companyId,
    email: null,
    jobId: null,
    notes: row.isEstimated ? "Billed on an estimated reading." : null,
    chargesUnits: place.currency,
    // Our choice: what this bill charges, without what was owed before.
    totalCharges: charges,
    currentCharges: charges,
    credits: money(-sumOf(lines, ({ cents }) => cents < 0)),
    taxCharges: money(sumOf(lines, ({ kind }) => kind === "tax")),
    // Our choice: carried over = closed before - paid since; with the charges, it is what the next bill starts from.
    previousCloseBalance: money(before),
    afterPreviousTotalPayment: money(paid),
    afterPreviousCharges: money(0),
    afterPreviousCredits: money(0),
    currentOpenBalance: money(open),
    lineItems: lines.map((line) => lineItem(line, row)),
    demandMeters: demandMeters(row, quantity),
  };
}

/** Of most lists of types only one member is documented (`TAX`, `SUPPLY`); where that one would be wrong, the field is null. */
function lineItem(line: ChargeLine, { account }: DocumentRow) {
  const { type } = account.supply;
  const supplied = line.kind === "supply" ? "SUPPLY" : null;
  const isElectric = type === "ELECTRICITY" || type === "SOLAR";
  return {
    description: line.description,
    rate: line.rate,
    quantity: line.quantity,
    quantityUnits: line.quantityUnits,
    totalCharge: money(line.cents),
    multipliers: [],
    accountIds: [accountId(account)],
    chargeType: line.kind === "tax" ? "TAX" : null,
    electricityChargeType: isElectric ? supplied : null,
    electricityIsDemand: isElectric ? line.kind === "demand" : null,
    electricityTimeOfUse: line.timeOfUse,
    gasChargeType: type === "GAS" ? supplied : null,
    billingPeriod: "CURRENT",
  };
}

/** @see https://docs.nectarclimate.com/changelog/releasing-nectar-v22 */
function demandMeters(row: DocumentRow, { demandKw }: Quantity) {
  if (demandKw === null) return [];
  return [
    {
      startDate: dateText(row.start),
      endDate: dateText(row.end),
      isEstimated: row.isEstimated,
      demandUsage: demandKw.toFixed(1),
      demandUsageUnits: "kW",
      description: "Highest demand",
      demandType: "PEAK",
      usageDataIds: [rowId(row, "usage")],
    },
  ];
}

function usageFields(view: View, row: DocumentRow, { total, parts }: Quantity) {
  const { account } = row;
  const { source, supply, siteId } = account;
  const site = view.site(siteId);
  const usageUnits = unitOf(supply, source.place);
  const address = addressOf(view, account);
  const part = (timeOfUse: "PEAK" | "OFF_PEAK", description: string, usage: number) => ({
    timeOfUse,
    usage: decimal(usage),
    usageUnits,
    description,
    startDate: null,
    endDate: null,
  });
  return {
    id: rowId(row, "usage"),
    created: timeText(row.created),
    updated: timeText(updatedAt(row)),
    startDate: dateText(row.start),
    endDate: dateText(row.end),
    usage: decimal(total),
    usageUnits,
    timeOfUseBreakdown:
      parts === null
        ? []
        : [
            part("PEAK", "On-Peak Usage", parts.peak),
            part("OFF_PEAK", "Off-Peak Usage", parts.offPeak),
          ],
    isEstimated: row.isEstimated,
    exclusion: false,
    netMeteringGeneratedKwh: supply.type === "SOLAR" ? decimal(total) : null,
    netMeteringGridImportKwh: null,
    electricityType: supply.traits.electricityType,
    serviceAddress: address,
    meter: meterId(account),
    meterAddress: address,
    meterIsTracked: isMeterTracked(account),
    site: site && siteBody(site),
    identifiers: identifiersOf(account),
    ...traitsOf(account),
    additionalFields: {},
  };
}

function sumOf(lines: readonly ChargeLine[], isCounted: (line: ChargeLine) => boolean): number {
  return centsOf(lines.filter(isCounted));
}
