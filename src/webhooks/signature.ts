/** Message signatures: the scheme of Svix, the vendor's delivery service. Signing and verification use that scheme's library. */
import { UsageError } from "../errors.ts";

const PREFIX = "whsec_";

/** In bytes, as Svix generates them; also the minimum of the Standard Webhooks specification. */
const SECRET_LENGTH = 24;

/** The suffixes of the header names. */
const PARTS = ["id", "timestamp", "signature"] as const;

/** As in Node: names are in lower case. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A new signing secret: `whsec_` and the base64 of 24 bytes. */
export function newSecret(ids: () => string): string {
  const bytes = Buffer.from(`${ids()}${ids()}`.replaceAll("-", ""), "hex");
  return `${PREFIX}${bytes.subarray(0, SECRET_LENGTH).toString("base64")}`;
}

/**
 * The headers that authenticate a message. The names are inferred: the vendor's docs say that messages are delivered by
 * Svix and verified with Svix's libraries, and these are the names Svix uses.
 *
 * @param time machine time, in milliseconds since 1970: receivers compare it with their clocks
 * @see https://docs.svix.com/receiving/verifying-payloads/how-manual
 */
export async function signedHeaders(
  secret: string,
  message: { readonly id: string; readonly payload: string },
  time: number,
): Promise<Record<string, string>> {
  const { Webhook } = await library();
  const signature = new Webhook(secret).sign(message.id, new Date(time), message.payload);
  return {
    "svix-id": message.id,
    "svix-timestamp": String(Math.floor(time / 1000)),
    "svix-signature": signature,
  };
}

/** @returns why a message can't be trusted, in a few words, or null if it can */
export type Verify = (headers: Headers, body: Buffer) => string | null;

/**
 * Verifies that messages were signed with a secret no more than five minutes ago, by this machine's clock.
 * Accepts Svix's headers, and those of the Standard Webhooks specification, which Svix may send instead.
 *
 * @throws {UsageError} `invalid_input` when the secret is not valid; the message does not include it
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export async function openVerifier(secret: string): Promise<Verify> {
  const { Webhook, WebhookVerificationError } = await library();
  const webhook = (() => {
    try {
      const bytes = Buffer.from(secret.replace(PREFIX, ""), "base64");
      // A truncated secret would make every message look forged.
      if (bytes.length < SECRET_LENGTH) throw new Error("too short");
      return new Webhook(secret);
    } catch {
      throw new UsageError(
        "invalid_input",
        `the signing secret is not valid; it takes ${PREFIX} followed by the base64 of at least ${SECRET_LENGTH} bytes, as shown on the endpoint's page`,
      );
    }
  })();
  return (headers, body) => {
    const given = PARTS.flatMap((part) => {
      const text = headerOf(headers, part);
      return text === null ? [] : [[`webhook-${part}`, text] as const];
    });
    try {
      webhook.verify(body, Object.fromEntries(given), { jsonParse: false });
      return null;
    } catch (error) {
      if (!(error instanceof WebhookVerificationError)) throw error;
      return REASONS.get(error.message) ?? error.message;
    }
  };
}

/** The ID of a message, the same for every attempt; null if the headers have none. */
export function messageId(headers: Headers): string | null {
  return headerOf(headers, "id");
}

const REASONS: ReadonlyMap<string, string> = new Map([
  ["Missing required headers", "no signature"],
  ["Invalid Signature Headers", "no valid timestamp"],
  ["Message timestamp too old", "signed more than 5 minutes ago"],
  ["Message timestamp too new", "signed in the future"],
  ["No matching signature found", "the signature does not match"],
]);

function headerOf(headers: Headers, part: (typeof PARTS)[number]): string | null {
  const value = headers[`svix-${part}`] ?? headers[`webhook-${part}`];
  return typeof value === "string" && value !== "" ? value : null;
}

async function library() {
  // A CommonJS package, which has no named exports when bundled.
  const { default: standardWebhooks } = await import("standardwebhooks");
  return standardWebhooks;
}
