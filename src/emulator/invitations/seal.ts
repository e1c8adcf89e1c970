/**
 * Seals what a form carries from one step of the page to the next, so that no step can be skipped, no value exchanged, and
 * no other site can make up a form (a signed token against CSRF). It signs and does not hide: no password is ever in it.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import * as z from "zod/mini";

const formState = z.object({
  step: z.enum(["email", "provider", "login"]),
  /** The verified address; null where the invitation admits anyone. */
  email: z.nullable(z.string()),
  /** The provider's URL, once it is known. */
  url: z.nullable(z.string()),
  /** The same for every submission of one form. */
  nonce: z.string(),
  /** When the form was made: the emulator's time, in milliseconds since 1970. */
  made: z.number(),
});
export type FormState = Readonly<z.infer<typeof formState>>;
export type Step = FormState["step"];

/** Our choice: how long a form may stay open, in milliseconds. */
const FORM_LIFETIME_MS = 3_600_000;

export interface Seal {
  /** The state as the text of a hidden field, good for one invitation. */
  seal(token: string, state: FormState): string;
  /** @returns null when it was not sealed here, belongs to another invitation, or has been open for too long */
  open(token: string, text: string, now: number): FormState | null;
  /** The last part of the URL of a result: it needs no further secret, and no invitation that is still open. */
  receipt(token: string, nonce: string): string;
  /** @returns the nonce; null when it was not made here for this invitation */
  openReceipt(token: string, receipt: string): string | null;
}

/**
 * Makes the seal of an emulator.
 *
 * @param key the emulator's key: the secret is derived from it, so that a form outlives a restart and another emulator's is worth nothing
 * @see RFC 2104 (HMAC)
 */
export function createSeal(key: string): Seal {
  const secret = hmac(key, "nectar-cli: forms of the invitation page");
  const sign = (kind: string, token: string, text: string) =>
    hmac(secret, `${kind}\n${token}\n${text}`).toString("base64url");
  const join = (kind: string, token: string, text: string) => `${text}.${sign(kind, token, text)}`;
  const split = (kind: string, token: string, sealed: string): string | null => {
    const dot = sealed.lastIndexOf(".");
    if (dot < 0) return null;
    const text = sealed.slice(0, dot);
    return isSame(sealed.slice(dot + 1), sign(kind, token, text)) ? text : null;
  };
  return {
    seal: (token, state) =>
      join("form", token, Buffer.from(JSON.stringify(state)).toString("base64url")),
    open(token, sealed, now) {
      const text = split("form", token, sealed);
      if (text === null) return null;
      const state = z.parse(formState, JSON.parse(Buffer.from(text, "base64url").toString("utf8")));
      const age = now - state.made;
      return age >= 0 && age <= FORM_LIFETIME_MS ? state : null;
    },
    receipt: (token, nonce) => join("result", token, nonce),
    openReceipt: (token, receipt) => split("result", token, receipt),
  };
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function isSame(offered: string, right: string): boolean {
  const [one, other] = [Buffer.from(offered), Buffer.from(right)];
  return one.length === other.length && timingSafeEqual(one, other);
}
