/** What users enter on the page, and its validation, with one message per problem. Pure. */
import * as z from "zod/mini";
import { MAX_SANDBOX_SITES } from "../../api/resources/connection.ts";
import { parseUrl } from "../given.ts";
import { isSandboxUrl, PROVIDERS, type Provider } from "../statuses/login.ts";
import type { Problem } from "./seal.ts";

const text = z.catch(z.string(), "");

/** The submitted form, with text as entered; a field that is missing or not text counts as empty. */
export const answers = z.object({
  email: text,
  sites: z.catch(z.array(text), []),
  /** The search text for sites. */
  find: text,
  /** Not empty when the search button was pressed. */
  search: text,
  username: text,
  password: text,
});

export type Answers = Readonly<z.infer<typeof answers>>;

const MAX_URL_LENGTH = 1024;
const MAX_NAME_LENGTH = 255;
const MAX_PASSWORD_LENGTH = 1024;

/** The maximum number of sites per login at a utility; infinite for any but the sandbox. */
export function siteLimit(url: string): number {
  return isSandboxUrl(url) ? MAX_SANDBOX_SITES : Number.POSITIVE_INFINITY;
}

export function siteProblems(chosen: readonly unknown[], url: string): Problem[] {
  if (chosen.length === 0) return [["sites", "Choose at least one site."]];
  const limit = siteLimit(url);
  if (chosen.length <= limit) return [];
  return [["sites", `Choose at most ${limit} sites. You have chosen ${chosen.length}.`]];
}

export function loginProblems({ username, password }: Answers): Problem[] {
  const problems: Problem[] = [];
  if (username.trim() === "") problems.push(["username", "Enter your user name."]);
  else if (username.length > MAX_NAME_LENGTH) {
    problems.push(["username", `A user name can have at most ${MAX_NAME_LENGTH} characters.`]);
  }
  if (password === "") problems.push(["password", "Enter your password."]);
  else if (password.length > MAX_PASSWORD_LENGTH) {
    problems.push(["password", `A password can have at most ${MAX_PASSWORD_LENGTH} characters.`]);
  }
  return problems;
}

/** Whether a text contains every word of a search. */
export function matches(text: string, search: string): boolean {
  const words = search.toLowerCase().split(/\s+/);
  return words.every((word) => text.toLowerCase().includes(word));
}

/**
 * Searches the utilities by name, by what they supply, or by URL. An unlisted URL counts as a utility, too.
 * Our choice: a bare host such as `utility.example` is treated as https, and credentials in a URL are removed.
 */
export function findProviders(search: string): readonly Provider[] {
  const url = urlIn(search);
  const wanted = url === null ? search : url.host;
  const listed = PROVIDERS.filter((one) => {
    return matches(`${one.name} ${one.supplies} ${new URL(one.url).host}`, wanted);
  });
  if (url === null) return listed;
  const full = url.href === `${url.origin}/` ? url.origin : url.href;
  const isListed = listed.some((one) => one.url === full);
  return isListed
    ? listed
    : [{ name: url.host, url: full, supplies: "Another utility, by its address" }];
}

function urlIn(text: string): URL | null {
  const typed = text.trim();
  const full = /^[a-z][a-z0-9+.-]*:/i.test(typed) ? typed : `https://${typed}`;
  const url = typed.length > MAX_URL_LENGTH || /\s/.test(typed) ? null : parseUrl(full);
  if (url === null || !url.hostname.includes(".")) return null;
  url.username = "";
  url.password = "";
  return url;
}
