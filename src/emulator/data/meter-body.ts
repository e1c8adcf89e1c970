/** The API's representation of a meter, and the identifiers that data can be filtered by. */
import { noise, TOPICS } from "./noise.ts";
import { type Account, meterId } from "./source.ts";

/** A number that a meter or an account has on a bill. */
export interface Identifier {
  readonly rawName: string;
  readonly value: string;
  /** Documented as a type of identifier; that it goes into `name` is inferred. */
  readonly name: "METER" | "ACCOUNT";
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

/** Our choice: one meter number and one account number. */
export function identifiersOf(account: Account): readonly Identifier[] {
  const meterNumber = numberOf(account, TOPICS.meterNumber);
  return [
    { rawName: "Meter Number", value: meterNumber, name: "METER" },
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
