/** The API's representation of accounts and their meters, and the identifiers that data can be filtered by. */
import { isoOf, type Time } from "../clock.ts";
import type { ConnectionRecord } from "../state/entities.ts";
import { noise, TOPICS } from "./noise.ts";
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

/** @see https://docs.nectarclimate.com/api-reference/meters/get-meter-details */
export function meterBody(account: Account) {
  return {
    id: meterId(account),
    site: account.siteId,
    account: account.id,
    address: account.address || null,
    identifiers: identifiersOf(account),
    ...traitsOf(account),
    timeOfUse: null,
    isTracked: isMeterTracked(account),
  };
}

/** The fields that a meter and its usage rows share. */
export function traitsOf({ supply }: Account) {
  const { netMeteringType = null, waterType = null, gasType = null } = supply.traits;
  return {
    ...{ datasourceType: supply.type, netMeteringType, waterType, gasType },
    // Fields of other utility types, and fields that none of these meters has.
    ...{ meterHighLow: null, fuelType: null, districtType: null, districtMediumType: null },
    ...{ wasteDescription: null, wasteType: null, wasteStream: null, refrigerantType: null },
  };
}

/**
 * The numbers on a bill. Our choice: one of the meter and one of the account.
 * Documented are the types of identifiers; that they go into `name` is inferred.
 */
export function identifiersOf(account: Account) {
  return [
    { rawName: "Meter Number", value: numberOf(account, TOPICS.meterNumber), name: "METER" },
    { rawName: "Account Number", value: accountNumber(account), name: "ACCOUNT" },
  ];
}

export function accountNumber(account: Account): string {
  return numberOf(account, TOPICS.accountNumber);
}

export function isMeterTracked({ record }: Account): boolean {
  return record?.meterIsTracked ?? true;
}

/** Ten digits in the form of the vendor's example, `013-774-6423`. */
function numberOf({ source, site, supply }: Account, topic: number): string {
  const draw = noise(source.family, topic, site, supply.number);
  const digits = String(Math.floor(draw * 9e8) + 1e8);
  return `0${digits.slice(0, 2)}-${digits.slice(2, 5)}-${digits.slice(5)}`;
}
