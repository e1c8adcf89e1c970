/**
 * Seals the state of a walk through the page into the last part of its address, so that back and reload work and nothing
 * is stored for a page that is only looked at. Nobody can skip a step, exchange a value, or read a name out of a browser's
 * history. No password is ever in it.
 */
import { createCipheriv, createDecipheriv, createHmac } from "node:crypto";
import * as z from "zod/mini";

const walkState = z.object({
  step: z.enum(["email", "provider", "sites", "login"]),
  /** The verified address; null where the invitation admits anyone. */
  email: z.nullable(z.string()),
  /** The provider's URL, once it is chosen. */
  url: z.nullable(z.string()),
  /** The IDs of the chosen sites. */
  sites: z.readonly(z.array(z.string())),
  username: z.string(),
  /** What stands in the step's other text field: the e-mail address, or the search for a site. */
  typed: z.string(),
  /** What is wrong with what was sent last, by field. */
  problems: z.array(
    z.tuple([z.enum(["form", "email", "sites", "username", "password"]), z.string()]),
  ),
  /** The same until a login was accepted: one walk makes one connection. */
  nonce: z.string(),
  /** When the state was made: the emulator's time, in milliseconds since 1970. */
  made: z.number(),
});
/** What came of a walk; it always has the same address. */
const doneState = z.object({ step: z.literal("done"), nonce: z.string() });
const anyState = z.union([walkState, doneState]);

export type WalkState = Readonly<z.infer<typeof walkState>>;
export type Step = WalkState["step"];
export type State = WalkState | Readonly<z.infer<typeof doneState>>;
export type Problem = WalkState["problems"][number];

/** Our choice: how long a form may stay open, in milliseconds. */
const FORM_LIFETIME_MS = 3_600_000;

const CIPHER = "aes-256-gcm";
const IV_BYTES = 12;
const TAG_BYTES = 16;

export interface Seal {
  /** The state as one part of a URL's path, good for one invitation. */
  seal(token: string, state: State): string;
  /** @returns null when it was not sealed here, belongs to another invitation, or is a form that was open for too long; a result is not */
  open(token: string, text: string, now: number): State | null;
}

/**
 * Makes the seal of an emulator.
 *
 * @param key the emulator's key: the secret is derived from it, so that a state outlives a restart and another emulator's is worth nothing
 * @see NIST SP 800-38D (AES-GCM); the IV is derived from the text, so that it never repeats for another one
 */
export function createSeal(key: string): Seal {
  const secret = hmac(key, "nectar-cli: state of the invitation page");
  return {
    seal(token, state) {
      const text = JSON.stringify(state);
      const iv = hmac(secret, `${token}\n${text}`).subarray(0, IV_BYTES);
      const cipher = createCipheriv(CIPHER, secret, iv).setAAD(Buffer.from(token));
      const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), body]).toString("base64url");
    },
    open(token, text, now) {
      const bytes = Buffer.from(text, "base64url");
      // One state has one address.
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
      const state = z.parse(anyState, JSON.parse(opened));
      if (state.step === "done") return state;
      const age = now - state.made;
      return age >= 0 && age <= FORM_LIFETIME_MS ? state : null;
    },
  };
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
