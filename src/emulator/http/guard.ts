/** Who may ask: only this machine, and only with the emulator's own key. An offered key is compared and forgotten. */
import type { MiddlewareHandler } from "hono";
import { Refusal } from "./refusal.ts";

/** What every key of an emulator starts with, so that it is told from a real one at a glance. */
export const KEY_PREFIX = "nectar_local_";

/** Our choice: the one person whom the emulator knows. A key does not tell whose it is. */
export const CALLER_EMAIL = "you@nectar.local";

const LOOPBACK = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/i;

/** Refuses a request that names another host: a web page whose name was pointed at this machine sends its own. */
export function loopbackOnly(): MiddlewareHandler {
  return async (c, next) => {
    if (!LOOPBACK.test(c.req.header("host") ?? "")) {
      throw new Refusal(421, "The local emulator answers only under 127.0.0.1 and localhost.");
    }
    await next();
  };
}

/**
 * Refuses a request without the emulator's key. The header is documented, the key's format is our choice.
 * @see https://docs.nectarclimate.com/developer-guide/getting-started.md
 */
export function keyRequired(key: string): MiddlewareHandler {
  return async (c, next) => {
    const offered = c.req.header("x-api-key");
    if (offered !== key) throw new Refusal(401, refusedKey(offered));
    await next();
  };
}

function refusedKey(offered: string | undefined): string {
  if (offered === undefined || offered === "") {
    return "This is the local emulator: send its own key in the X-API-Key header.";
  }
  if (!offered.startsWith(KEY_PREFIX)) {
    return `This is the local emulator. It accepts only its own key, which starts with ${KEY_PREFIX}; do not send a real key here.`;
  }
  return "This is not the key of this local emulator.";
}
