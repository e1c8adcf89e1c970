/**
 * Turns what a target has into a plan file's companies. What the file can't hold, or the API does not show, becomes a
 * remark: nothing is made up but external IDs and the names of password variables. Pure.
 */
import * as z from "zod/mini";
import type { Company } from "../api/resources/company.ts";
import { type Connection, MAX_SANDBOX_SITES, SANDBOX_LOGIN } from "../api/resources/connection.ts";
import type { Site } from "../api/resources/site.ts";
import { readUrl } from "../api/url.ts";
import {
  companyName,
  derivedSiteId,
  externalId as externalIdSchema,
  isSandboxLogin,
  readCountry,
  shortId,
  siteAddress,
  siteName,
  slugOf,
  userName,
} from "./plan.ts";
import { PLAN_FILE_VERSION } from "./plan-file-schema.ts";
import { isMasked } from "./reconcile.ts";

/** A company as it was read. */
export interface Found {
  readonly company: Company;
  readonly connections: readonly Connection[];
}

/** A company that a plan file can't hold. */
export interface LeftOut {
  readonly id: string;
  readonly name: string;
  readonly why: string;
}

export type Exported = ReturnType<typeof exportCompany>;
export type ExportedCompany = Exclude<Exported, LeftOut>;

/** A plan file as plain values, without the companies that it can't hold. */
export function planValue(companies: readonly Exported[]): object {
  return {
    version: PLAN_FILE_VERSION,
    companies: companies.flatMap((company) => {
      if ("why" in company) return [];
      const { name, externalId, sites, connection } = company;
      const written = sites.map((site) => ({
        name: site.name,
        ...(site.address === null ? {} : { address: site.address }),
        externalId: site.externalId,
      }));
      return [{ name, externalId, sites: written, ...(connection === null ? {} : { connection }) }];
    }),
  };
}

/** A sentence about a company that is not in the file. */
export function leftOutLine({ id, name, why }: LeftOut): string {
  return `company ${id} ${JSON.stringify(name)} is left out: ${why}`;
}

/** The IDs and variables that are in the file already. */
type Taken = Readonly<Record<"companies" | "sites" | "variables", Set<string>>>;

const ownIds = (all: readonly { readonly externalId: string | null | undefined }[]) =>
  new Set(all.flatMap(({ externalId }) => externalId?.trim() || []));

/** The companies in the order in which they were read. */
export function exportCompanies(found: readonly Found[]): readonly Exported[] {
  const companies = found.map(({ company }) => company);
  const taken: Taken = {
    companies: ownIds(companies),
    sites: ownIds(companies.flatMap(({ sites }) => sites ?? [])),
    variables: new Set(),
  };
  const written = new Map<string, string>();
  return found.map((one) => {
    const exported = exportCompany(one, taken);
    if ("why" in exported) return exported;
    const { id, name, externalId } = exported;
    const other = written.get(externalId);
    if (other !== undefined) return { id, name, why: `company ${other} has its external ID too` };
    written.set(externalId, id);
    return exported;
  });
}

function exportCompany({ company, connections }: Found, taken: Taken) {
  const { id, name } = company;
  const leftOut = (why: string): LeftOut => ({ id, name, why });
  if (!isAllowed(companyName, name)) return leftOut("its name can't be in a plan file");
  if (company.sites === undefined) return leftOut("the API does not list its sites");
  const remarks: string[] = [];
  const idOf = (what: string, own: string | null, derived: string, ids: Set<string>): string => {
    if (own !== null) return own;
    const unusedId = unused(derived, ids);
    remarks.push(`${what} has no external ID; ${quoted(unusedId)} is derived from its name`);
    return unusedId;
  };
  const derived = slugOf(name) ?? `company-${shortId(id)}`;
  const externalId = idOf("the company", ownId(company.externalId), derived, taken.companies);
  const written = { name: name.trim(), externalId };
  remarks.push(...trimmedRemarks("the company", company, written));

  const login = chooseLogin(connections, remarks);
  if (login === "unknown") {
    return leftOut("the API does not show the login of its connection, so it can't be repeated");
  }
  const isSandbox = login === null || isSandboxLogin(login);
  const active = company.sites.filter((site) => {
    const problem = siteProblem(site, company.sites ?? []);
    if (problem !== null) remarks.push(`site ${describe(site)} is left out: ${problem}`);
    return problem === null;
  });
  const chosen = isSandbox ? upToLimit(active, login?.siteIds ?? [], remarks) : active;
  if (chosen.length === 0) return leftOut("it has no site");
  const sites = chosen.map((site) => {
    const what = `the site ${quoted(site.name)}`;
    const suggested = derivedSiteId(externalId, site);
    const siteId = idOf(what, ownId(site.externalId), suggested, taken.sites);
    const address = site.address?.trim() || null;
    const value = { name: site.name.trim(), address, externalId: siteId };
    remarks.push(...trimmedRemarks(`the site ${site.id}`, site, value));
    return { id: site.id, ...value };
  });
  return {
    /** `remarks` are sentences about what the file does not show. */
    ...{ id, ...written, sites, remarks },
    /** Without what a plan file takes as the default; null: the sandbox login. */
    connection: login === null ? null : writtenLogin(login, externalId, taken, remarks),
    /** Of its connection, if it has one. */
    connectionId: login?.id ?? null,
  };
}

type Login = NonNullable<ReturnType<typeof shownLogin>>;

/**
 * The login of the company's first connection that shows one.
 *
 * @returns null without a connection; `unknown` if none shows its login
 */
function chooseLogin(
  connections: readonly Connection[],
  remarks: string[],
): Login | null | "unknown" {
  const [first] = connections;
  if (first === undefined) {
    remarks.push("it has no connection; apply creates one with the sandbox login");
    return null;
  }
  const [login] = connections.flatMap((connection) => shownLogin(connection) ?? []);
  if (login === undefined) return "unknown";
  for (const other of connections) {
    if (other.id === login.id) continue;
    const where = other.url === null ? "" : ` at ${other.url}`;
    remarks.push(`connection ${other.id}${where} is left out: a company has one in a plan file`);
  }
  if (login.isAssumed) {
    remarks.push("the API does not show the user name; only the sandbox login works at this URL");
  }
  return login;
}

function shownLogin({ id, url: text, username, country, siteIds }: Connection) {
  let url: string;
  try {
    url = readUrl(text ?? "");
  } catch {
    return null;
  }
  const shown = { id, url, country, siteIds: siteIds ?? [] };
  if (username !== null && !isMasked(username)) {
    return isAllowed(userName, username) ? { ...shown, username, isAssumed: false } : null;
  }
  // Documented: any other login fails at the sandbox's URL.
  if (url !== SANDBOX_LOGIN.url) return null;
  return { ...shown, username: SANDBOX_LOGIN.username, isAssumed: true };
}

function writtenLogin(
  { url, username, country }: Login,
  externalId: string,
  { variables }: Taken,
  remarks: string[],
) {
  const code = writtenCountry(country, remarks);
  if (isSandboxLogin({ url, username })) return code === null ? null : { country: code };
  const word = (slugOf(externalId) ?? "")
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "");
  const start = /^[A-Z]/.test(word) ? word : `COMPANY_${word}`.replace(/_$/, "");
  const passwordEnv = unused(`${start.slice(0, 200)}_PASSWORD`, variables, "_");
  return { url, username, passwordEnv, ...(code === null ? {} : { country: code }) };
}

/** @returns null for the country that a plan file takes as the default */
function writtenCountry(country: string | null, remarks: string[]): string | null {
  if (country === null || country === "") {
    remarks.push(`the API does not show the country; apply takes ${SANDBOX_LOGIN.country}`);
    return null;
  }
  try {
    const code = readCountry(country);
    return code === SANDBOX_LOGIN.country ? null : code;
  } catch (error) {
    const why = error instanceof Error ? error.message : "";
    remarks.push(`its country is left out: ${why}; apply takes ${SANDBOX_LOGIN.country}`);
    return null;
  }
}

/** Why a plan file can't hold a site; null if it can. */
function siteProblem(site: Site, all: readonly Site[]): string | null {
  const { name, address, externalId, isArchived } = site;
  if (isArchived) return "it is archived";
  if (!isAllowed(siteName, name)) return "its name can't be in a plan file";
  if (address !== null && !isAllowed(siteAddress, address)) {
    return "its address can't be in a plan file";
  }
  const own = ownId(externalId);
  const first = all.find((other) => !other.isArchived && ownId(other.externalId) === own);
  return own === null || first === site ? null : `site ${first?.id} has its external ID too`;
}

/** The sandbox login takes three sites: those of the connection before others. */
function upToLimit(
  sites: readonly Site[],
  siteIds: readonly string[],
  remarks: string[],
): readonly Site[] {
  if (sites.length <= MAX_SANDBOX_SITES) return sites;
  const rank = ({ id }: Site) => (siteIds.includes(id) ? 0 : 1);
  const chosen = sites
    .toSorted((one, other) => rank(one) - rank(other))
    .slice(0, MAX_SANDBOX_SITES);
  for (const site of sites) {
    if (chosen.includes(site)) continue;
    remarks.push(
      `site ${describe(site)} is left out: the sandbox login takes ${MAX_SANDBOX_SITES} sites`,
    );
  }
  return sites.filter((site) => chosen.includes(site));
}

/** The external ID, unless there is none that a plan file can hold. */
function ownId(externalId: string | null | undefined): string | null {
  const id = externalId?.trim() ?? "";
  return id !== "" && isAllowed(externalIdSchema, id) ? id : null;
}

const TEXTS = { name: "name", address: "address", externalId: "external ID" } as const;
type Texts = { readonly [Key in keyof typeof TEXTS]?: string | null | undefined };

/** A plan file is read without the white space around its values, so what had some is not repeated as it is. */
function trimmedRemarks(what: string, there: Texts, written: Texts): readonly string[] {
  return (["name", "address", "externalId"] as const).flatMap((key) => {
    const text = there[key] ?? "";
    if (text === text.trim()) return [];
    const fate =
      text.trim() === ""
        ? "left out: it is only white space"
        : `written as ${quoted(written[key] ?? "")}: a plan file holds no white space around it`;
    return [`the ${TEXTS[key]} of ${what}, ${quoted(text)}, is ${fate}`];
  });
}

/** A name that is not taken yet, with a number if need be; it is taken from now on. */
function unused(wanted: string, taken: Set<string>, separator = "-"): string {
  const base = wanted.slice(0, 240);
  let name = base;
  for (let number = 2; taken.has(name); number += 1) name = `${base}${separator}${number}`;
  taken.add(name);
  return name;
}

function isAllowed(schema: z.ZodMiniType, value: string): boolean {
  return z.safeParse(schema, value).success;
}

function describe({ id, name }: Site): string {
  return `${id} ${quoted(name)}`;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
