/**
 * Encrypts the state of the invitation flow into the last part of the page's URL, so that back and reload work and merely
 * viewing a page stores nothing. Nobody can skip a step, change a value, or read a name from the browser's history. It
 * never contains a password.
 */
import { createCipheriv, createDecipheriv, createHmac } from "node:crypto";
import * as z from "zod/mini";

const flowState = z.object({
  step: z.enum(["email", "provider", "sites", "login"]),
  /** The verified email address; null if the invitation is open to anyone. */
  email: z.nullable(z.string()),
  /** The provider's URL, once chosen. */
  url: z.nullable(z.string()),
  /** Where the chosen sites are among the company's, which only ever gets further ones; in ascending order. */
  sites: z.pipe(z.string(), z.transform(placesIn)),
  username: z.string(),
  /** The text in the step's other field: the email address, or the search for a site. */
  typed: z.string(),
  problems: z.array(
    z.tuple([z.enum(["form", "email", "sites", "username", "password"]), z.string()]),
  ),
  /** Stays the same until a login is accepted: one flow creates one connection. */
  nonce: z.string(),
  /** When the state was created: emulator time, in milliseconds since 1970. */
  made: z.number(),
});
/** The result of a flow; it always has the same URL. */
const doneState = z.object({ step: z.literal("done"), nonce: z.string() });
const anyState = z.union([flowState, doneState]);

export type FlowState = Readonly<z.output<typeof flowState>>;
export type Step = FlowState["step"];
export type State = FlowState | Readonly<z.output<typeof doneState>>;
export type Problem = FlowState["problems"][number];

/** Our choice: how long a form may stay open, in milliseconds. */
const FORM_LIFETIME_MS = 3_600_000;

const CIPHER = "aes-256-gcm";
const IV_BYTES = 12;
const TAG_BYTES = 16;

export type Seal = ReturnType<typeof createSeal>;

/**
 * Creates the seal of an emulator.
 *
 * @param key the emulator's key: the secret is derived from it, so that states survive a restart and those of other emulators are invalid
 * @see NIST SP 800-38D (AES-GCM); the IV is derived from the text, so that no two texts share one
 */
export function createSeal(key: string) {
  const secret = hmac(key, "nectar-cli: state of the invitation page");
  return {
    /** @returns the state as one URL path segment, valid for one invitation */
    seal(token: string, state: State): string {
      const text = JSON.stringify(
        state.step === "done" ? state : { ...state, sites: bitsOf(state.sites) },
      );
      const iv = hmac(secret, `${token}\n${text}`).subarray(0, IV_BYTES);
      const cipher = createCipheriv(CIPHER, secret, iv).setAAD(Buffer.from(token));
      const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), body]).toString("base64url");
    },
    /** @returns null if it was not sealed here, belongs to another invitation, or is a form that has expired; results never expire */
    open(token: string, text: string, now: number): State | null {
      const bytes = Buffer.from(text, "base64url");
      // Only the canonical encoding is accepted, so that a state has a single URL.
      if (bytes.length <= IV_BYTES + TAG_BYTES || bytes.toString("base64url") !== text) return null;
      const decipher = createDecipheriv(CIPHER, secret, bytes.subarray(0, IV_BYTES))
        .setAAD(Buffer.from(token))
        .setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      let opened: string;
      try {
        opened = decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES), undefined, "utf8");
        opened += decipher.final("utf8");
      } catch {
        return null;
      }
      const parsed = z.safeParse(anyState, JSON.parse(opened));
      // Sealed by another release.
      if (!parsed.success) return null;
      const state = parsed.data;
      if (state.step === "done") return state;
      const age = now - state.made;
      return age >= 0 && age <= FORM_LIFETIME_MS ? state : null;
    },
  };
}

/** One bit a site, so that any number of them fits into a URL. */
function bitsOf(places: readonly number[]): string {
  const bytes = Buffer.alloc(Math.floor((places.at(-1) ?? -1) / 8) + 1);
  for (const place of places) {
    const byte = Math.floor(place / 8);
    bytes.writeUInt8(bytes.readUInt8(byte) | (1 << (place % 8)), byte);
  }
  return bytes.toString("base64");
}

function placesIn(bits: string): readonly number[] {
  return [...Buffer.from(bits, "base64")].flatMap((byte, index) =>
    [0, 1, 2, 3, 4, 5, 6, 7].flatMap((bit) => ((byte >> bit) & 1 ? [index * 8 + bit] : [])),
  );
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
