/** The signature of a message: the scheme of Svix, which delivers for the vendor. Signed and checked by the library of that scheme. */
import { UsageError } from "../errors.ts";

const PREFIX = "whsec_";

/** In bytes, as Svix makes them; by the Standard Webhooks specification the least. */
const SECRET_LENGTH = 24;

/** In the order of the library's names for them. */
const PARTS = ["id", "timestamp", "signature"] as const;

/** By lower-case name; as Node gives them. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * A new signing secret: `whsec_` and the base64 of 24 bytes.
 * @param ids gives a new UUID each time
 */
export function newSecret(ids: () => string): string {
  const bytes = Buffer.from(`${ids()}${ids()}`.replaceAll("-", ""), "hex");
  return `${PREFIX}${bytes.subarray(0, SECRET_LENGTH).toString("base64")}`;
}

/**
 * The headers that prove where a message comes from. The names are inferred: the vendor's pages say that it is delivered by
 * Svix and verified with Svix's libraries, and these are Svix's own.
 *
 * @param time the machine's, in milliseconds since 1970: receivers compare it with their clocks
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

/** @returns why a message is not to be trusted, in a few words, or null when it is */
export type Verify = (headers: Headers, body: Buffer) => string | null;

/**
 * Checks messages against a secret: that it signed the body, not more than five minutes ago by this machine's clock.
 * Takes Svix's headers, and those of the Standard Webhooks specification, which Svix may send instead.
 *
 * @throws {UsageError} `invalid_input` when the text is no secret; it is not shown
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export async function openVerifier(secret: string): Promise<Verify> {
  const { Webhook, WebhookVerificationError } = await library();
  const webhook = (() => {
    try {
      const bytes = Buffer.from(secret.replace(PREFIX, ""), "base64");
      // One that was copied in part would only make every message look forged.
      if (bytes.length < SECRET_LENGTH) throw new Error("too short");
      return new Webhook(secret);
    } catch {
      throw new UsageError(
        "invalid_input",
        `the signing secret is none; it takes ${PREFIX} and the base64 of at least ${SECRET_LENGTH} bytes, as the endpoint's page shows it`,
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

/** The ID of a message, the same for each attempt; null when the headers name none. */
export function messageId(headers: Headers): string | null {
  return headerOf(headers, "id");
}

const REASONS: ReadonlyMap<string, string> = new Map([
  ["Missing required headers", "no signature"],
  ["Invalid Signature Headers", "no time that can be read"],
  ["Message timestamp too old", "signed more than 5 minutes ago"],
  ["Message timestamp too new", "signed in the future"],
  ["No matching signature found", "the signature does not match"],
]);

function headerOf(headers: Headers, part: (typeof PARTS)[number]): string | null {
  const value = headers[`svix-${part}`] ?? headers[`webhook-${part}`];
  return typeof value === "string" && value !== "" ? value : null;
}

async function library() {
  // A CommonJS package: bundled, it has no named exports.
  const { default: standardWebhooks } = await import("standardwebhooks");
  return standardWebhooks;
}
