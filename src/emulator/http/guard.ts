/** Access control: only this machine, and only with the emulator's own key. A key that is sent is compared and not stored. */
import type { MiddlewareHandler } from "hono";
import { Refusal } from "./refusal.ts";

/** Prefix of every emulator key, which makes it easy to tell from a real one. */
export const KEY_PREFIX = "nectar_local_";

/** Our choice: the emulator's only user. A key does not say who owns it. */
export const CALLER_EMAIL = "you@nectar.local";

const LOOPBACK = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/i;

/** Rejects requests for another host name, which protects against DNS rebinding by web pages. */
export function loopbackOnly(): MiddlewareHandler {
  return async (c, next) => {
    if (!LOOPBACK.test(c.req.header("host") ?? "")) {
      throw new Refusal(421, "The local emulator can only be reached as 127.0.0.1 or localhost.");
    }
    await next();
  };
}

/**
 * Rejects requests without the emulator's key. The header is documented, the key's format is our choice.
 * @see https://docs.nectarclimate.com/developer-guide/getting-started.md
 */
export function keyRequired(key: string): MiddlewareHandler {
  return async (c, next) => {
    const offered = c.req.header("x-api-key");
    if (offered !== key) throw new Refusal(401, keyProblem(offered));
    await next();
  };
}

function keyProblem(offered: string | undefined): string {
  if (offered === undefined || offered === "") {
    return "This is the local emulator: send its own key in the X-API-Key header.";
  }
  if (!offered.startsWith(KEY_PREFIX)) {
    return `This is the local emulator. It accepts only its own key, which starts with ${KEY_PREFIX}; do not send a real key here.`;
  }
  return "This is not the key of this local emulator.";
}
