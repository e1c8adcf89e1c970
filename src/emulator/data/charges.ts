/** What a bill charges, in the smallest unit of its currency, and the balance carried over from the previous bill. Pure. */
import { type Bill, billOf } from "./documents.ts";
import { unitOf } from "./supplies.ts";
import { type Quantity, quantityOf } from "./usage.ts";

export interface ChargeLine {
  readonly description: string;
  /** Price per unit, in the currency; null where there is no quantity. */
  readonly rate: string | null;
  /** In `quantityUnits`; null for a flat charge. */
  readonly quantity: string | null;
  readonly quantityUnits: string | null;
  /** In the smallest unit of the currency, such as cents. */
  readonly amount: number;
  readonly kind: "fixed" | "supply" | "demand" | "tax";
  readonly timeOfUse: "PEAK" | "OFF_PEAK" | null;
}

/** The lines of a bill, which add up to its total charge. */
export function chargeLines(bill: Bill, quantity = quantityOf(bill)): readonly ChargeLine[] {
  const { source, supply } = bill.account;
  const { perDollar, decimals, tax } = source.country;
  const { fixed, rates, demand = 0 } = supply.tariff;
  const unit = unitOf(supply, source.country);
  const single = (description: string, kind: ChargeLine["kind"], amount: number): ChargeLine => ({
    ...{ description, kind, amount: Math.round(amount) },
    ...{ rate: null, quantity: null, quantityUnits: null, timeOfUse: null },
  });
  /** @param dollars the price per unit; `used` is in thousandths of a unit */
  const metered = (line: ChargeLine, dollars: number, units: string, used: number): ChargeLine => {
    const rate = Number((dollars * perDollar).toPrecision(3));
    const amount = Math.round((used / 1000) * rate * 10 ** decimals);
    return { ...line, rate: String(rate), quantity: decimal(used), quantityUnits: units, amount };
  };
  const charges = [single("Service charge", "fixed", fixed * perDollar * 10 ** decimals)];
  for (const [description, dollars, timeOfUse = null] of rates) {
    const line = { ...single(description, "supply", 0), timeOfUse };
    charges.push(metered(line, dollars / unit.scale, unit.name, usedAt(quantity, timeOfUse)));
  }
  if (quantity.demand !== null) {
    charges.push(metered(single("Demand charge", "demand", 0), demand, "kW", quantity.demand));
  }
  // Our choice: a net credit is not taxed.
  const taxed = Math.max(0, sumOf(charges)) * (tax / 100);
  return taxed > 0 ? [...charges, single("Tax", "tax", taxed)] : charges;
}

export function sumOf(lines: readonly ChargeLine[]): number {
  return lines.reduce((sum, { amount }) => sum + amount, 0);
}

/**
 * The closing balance of the previous bill.
 * Our choice: each bill is paid in full before the next one, so this is everything it charged, and is paid by now.
 */
export function balanceBefore({ account, month }: Bill): number {
  const before = billOf(account, month - account.supply.billing.months);
  return before === null ? 0 : sumOf(chargeLines({ ...before, isEstimated: false }));
}

/** @returns thousandths as a decimal string, without trailing zeros */
export function decimal(thousandths: number): string {
  return String(thousandths / 1000);
}

/** @returns an amount in the smallest unit of a currency, as a string with the currency's decimals */
export function money(amount: number, decimals: number): string {
  // Avoids "-0.00".
  return ((amount || 0) / 10 ** decimals).toFixed(decimals);
}

function usedAt({ total, parts }: Quantity, timeOfUse: ChargeLine["timeOfUse"]): number {
  if (timeOfUse === null || parts === null) return total;
  return timeOfUse === "PEAK" ? parts.peak : parts.offPeak;
}
