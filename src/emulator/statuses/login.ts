/** The outcome of a login, by the documented sandbox rule, and the utilities that are listed by name. Pure. */
import { MAX_SANDBOX_SITES, SANDBOX_LOGIN } from "../../api/resources/connection.ts";
import { parseUrl } from "../given.ts";
import { badField } from "../http/refusal.ts";
import type { StatusWithDetail } from "../state/entities.ts";
import { detailOf, type WrongPasswordStatus } from "./statuses.ts";

export interface Login {
  readonly url: string;
  readonly username: string;
  readonly password: string;
}

/**
 * Tests a login. Only the documented sandbox login succeeds, and it does so at once.
 *
 * @param login compared exactly, except for the letter case of the URL's host and a trailing slash
 * @param sites how many sites the connection has
 * @throws {Refusal} 400 for a number of sites that this login does not allow
 * @see https://docs.nectarclimate.com/developer-guide/sandbox-testing
 */
export function tryLogin(
  login: Login,
  sites: number,
  wrongPasswordStatus: WrongPasswordStatus,
): StatusWithDetail {
  if (!allowsSites(login, sites)) {
    throw badField("sites", `must name from 1 to ${MAX_SANDBOX_SITES} sites`);
  }
  // Our choice: the status is CONNECTED at once. The pages promise a validated status and show no sample of it.
  const status = isSandboxLogin(login) ? "CONNECTED" : wrongPasswordStatus;
  return { status, detail: detailOf(status) };
}

/** Whether a login can be used for this many sites: the sandbox login allows 1 to 3, any other login any number. */
export function allowsSites(login: Login, sites: number): boolean {
  return !isSandboxLogin(login) || (sites >= 1 && sites <= MAX_SANDBOX_SITES);
}

export function isSandboxLogin({ url, username, password }: Login): boolean {
  return (
    isSandboxUrl(url) && username === SANDBOX_LOGIN.username && password === SANDBOX_LOGIN.password
  );
}

export function isSandboxUrl(url: string): boolean {
  return parseUrl(url)?.href === new URL(SANDBOX_LOGIN.url).href;
}

export interface Provider {
  readonly name: string;
  readonly url: string;
  /** What it supplies, as shown to users. */
  readonly supplies: string;
}

/**
 * The vendor's sandbox, and utilities that we made up: the vendor's catalogue is not documented. Their addresses end in
 * `.example`, which nobody can own (RFC 2606). As documented, only the sandbox ever accepts a login.
 */
export const PROVIDERS: readonly Provider[] = [
  { name: "Nectar Sandbox", url: SANDBOX_LOGIN.url, supplies: "Test account for every utility" },
  {
    name: "Elderfen District Heating",
    url: "https://elderfen.example",
    supplies: "Steam and hot water",
  },
  {
    name: "Larkspur Power & Light",
    url: "https://larkspur.example",
    supplies: "Electricity and gas",
  },
  { name: "Mossbrook Water", url: "https://mossbrook.example", supplies: "Water and sewer" },
  {
    name: "Quillwood Electric Cooperative",
    url: "https://quillwood.example",
    supplies: "Electricity",
  },
  { name: "Saltmarsh Solar", url: "https://saltmarsh.example", supplies: "Solar" },
  { name: "Thistledown Gas", url: "https://thistledown.example", supplies: "Gas" },
];

/** The provider behind a URL. Our choice: a host that is not listed is its own provider. */
export function providerOf(url: string): { name: string; url: string } {
  const parsed = parseUrl(url);
  if (parsed === null) return { name: url, url };
  const { host, origin } = parsed;
  const listed = PROVIDERS.find((one) => one.url === origin);
  const isOther = listed?.url === SANDBOX_LOGIN.url && !isSandboxUrl(url);
  return { name: isOther ? host : (listed?.name ?? host), url: origin };
}
