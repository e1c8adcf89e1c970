/** The API's representation of the accounts found at a connection, tracked or not. */
import { isoOf, type Time } from "../clock.ts";
import type { ConnectionRecord } from "../state/entities.ts";
import { accountNumber } from "./meter-body.ts";
import { type Account, meterId, type SourceView, sourceOf } from "./source.ts";
import { isReadHourly } from "./supplies.ts";

/** The accounts found at a connection so far. */
export function accountBodies(view: SourceView, connection: ConnectionRecord, now: Time) {
  // Most accounts share their times, and a page of connections has hundreds of accounts.
  const texts = new Map<number, string>();
  const textOf = (time: Time): string => {
    const text = texts.get(time) ?? isoOf(time);
    texts.set(time, text);
    return text;
  };
  return sourceOf(view, connection, now).accounts.map((account) => bodyWith(account, textOf));
}

/** @see https://docs.nectarclimate.com/api-reference/accounts/update-an-account */
export function accountBody(account: Account) {
  return bodyWith(account, isoOf);
}

function bodyWith(account: Account, textOf: (time: Time) => string) {
  const { source, supply, record } = account;
  const isTracked = record?.isTracked ?? true;
  const { status, since } = statusOf(account);
  const sinceText = textOf(since);
  return {
    id: account.id,
    accountNumber: accountNumber(account),
    // A string in the reference, which shows no values. Our choice.
    isDuplicated: "false",
    isTracked,
    trackingStatus: record === null ? "UNSET" : isTracked ? "ENABLED" : "DISABLED",
    datasourceTypes: [supply.type],
    meters: [meterId(account)],
    dataCollectionStartDate: textOf(source.firstDay).slice(0, 10),
    isCollectingInvoiceData: isTracked,
    isCollectingSmartMeterData: isTracked && isReadHourly(supply),
    // Documented as the date the utility closed the account; none of these accounts is closed.
    lastServiceDate: null,
    status,
    statusLastUpdateTime: sinceText,
    statusFirstSeenTime: sinceText,
    statusErrorDetail: null,
  };
}

/**
 * Our choice: onboarded halfway to the first data, pulled when that arrives; again so when it is tracked again. The docs do
 * not say when.
 */
function statusOf({ source, record, detected, windows }: Account) {
  const pause = record?.untracked.at(-1);
  if (record?.isTracked === false) {
    return { status: "CUSTOMER_NOT_TRACKED", since: Date.parse(pause?.from ?? record.updated) };
  }
  const steps = [
    { status: "PULL_COMPLETED", since: windows[0]?.open ?? Number.POSITIVE_INFINITY },
    { status: "ONBOARDED", since: detected + source.connection.dataDelayMs / 2 },
  ];
  const { status, since } = steps.find((step) => step.since <= source.now) ?? {
    ...{ status: "DETECTED", since: detected },
  };
  return { status, since: Math.max(since, pause?.until ? Date.parse(pause.until) : detected) };
}
