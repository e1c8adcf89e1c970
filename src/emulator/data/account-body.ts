/** Accounts as the API answers them: found at a connection, tracked or not. */
import type { View } from "../state/collections.ts";
import type { ConnectionRecord } from "../state/entities.ts";
import { dateText, timeText } from "./calendar.ts";
import { accountNumber } from "./meter-body.ts";
import { type Account, accountId, isDetected, meterId, sourceOf } from "./source.ts";
import { isReadHourly } from "./supplies.ts";

/**
 * The accounts that were found at a connection by now.
 * @param now the emulator's time, in milliseconds since 1970
 */
export function accountBodies(
  view: Pick<View, "account">,
  connection: ConnectionRecord,
  now: number,
) {
  return sourceOf(view, connection, now).accounts.filter(isDetected).map(accountBody);
}

/**
 * @param account one that was found
 * @see https://docs.nectarclimate.com/api-reference/accounts/update-an-account
 */
export function accountBody(account: Account) {
  const { source, supply, record } = account;
  const isTracked = record?.isTracked ?? true;
  const { status, since } = statusOf(account);
  return {
    id: accountId(account),
    accountNumber: accountNumber(account),
    // Text in the reference; which text is not shown. Our choice.
    isDuplicated: "false",
    isTracked,
    trackingStatus: trackingStatus(account),
    datasourceTypes: [supply.type],
    meters: [meterId(account)],
    dataCollectionStartDate: dateText(source.firstDay),
    isCollectingInvoiceData: isTracked,
    isCollectingSmartMeterData: isTracked && isReadHourly(supply),
    // Documented as the date on which the utility closed the account; none of these is closed.
    lastServiceDate: null,
    status,
    statusLastUpdateTime: timeText(since),
    statusFirstSeenTime: timeText(since),
    statusErrorDetail: null,
  };
}

function trackingStatus({ record }: Account): "ENABLED" | "DISABLED" | "UNSET" {
  if (record === null) return "UNSET";
  return record.isTracked ? "ENABLED" : "DISABLED";
}

/** Our choice: all data is pulled when the first of it is here; what the statuses mean is documented no further. */
function statusOf(account: Account): { readonly status: string; readonly since: number } {
  const { source, record } = account;
  if (record?.isTracked === false) {
    return { status: "CUSTOMER_NOT_TRACKED", since: Date.parse(record.updated) };
  }
  const pulled = account.windows[0]?.open ?? Number.POSITIVE_INFINITY;
  if (pulled <= source.now) return { status: "PULL_COMPLETED", since: pulled };
  if (source.onboarded <= source.now) return { status: "ONBOARDED", since: source.onboarded };
  return { status: "DETECTED", since: source.detected };
}
