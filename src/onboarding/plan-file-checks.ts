/**
 * The mistakes in the values of a plan file: those that its schema finds, and those that concern several values, such as a
 * company or site that is there twice, and what the sandbox login takes. The latter are looked for in each value by itself,
 * so that a mistake in one hides none in another. Pure.
 */

import * as z from "zod/mini";
import { MAX_SANDBOX_SITES } from "../api/resources/connection.ts";
import { nearest } from "../words/nearest.ts";
import { shorten } from "../words/shorten.ts";
import { companyKey, isSandboxLogin, newCompany, repeatedSites } from "./plan.ts";
import { PLAN_FILE_VERSION, type PlanFileSchema } from "./plan-file-schema.ts";
import { isPassword, type Path } from "./plan-file-text.ts";

/** A mistake at a value's path. */
export interface Problem {
  readonly path: Path;
  /** Goes on from the path: "is missing". */
  readonly what: string;
}

/**
 * All problems, company by company.
 *
 * @param issues what the schema found
 * @param lineAt the line on which a company begins
 */
export function problemsIn(
  value: unknown,
  issues: readonly z.core.$ZodIssue[],
  schema: PlanFileSchema,
  lineAt: (index: number) => number,
): readonly Problem[] {
  const companies = readableOf(value, schema);
  const problems = [
    ...issues.flatMap((issue) => problemsOf(issue, schema)),
    ...companies.flatMap((company, index) =>
      problemsOfCompany(company).map(({ path, what }) => ({
        path: ["companies", index, ...path],
        what,
      })),
    ),
    ...repeatedCompanies(companies, lineAt),
  ];
  const place = ({ path }: Problem) => (typeof path[1] === "number" ? path[1] : -1);
  return problems.sort((one, other) => place(one) - place(other));
}

/** Keys whose values are shown: none that could be, or hold, a password. */
const SHOWN: readonly unknown[] = [
  "name",
  "externalId",
  "address",
  "country",
  "username",
  "version",
];

/** One for each issue, and for each unknown key. */
function problemsOf(issue: z.core.$ZodIssue, schema: PlanFileSchema): readonly Problem[] {
  const { path, input } = issue;
  const shown = SHOWN.includes(path.at(-1)) && input !== null && typeof input !== "object";
  const given = shown ? (typeof input === "string" ? `"${shorten(input)}"` : String(input)) : "it";
  const problem = (what: string): Problem[] => [{ path, what }];
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => ({
        path: [...path, key],
        what: unknownKey(key, keysAt(path, schema)),
      }));
    case "invalid_type":
      if (path.length === 0 && input === null) return problem("it is empty");
      if (input === undefined || input === null) return problem("is missing");
      return problem(
        `${given} is ${KINDS[kindOf(input)]}, not ${KINDS[issue.expected] ?? issue.expected}${typeof input === "object" || issue.expected !== "string" ? "" : "; put it in quotes"}`,
      );
    case "invalid_value":
      return problem(
        input === undefined
          ? `is missing; it takes ${PLAN_FILE_VERSION}`
          : `${given} is not supported; it takes ${PLAN_FILE_VERSION}`,
      );
    case "too_small":
      return problem(issue.origin === "array" ? "is empty; it takes at least one" : "is empty");
    case "too_big":
      return problem(`${given} is too long; it takes at most ${issue.maximum} characters`);
    default:
      return problem(issue.message);
  }
}

const KINDS: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
};

function kindOf(value: unknown): string {
  return Array.isArray(value) ? "array" : typeof value;
}

/** The keys of the object at a path. */
function keysAt(path: Path, schema: PlanFileSchema): readonly string[] {
  const inside = path.findLast((key) => typeof key === "string");
  const { file, defaults, company, site, connection } = schema;
  const objects = new Map<unknown, z.ZodMiniObject>([
    ["defaults", defaults],
    ["companies", company],
    ["sites", site],
    ["connection", connection],
  ]);
  return Object.keys((objects.get(inside) ?? file).def.shape);
}

function unknownKey(key: string, keys: readonly string[]): string {
  if (isPassword(key)) {
    return "a password is never in the file; name the variable that holds it in passwordEnv";
  }
  const meant = nearest(key, keys);
  return `is not known here; ${meant === null ? `it takes ${keys.join(", ")}` : `did you mean ${meant}?`}`;
}

/** What a value says: undefined where it is not given, null where it is, and can't be read. */
type Value = string | null | undefined;

type Readable = ReturnType<typeof readableOf>[number];

/** What can be read of companies that may have mistakes, so that all mistakes are found at once. */
function readableOf(value: unknown, schema: PlanFileSchema) {
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
function problemsOfCompany({ sites, connection }: Readable): readonly Problem[] {
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
function repeatedCompanies(
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
