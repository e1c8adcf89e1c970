/** Reproducible randomness: everything random in the mock data is derived from the connection's ID alone. Pure. */
import { hash } from "node:crypto";

/** What a number is drawn for, so that draws for the same account are independent. */
export const TOPICS = { siteSize: 1, weather: 2, accountNumber: 3, meterNumber: 4 } as const;

/** The ID prefix and the source of randomness of all of a connection's data: 60 bits as 15 hexadecimal digits. */
export function familyOf(connectionId: string): string {
  return hash("sha256", `nectar-emulator:${connectionId}`).slice(0, 15);
}

/**
 * Draws a number that is always the same for the same family and path.
 *
 * @param path a topic, then whole numbers such as site, supply and month
 * @returns from 0 to below 1
 */
export function noise(family: string, ...path: readonly number[]): number {
  let state = Number.parseInt(family.slice(0, 8), 16) ^ Number.parseInt(family.slice(8), 16);
  for (const step of path) state = mixed(state + step);
  return mixed(state) / 2 ** 32;
}

/** Scatters a number over 32 bits: the finalizer of MurmurHash3, after one step of a Weyl sequence. */
function mixed(number: number): number {
  let bits = (number + 0x9e3779b9) | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
