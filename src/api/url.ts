/** The URLs that a key or a password may be sent to. */
import { UsageError } from "../errors.ts";
import { isLoopback } from "./loopback.ts";

/**
 * Reads a URL that a secret may be sent to.
 *
 * @returns the URL without a trailing slash
 * @throws UsageError with one sentence unless it is https, or http to this machine, without a user name, query or fragment
 */
export function readUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  const refused = (shown: string, why: string) =>
    new UsageError("invalid_input", `${shown} ${why}; it takes an https URL, or http on 127.0.0.1`);
  // Text before an `@` may be a password, whatever the scheme.
  const shown = text.includes("@") ? "the value" : `"${text.slice(0, 60)}"`;
  if (url === null) throw refused(shown, "is not a URL");
  if (url.username !== "" || url.password !== "") {
    throw refused("the value", "contains a user name or password");
  }
  if (url.search !== "" || url.hash !== "") {
    throw refused(`"${url.origin}${url.pathname}"`, "has a query or fragment");
  }
  const loopback = url.protocol === "http:" && isLoopback(url.hostname);
  if (url.protocol !== "https:" && !loopback) throw refused(shown, "is not https");
  return url.href.replace(/\/+$/, "");
}
