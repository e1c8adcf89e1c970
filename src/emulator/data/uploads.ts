/**
 * The documents of uploaded bills.
 * Our choice: uploads are not parsed, so their documents have no dates, charges or usage.
 */
import type { Time } from "../clock.ts";
import type { View } from "../state/collections.ts";
import type { JobRecord } from "../state/entities.ts";
import { dayStart } from "./calendar.ts";
import { type ApiVersion, FILES, withDemand } from "./document-body.ts";
import type { DocumentFilter } from "./listing.ts";

/** What a bill says that was not read. */
const UNREAD = {
  ...{ billDate: null, dueDate: null, utilityCompany: null, flaggedStatus: null },
  ...{ revisedDocumentId: null, invoiceId: null, email: null, notes: null, chargesUnits: null },
  ...{ totalCharges: null, currentCharges: null, credits: null, taxCharges: null },
  ...{ previousCloseBalance: null, afterPreviousTotalPayment: null, afterPreviousCharges: null },
  ...{ afterPreviousCredits: null, currentOpenBalance: null },
};

/**
 * The jobs whose documents exist and match a filter. Filters by type, by meter or by a date on the bill match none.
 */
export function uploadsIn(
  jobs: readonly JobRecord[],
  { dateType, from, to, datasourceTypes, identifier }: DocumentFilter,
  now: Time,
): readonly JobRecord[] {
  const isByBill = dateType === "BILL_DATE" || dateType === "USAGE_PERIOD";
  const isDated = Number.isFinite(from) || Number.isFinite(to);
  if (datasourceTypes.length > 0 || identifier !== null || (isByBill && isDated)) return [];
  return jobs.filter((job) => {
    const day = dayStart(Date.parse(job.completed));
    return hasDocument(job, now) && (isByBill || (day >= from && day <= to));
  });
}

/** The job whose document has this ID; undefined when the document does not exist yet. */
export function uploadOf(view: View, documentId: string, now: Time): JobRecord | undefined {
  const job = view.jobByDocument(documentId);
  return job !== undefined && hasDocument(job, now) ? job : undefined;
}

export function isCompleted({ completed }: JobRecord, now: Time): boolean {
  return Date.parse(completed) <= now;
}

function hasDocument(job: JobRecord, now: Time): boolean {
  return !job.isDuplicate && isCompleted(job, now);
}

/** The API's representation of the document created by a job. */
export function uploadedDocument(
  { id, companyId, documentId, fileName, completed }: JobRecord,
  view: View,
  version: ApiVersion,
) {
  return {
    id: documentId,
    created: completed,
    updated: completed,
    auditTrailUrl: `${FILES}/${documentId}/audit-trail`,
    url: `${FILES}/${documentId}`,
    fileName,
    status: "PROCESSED",
    isFlagged: false,
    isDeleted: false,
    sourceType: "INVOICE",
    company: companyId,
    jobId: id,
    ...UNREAD,
    lineItems: [],
    usageData: [],
    ...withDemand(view, companyId, version, []),
  };
}
