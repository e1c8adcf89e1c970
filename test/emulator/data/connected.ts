/** Connections that bring data, for the tests of the data: put straight into memory, at times of the test's choice. */
import { type Bill, billOf } from "../../../src/emulator/data/documents.ts";
import { listDocuments } from "../../../src/emulator/data/listing.ts";
import { type Account, type Source, sourceOf } from "../../../src/emulator/data/source.ts";
import { Collections } from "../../../src/emulator/state/collections.ts";
import type { ConnectionRecord } from "../../../src/emulator/state/entities.ts";
import { companyRecord, connectionRecord, siteRecord } from "../state/records.ts";

export const DAY = 24 * 60 * 60 * 1000;

/** When a connection of these tests starts, unless told otherwise. */
export const CONNECTED = Date.UTC(2025, 10, 20, 9);

const SITES = ["site-0", "site-1", "site-2"];

/** A connection that was made at `CONNECTED`, and is connected since then. */
export function connected(fields: Partial<ConnectionRecord> = {}): ConnectionRecord {
  const from = new Date(CONNECTED).toISOString();
  return {
    ...connectionRecord("connection", "company"),
    created: from,
    siteIds: SITES,
    collecting: [{ from, until: null }],
    ...fields,
  };
}

/** One company with its sites and these connections. */
export function viewWith(...connections: readonly ConnectionRecord[]): Collections {
  const view = new Collections();
  view.apply({ op: "put", kind: "company", value: companyRecord("company") });
  for (const id of SITES) {
    view.apply({ op: "put", kind: "site", value: siteRecord(id, "company") });
  }
  for (const value of connections) view.apply({ op: "put", kind: "connection", value });
  return view;
}

/** A connection as a source of data, some time after its first data. */
export function source(fields: Partial<ConnectionRecord> = {}, now = CONNECTED + DAY): Source {
  const connection = connected(fields);
  return sourceOf(viewWith(connection), connection, now);
}

export function accountOf({ accounts }: Source, type: string, site = 0): Account {
  const found = accounts.find((one) => one.supply.type === type && one.site === site);
  if (found === undefined) throw new Error(`no ${type} at site ${site}`);
  return found;
}

/** All documents that are there, replaced ones too. */
export function allDocuments(accounts: readonly Account[]) {
  return listDocuments(accounts, {
    datasourceTypes: [],
    identifier: null,
    dateType: "BILL_DATE",
    from: Number.NEGATIVE_INFINITY,
    to: Number.POSITIVE_INFINITY,
    withDeleted: true,
  });
}

/** Months since the year 0, from a year and a month from 1 to 12. */
export function month(year: number, number: number): number {
  return year * 12 + number - 1;
}

/** The bill of an account that ends in a month, as it is once the meter was read. */
export function billIn(account: Account, when: number): Bill {
  const bill = billOf(account, when);
  if (bill === null) throw new Error(`no bill of ${account.supply.type} ends then`);
  return { ...bill, isEstimated: false };
}
