/** What people type into the page, and what is wrong with it in a sentence each. Pure. */
import { MAX_SANDBOX_SITES } from "../../api/resources/connection.ts";
import { isSandboxUrl, parseUrl } from "../statuses/login.ts";
import { PROVIDERS, type Provider } from "../statuses/providers.ts";
import type { Problem } from "./seal.ts";

/** What a form sent: texts as they were typed. */
export interface Answers {
  readonly email: string;
  readonly sites: readonly string[];
  /** What sites are searched for. */
  readonly find: string;
  /** The button that was pressed is the one of that search. */
  readonly isSearch: boolean;
  readonly username: string;
  readonly password: string;
}

const LONGEST_URL = 1024;
const LONGEST_NAME = 255;
const LONGEST_PASSWORD = 1024;

/** Our choice, so that the state of a walk fits into an address. */
export const MOST_SITES = 50;

/** How many sites a login at a utility can be for. */
export function siteLimit(url: string): number {
  return isSandboxUrl(url) ? MAX_SANDBOX_SITES : MOST_SITES;
}

/** What is wrong with a choice of sites for a utility. */
export function siteProblems(chosen: readonly string[], url: string): Problem[] {
  if (chosen.length === 0) return [["sites", "Choose at least one site."]];
  const most = siteLimit(url);
  if (chosen.length <= most) return [];
  return [["sites", `Choose at most ${most} sites. You have chosen ${chosen.length}.`]];
}

/** What is wrong with a login before it is tried. */
export function loginProblems({ username, password }: Answers): Problem[] {
  const problems: Problem[] = [];
  if (username.trim() === "") problems.push(["username", "Enter your user name."]);
  else if (username.length > LONGEST_NAME) {
    problems.push(["username", `A user name can have at most ${LONGEST_NAME} characters.`]);
  }
  if (password === "") problems.push(["password", "Enter your password."]);
  else if (password.length > LONGEST_PASSWORD) {
    problems.push(["password", `A password can have at most ${LONGEST_PASSWORD} characters.`]);
  }
  return problems;
}

/** Whether each word that is searched for stands in a text. */
export function matches(text: string, search: string): boolean {
  const words = search.toLowerCase().split(/\s+/);
  return words.every((word) => text.toLowerCase().includes(word));
}

/**
 * Searches the utilities by name, by what they supply, or by address. An address that is not listed is a utility, too.
 * Our choice: a bare host such as `utility.example` is taken for https, and a login inside of an address is left out.
 */
export function findProviders(search: string): readonly Provider[] {
  const url = addressIn(search);
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

function addressIn(text: string): URL | null {
  const typed = text.trim();
  const full = /^[a-z][a-z0-9+.-]*:/i.test(typed) ? typed : `https://${typed}`;
  const url = typed.length > LONGEST_URL || /\s/.test(typed) ? null : parseUrl(full);
  if (url === null || !url.hostname.includes(".")) return null;
  url.username = "";
  url.password = "";
  return url;
}
