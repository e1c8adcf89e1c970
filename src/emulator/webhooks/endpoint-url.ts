/** Which webhook URLs are allowed: any, as long as nothing is sent unencrypted over a network. */
import { isLoopback } from "../../api/loopback.ts";
import { parseUrl } from "../given.ts";

/** In characters. Our choice; longer than any URL that works everywhere. */
const LONGEST_URL = 2048;

export const ENDPOINT_URL_RULE =
  "an https URL, or http on 127.0.0.1 or localhost, without a user name or fragment";

/** @returns the normalized URL, or null when it is not allowed */
export function readEndpointUrl(text: string): string | null {
  const url = parseUrl(text);
  const ok =
    url !== null &&
    (url.protocol === "https:" || isLoopback(url.hostname)) &&
    url.username === "" &&
    url.password === "" &&
    url.hash === "" &&
    url.href.length <= LONGEST_URL;
  return ok ? url.href : null;
}
