/** The ID of a seeded object that was given none: the same in every run, so that its data is the same, too. Pure. */
import { createHash } from "node:crypto";

/** @returns a UUID of version 8 (RFC 9562 §5.8) that follows from the words */
export function nameBasedId(...words: readonly string[]): string {
  const hex = createHash("sha256").update(JSON.stringify(words)).digest("hex");
  const variant = "89ab"[Number.parseInt(hex.charAt(16), 16) % 4];
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}
