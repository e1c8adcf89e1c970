/** Which URLs the local emulator sends to: the user's own choice, as long as nothing is sent in the clear over a network. */
import { isLoopback } from "../../api/loopback.ts";

/** Our choice; longer than any URL that works everywhere. */
const LONGEST_URL = 2048;

export const ENDPOINT_URL_RULE =
  "an https URL, or http on 127.0.0.1 and localhost, without user name and fragment";

/** @returns the URL as it is stored, or null when it can't be an endpoint's */
export function readEndpointUrl(text: string): string | null {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return null;
  const url = new URL(text);
  const ok =
    (url.protocol === "https:" || isLoopback(url.hostname)) &&
    url.username === "" &&
    url.password === "" &&
    url.hash === "" &&
    url.href.length <= LONGEST_URL;
  return ok ? url.href : null;
}
