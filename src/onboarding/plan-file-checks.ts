/**
 * The mistakes of a plan file that concern several values: a company or site that is there twice, and what the sandbox login
 * takes. Reads each value by itself, so that a mistake in one hides none in another. Pure.
 */
import * as z from "zod/mini";
import { MAX_SANDBOX_SITES } from "../api/resources/connection.ts";
import { nearest } from "../words/nearest.ts";
import { companyKey, isSandboxLogin, newCompany, repeatedSites, shorten } from "./plan.ts";
import type { Problem } from "./plan-file-issues.ts";
import type { PlanFileSchema } from "./plan-file-schema.ts";

/** What a value says: undefined where it is not given, null where it is, and can't be read. */
type Value = string | null | undefined;

type Readable = ReturnType<typeof readableOf>[number];

/** What can be read of companies that may have mistakes, so that all mistakes are found at once. */
export function readableOf(value: unknown, schema: PlanFileSchema) {
  const companies = memberOf(value, "companies");
  return (Array.isArray(companies) ? companies : []).map((company: unknown) => {
    const sites = memberOf(company, "sites");
    const own = readerOf(company, schema.company);
    const login = readerOf(memberOf(company, "connection") ?? {}, schema.connection);
    return {
      name: own("name"),
      externalId: own("externalId"),
      sites: (Array.isArray(sites) ? sites : []).map((site: unknown) => {
        const read = readerOf(site, schema.site);
        return { name: read("name"), externalId: read("externalId") };
      }),
      connection: {
        url: login("url"),
        username: login("username"),
        passwordEnv: login("passwordEnv"),
      },
    };
  });
}

/** Reads the members of an object, each by itself. One whose key is misspelt is given all the same. */
function readerOf(object: unknown, { def: { shape } }: z.ZodMiniObject) {
  const isObject = typeof object === "object" && object !== null;
  const keys = Object.keys(shape);
  const meant = isObject
    ? Object.keys(object).flatMap((key) => (keys.includes(key) ? [] : (nearest(key, keys) ?? [])))
    : keys;
  return (key: string): Value => {
    const value = memberOf(object, key) ?? undefined;
    const field = shape[key];
    if (value === undefined || field === undefined) return meant.includes(key) ? null : undefined;
    const text: unknown = z.safeParse(field, value).data;
    return typeof text === "string" ? text : null;
  };
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
}

/** What is wrong with a company although each of its values is right. */
export function problemsIn({ sites, connection }: Readable): readonly Problem[] {
  const repeated = repeatedSites(
    sites.map(({ name, externalId }, index) =>
      // What can't be read is like no other.
      externalId === null || (!name && externalId === undefined)
        ? { id: String(index) }
        : { name: name ?? "", address: null, externalId: externalId ?? null },
    ),
  );
  return [
    ...problemsOfLogin(connection, sites.length),
    ...repeated.map(({ index, key, why }) => ({
      path: ["sites", index, key],
      what: `${why}; give each its own ${key === "externalId" ? "" : "name or its own external ID"}`.trimEnd(),
    })),
  ];
}

function problemsOfLogin(
  { url, username, passwordEnv }: Readable["connection"],
  siteCount: number,
): readonly Problem[] {
  if ((url === undefined) !== (username === undefined)) {
    const missing = url === undefined ? "url" : "username";
    const what = "is missing; url and username come together";
    return [{ path: ["connection", missing], what }];
  }
  if (url === null || username === null || !isSandboxLogin({ url, username })) return [];
  const problems: Problem[] = [];
  if (passwordEnv !== undefined) {
    problems.push({
      path: ["connection", "passwordEnv"],
      what: "has no use at the sandbox login; another login has a url and a username",
    });
  }
  if (siteCount > MAX_SANDBOX_SITES) {
    problems.push({
      path: ["sites", MAX_SANDBOX_SITES],
      what: `the company has ${siteCount} sites; the sandbox login takes 1 to ${MAX_SANDBOX_SITES}`,
    });
  }
  return problems;
}

/** The companies that have the key of one above them. */
export function repeatedCompanies(
  companies: readonly Readable[],
  lineAt: (index: number) => number,
): readonly Problem[] {
  const firsts = new Map<string, number>();
  return companies.flatMap(({ name, externalId }, index) => {
    // An external ID is the key whatever the name is; one that can't be read may be any.
    if (externalId === null || (!name && externalId === undefined)) return [];
    const company = newCompany(name ?? "", externalId);
    const key = companyKey(company);
    const first = firsts.get(key);
    if (first === undefined) {
      firsts.set(key, index);
      return [];
    }
    const path = ["companies", index, externalId ? "externalId" : "name"];
    const id = company.externalId === null ? "" : `, "${shorten(company.externalId)}"`;
    const what = externalId
      ? `"${shorten(externalId)}" is also the external ID of the company on line ${lineAt(first)}`
      : `"${shorten(name ?? "")}" gets the same external ID as the company on line ${lineAt(first)}${id}; give one of them another`;
    return [{ path, what }];
  });
}
