/** A meter as the API answers it, and the identifiers that data is found by. */
import type { View } from "../state/collections.ts";
import { noise, TOPICS } from "./seed.ts";
import { type Account, accountId, meterId } from "./source.ts";

/** What a meter or an account is called on paper. */
export interface Identifier {
  readonly rawName: string;
  readonly value: string;
  /** Documented as a type of identifier; that it stands in `name` is inferred. */
  readonly name: "METER" | "ACCOUNT";
}

/** @see https://docs.nectarclimate.com/api-reference/meters/get-meter-details */
export function meterBody(view: View, account: Account) {
  return {
    id: meterId(account),
    site: account.siteId,
    account: accountId(account),
    address: addressOf(view, account),
    identifiers: identifiersOf(account),
    ...traitsOf(account),
    isTracked: isMeterTracked(account),
  };
}

/** The fields that a meter and its usage rows share. */
export function traitsOf({ supply }: Account) {
  const { netMeteringType, waterType, gasType } = supply.traits;
  return {
    datasourceType: supply.type,
    timeOfUse: null,
    netMeteringType,
    waterType,
    meterHighLow: null,
    gasType,
    fuelType: null,
    districtType: null,
    districtMediumType: null,
    wasteDescription: null,
    wasteType: null,
    wasteStream: null,
    refrigerantType: null,
  };
}

/** Our choice: one number of the meter and one of its account, written with the dashes that bills have. */
export function identifiersOf(account: Account): readonly Identifier[] {
  return [
    { rawName: "Meter Number", value: meterNumber(account), name: "METER" },
    { rawName: "Account Number", value: accountNumber(account), name: "ACCOUNT" },
  ];
}

export function accountNumber({ source, site, supply }: Account): string {
  const chance = noise(source.seed, TOPICS.accountNumber, site, supply.number);
  const digits = String(Math.floor(chance * 9e8) + 1e8);
  return `${supply.number + 4}${digits.slice(0, 3)}-${digits.slice(3, 6)}-${digits.slice(6)}`;
}

export function addressOf(view: View, { siteId }: Account): string | null {
  return view.site(siteId)?.address || null;
}

export function isMeterTracked({ record }: Account): boolean {
  return record?.meterIsTracked ?? true;
}

function meterNumber({ source, site, supply }: Account): string {
  const chance = noise(source.seed, TOPICS.meterNumber, site, supply.number);
  const digits = String(Math.floor(chance * 9e8) + 1e8);
  return `0${digits.slice(0, 2)}-${digits.slice(2, 5)}-${digits.slice(5)}`;
}
