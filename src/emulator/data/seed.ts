/** Chance that repeats: everything in the mock data that looks random comes from a connection's ID, and from nothing else. Pure. */
import { hash } from "node:crypto";

/** What all data of a connection grows from. */
export interface Seed {
  /** What the derived IDs of the connection begin with: 60 bits as 15 hexadecimal digits. */
  readonly family: string;
  readonly noise: number;
  readonly check: number;
}

/** What a number is drawn for, so that two draws about the same account have nothing to do with each other. */
export const TOPICS = { siteSize: 1, weather: 2, accountNumber: 3, meterNumber: 4 } as const;

/** The first 60 bits of everything that a connection brings, as 15 hexadecimal digits. */
export function familyOf(connectionId: string): string {
  return digestOf(connectionId).slice(0, 15);
}

export function seedOf(connectionId: string): Seed {
  const digest = digestOf(connectionId);
  return {
    family: digest.slice(0, 15),
    noise: Number.parseInt(digest.slice(16, 24), 16),
    check: Number.parseInt(digest.slice(24, 32), 16),
  };
}

/**
 * Draws a number that is always the same for the same connection and path.
 *
 * @param path a topic, then whole numbers such as site, supply and month
 * @returns from 0, below 1
 */
export function noise({ noise: seed }: Seed, ...path: readonly number[]): number {
  return mix(seed, path) / 2 ** 32;
}

/** @returns 24 bits that fit nothing but this connection and these numbers */
export function checkOf({ check }: Seed, ...numbers: readonly number[]): number {
  return mix(check, numbers) >>> 8;
}

function digestOf(connectionId: string): string {
  return hash("sha256", `nectar-emulator:${connectionId}`);
}

/**
 * MurmurHash3 for 32-bit words (Austin Appleby, public domain).
 * One SHA-256 for each of the thousands of draws behind a page would be most of the time that the page takes.
 */
function mix(seed: number, words: readonly number[]): number {
  let hashed = seed;
  for (const word of words) {
    let block = Math.imul(word, 0xcc9e2d51);
    block = (block << 15) | (block >>> 17);
    hashed ^= Math.imul(block, 0x1b873593);
    hashed = (hashed << 13) | (hashed >>> 19);
    hashed = (Math.imul(hashed, 5) + 0xe6546b64) | 0;
  }
  hashed ^= words.length;
  hashed = Math.imul(hashed ^ (hashed >>> 16), 0x85ebca6b);
  hashed = Math.imul(hashed ^ (hashed >>> 13), 0xc2b2ae35);
  return (hashed ^ (hashed >>> 16)) >>> 0;
}
