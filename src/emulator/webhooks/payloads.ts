/** Webhook payloads, in the newest documented shapes. Pure. Must never contain a secret. */
import type { Time } from "../clock.ts";
import { accountBodies } from "../data/account-body.ts";
import { documentBody } from "../data/document-body.ts";
import type { DocumentEvent } from "../data/document-events.ts";
import type { SourceView } from "../data/source.ts";
import type { View } from "../state/collections.ts";
import type { ConnectionRecord } from "../state/entities.ts";

/** A payload without its `eventType`. */
type Fields = Readonly<Record<string, unknown>>;

/**
 * A connection in a webhook, as in the catalogue's sample of October 2025, which has no company.
 *
 * @see https://www.svix.com/event-types/us/org_2lcadzZQYHMkBhdS4mabFA6pCwx
 */
export function connectionFields(
  connection: ConnectionRecord,
  view: SourceView,
  now: Time,
): Fields {
  return {
    accounts: accountBodies(view, connection, now).map(accountFields),
    country: connection.country,
    created: naive(connection.created),
    dataCollectionStartDate: connection.dataCollectionStartDate,
    id: connection.id,
    initialDatasourceTypes: connection.datasourceTypes,
    initialSites: connection.siteIds,
    multiplyByOccupancy: false,
    status: connection.status,
    updated: naive(connection.updated),
    url: connection.url,
    username: connection.username,
    workflowOwnerEmail: connection.ownerEmail,
  };
}

/** An account's fields in the same sample, which has neither the statuses nor the `trackingStatus` of the API. */
const ACCOUNT_FIELDS: readonly string[] = [
  "accountNumber",
  "dataCollectionStartDate",
  "datasourceTypes",
  "id",
  "isCollectingInvoiceData",
  "isCollectingSmartMeterData",
  "isDuplicated",
  "isTracked",
  "lastServiceDate",
  "meters",
];

function accountFields(account: object): Fields {
  return Object.fromEntries(
    Object.entries(account).filter(([name]) => ACCOUNT_FIELDS.includes(name)),
  );
}

/** The fields that differ, with their old values. Times alone send nothing, as documented. */
export function changedFields(before: Fields, after: Fields): Fields {
  const changed = Object.entries(before).filter(
    ([name, value]) => name !== "updated" && JSON.stringify(value) !== JSON.stringify(after[name]),
  );
  return Object.fromEntries(changed);
}

/** @see https://docs.nectarclimate.com/api-reference/webhook-payloads/webhook-for-document-update-v2 */
export function documentPayload(
  { type, at, documentId }: DocumentEvent,
  connection: ConnectionRecord,
  view: View,
): object {
  const body = documentBody(view, connection, documentId, at);
  if (type === "document.deleted.v2" || body === undefined) {
    // Our choice: no sample of this event's payload is public, so it only identifies the deleted document.
    return { eventType: type, id: documentId, company: connection.companyId };
  }
  if (type === "document.created.v2") return { eventType: type, ...body };
  const before = documentBody(view, connection, documentId, at - 1) ?? {};
  return { eventType: type, ...body, old: changedFields({ ...before }, { ...body }) };
}

/** UTC with six digits and without a zone, as in the catalogue's samples of connections. */
function naive(iso: string): string {
  return `${iso.replace(/Z$/, "")}000`;
}
