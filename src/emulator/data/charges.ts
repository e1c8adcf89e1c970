/** What a bill charges, to the cent, and how its balance follows from the bill before. Pure. */
import type { Bill } from "./documents.ts";
import { noise, TOPICS } from "./seed.ts";
import { unitOf, unitScale } from "./supplies.ts";
import { type Quantity, quantityOf } from "./usage.ts";

export interface ChargeLine {
  readonly description: string;
  /** In the currency for each unit; null where there is no quantity. */
  readonly rate: string | null;
  /** In the unit; null for a charge of its own. */
  readonly quantity: string | null;
  readonly quantityUnits: string | null;
  readonly cents: number;
  readonly kind: "fixed" | "supply" | "delivery" | "demand" | "tax";
  readonly timeOfUse: "PEAK" | "OFF_PEAK" | null;
}

/** In cents. */
export interface Balance {
  /** Owed when the bill before was closed. */
  readonly before: number;
  /** Paid since; below zero was paid out. */
  readonly paid: number;
  /** Carried into this bill. */
  readonly open: number;
}

/** The lines of a bill; their sum is what it charges. */
export function chargeLines(bill: Bill, quantity = quantityOf(bill)): readonly ChargeLine[] {
  const { source, site, supply } = bill.account;
  const { tariff } = supply;
  const { perDollar } = source.place;
  // Our choice: every site has its own contract, some per cent dearer or cheaper.
  const contract = 0.93 + 0.14 * noise(source.seed, TOPICS.tariff, site, supply.number);
  const units = unitOf(supply, source.place);
  const scale = unitScale(supply, source.place);
  const [fixedText, fixed] = tariff.fixed;
  const lines: ChargeLine[] = [
    { ...BLANK, description: fixedText, cents: Math.round(fixed * perDollar * 100) },
  ];
  for (const { description, rate, isSupply, timeOfUse } of tariff.lines) {
    const perUnit = toFiveDigits((rate * perDollar * contract) / scale);
    const used = usedAt(quantity, timeOfUse);
    lines.push({
      description,
      rate: perUnit.toFixed(5),
      quantity: decimal(used),
      quantityUnits: units,
      cents: Math.round((used * perUnit) / 10),
      kind: isSupply ? "supply" : "delivery",
      timeOfUse,
    });
  }
  if (quantity.demandKw !== null) {
    const perKw = toFiveDigits(tariff.demand * perDollar * contract);
    lines.push({
      ...BLANK,
      description: "Demand charge",
      rate: perKw.toFixed(5),
      quantity: quantity.demandKw.toFixed(1),
      quantityUnits: "kW",
      cents: Math.round(quantity.demandKw * perKw * 100),
      kind: "demand",
    });
  }
  if (tariff.tax > 0) {
    const cents = Math.round(centsOf(lines) * tariff.tax);
    lines.push({ ...BLANK, description: "Tax", cents, kind: "tax" });
  }
  return lines;
}

export function centsOf(lines: readonly ChargeLine[]): number {
  return lines.reduce((sum, { cents }) => sum + cents, 0);
}

/**
 * What was owed and paid between the bill before and this one.
 * Our choice: bills are paid in full before the next, apart from about one a year, which is paid a month late.
 */
export function balanceOf({ account, month }: Bill): Balance {
  const { firstMonth: first } = account.source;
  const charged = (past: number) =>
    past < first ? 0 : centsOf(chargeLines({ account, month: past, isEstimated: false }));
  const isLate = (past: number) => past > first && isUnpaid(account, past);
  const before = charged(month - 1) + (isLate(month - 1) ? charged(month - 2) : 0);
  const paid = isLate(month) ? 0 : before;
  return { before, paid, open: before - paid };
}

/** @returns thousandths as a decimal in text, without needless zeros */
export function decimal(thousandths: number): string {
  const text = (thousandths / 1000).toFixed(3);
  return text.replace(/\.?0+$/, "");
}

/** @returns cents as an amount in text */
export function money(cents: number): string {
  return (cents / 100).toFixed(2);
}

const BLANK = {
  rate: null,
  quantity: null,
  quantityUnits: null,
  kind: "fixed",
  timeOfUse: null,
} as const;

/** Whether the bill before was not paid in time; never two in a row, and never where the provider pays. */
function isUnpaid({ source, site, supply }: Bill["account"], month: number): boolean {
  if (supply.type === "SOLAR") return false;
  const drawn = (past: number) =>
    noise(source.seed, TOPICS.latePayment, site, supply.number, past) < 1 / 11;
  return drawn(month) && !drawn(month - 1);
}

function usedAt({ total, parts }: Quantity, timeOfUse: ChargeLine["timeOfUse"]): number {
  if (timeOfUse === null || parts === null) return total;
  return timeOfUse === "PEAK" ? parts.peak : parts.offPeak;
}

function toFiveDigits(rate: number): number {
  return Math.round(rate * 100_000) / 100_000;
}
