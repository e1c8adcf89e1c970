/** Reads a plan file: many companies, each with its sites and its login. Reports every mistake of the file at once. */
import * as z from "zod/mini";
import { MAX_SANDBOX_SITES, SANDBOX_LOGIN } from "../api/resources/connection.ts";
import { UsageError } from "../errors.ts";
import { nearest } from "./nearest.ts";
import {
  companyKey,
  fold,
  isSandboxLogin,
  makePlan,
  newCompany,
  type OnboardingPlan,
  repeatedSites,
  shorten,
} from "./plan.ts";
import {
  PLAN_FILE_VERSION,
  type PlanFileCompany,
  type PlanFileSchema,
  planFileSchema,
} from "./plan-file-schema.ts";
import { isPassword, type Mistake, type Path, readPlanText } from "./plan-file-text.ts";

/** One company of a plan file. */
export interface FileEntry {
  /** `--only`, `--shard` and messages name it by this: its external ID, else its folded name. */
  readonly key: string;
  /** The line of the file on which the company begins, from 1. */
  readonly line: number;
  readonly plan: OnboardingPlan;
  /** The variable that holds the login's password; null at the sandbox login, and where none is named. */
  readonly passwordEnv: string | null;
}

/** How many mistakes are shown. */
const MOST_SHOWN = 20;

/**
 * Reads a plan file in JSON, YAML or CSV.
 *
 * @param name the file's name or "stdin", for messages
 * @throws UsageError `invalid_input` with one line for every mistake of the whole file, or for the first of very many
 */
export async function readPlanFile(text: string, name: string): Promise<readonly FileEntry[]> {
  const read = await readPlanText(text, name);
  const schema = planFileSchema();
  const found =
    read.value === undefined
      ? { problems: [], entries: [] }
      : check(read.value, schema, read.companyLine);
  const count = read.mistakes.length + found.problems.length;
  if (count === 0) return found.entries;
  const mistakes = [
    ...read.mistakes.slice(0, MOST_SHOWN),
    ...found.problems
      .slice(0, MOST_SHOWN)
      .map(({ path, what }) => ({ ...read.find(path), column: null, what })),
  ];
  const lines = mistakes
    .sort((one, other) => one.line - other.line)
    .slice(0, MOST_SHOWN)
    .map(lineOf);
  const more = count - lines.length;
  throw new UsageError(
    "invalid_input",
    `${name} has ${count === 1 ? "a mistake" : `${count} mistakes`}; no request was sent`,
    {
      lines: more === 0 ? lines : [...lines, `… and ${more} more`],
      next: [{ words: ["nectar", "schema", "plan"], why: "what a plan file may hold" }],
    },
  );
}

function lineOf({ line, column, where, what }: Mistake): string {
  const place = `line ${line}${column === null ? "" : `, column ${column}`}`;
  return `${place}: ${where === "" ? "" : `${shorten(where)}: `}${what}`;
}

/** The entries whose login needs a password and names no variable for it. */
export function withoutPassword(entries: readonly FileEntry[]): readonly FileEntry[] {
  return entries.filter(
    ({ plan, passwordEnv }) => passwordEnv === null && !isSandboxLogin(plan.connection),
  );
}

/** A mistake at a value's path. */
interface Problem {
  readonly path: Path;
  readonly what: string;
}

interface Checked {
  readonly problems: readonly Problem[];
  /** Of every company, where there are no problems. */
  readonly entries: readonly FileEntry[];
}

function check(value: unknown, schema: PlanFileSchema, lineAt: (index: number) => number): Checked {
  const file = z.safeParse(schema.file, value, { reportInput: true });
  const { companies, country } = file.success
    ? { companies: file.data.companies, country: file.data.defaults?.country }
    : { companies: validCompanies(value, schema), country: undefined };
  const problems = file.success
    ? []
    : file.error.issues.flatMap((issue) => problemsOf(issue, schema));
  const keys = new Map<string, number>();
  const entries = companies.flatMap((company, index) => {
    if (company === null) return [];
    const own = problemsIn(company);
    const repeated = repeatedCompany(company, keys, index, lineAt);
    if (repeated !== null) own.push(repeated);
    problems.push(...own.map(({ path, what }) => ({ path: ["companies", index, ...path], what })));
    return own.length > 0
      ? []
      : [entryOf(company, country ?? SANDBOX_LOGIN.country, lineAt(index))];
  });
  const place = ({ path }: Problem) => (typeof path[1] === "number" ? path[1] : -1);
  problems.sort((one, other) => place(one) - place(other));
  return { problems, entries };
}

/** The companies that are right by themselves; null for each other one. */
function validCompanies(
  value: unknown,
  schema: PlanFileSchema,
): readonly (PlanFileCompany | null)[] {
  const companies: unknown =
    typeof value === "object" && value !== null ? Reflect.get(value, "companies") : null;
  if (!Array.isArray(companies)) return [];
  return companies.map((company) => z.safeParse(schema.company, company).data ?? null);
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

function problemsOf(issue: z.core.$ZodIssue, schema: PlanFileSchema): Problem[] {
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
      if (input === undefined || input === null) return problem("is missing");
      return problem(
        `${given} is ${KINDS[kindOf(input)]}, not ${KINDS[issue.expected] ?? issue.expected}${typeof input === "object" || issue.expected !== "string" ? "" : "; put it in quotes"}`,
      );
    case "invalid_value":
      return problem(
        input === undefined
          ? `is missing; it takes ${PLAN_FILE_VERSION}`
          : `${given} is not a version that this nectar knows; it takes ${PLAN_FILE_VERSION}`,
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
  const meant = nearest(key, keys, 2);
  return `is not known here; ${meant === null ? `it takes ${keys.join(", ")}` : `did you mean ${meant}?`}`;
}

/** What is wrong with a company although each of its values is right. */
function problemsIn({ sites, connection }: PlanFileCompany): Problem[] {
  const problems: Problem[] = [];
  const { url, username, passwordEnv } = connection ?? {};
  if (Boolean(url) !== Boolean(username)) {
    const missing = url ? "username" : "url";
    problems.push({
      path: ["connection", missing],
      what: "is missing; url and username come together",
    });
  } else if (isSandboxLogin(loginOf(connection))) {
    if (passwordEnv) {
      problems.push({
        path: ["connection", "passwordEnv"],
        what: "has no use at the sandbox login; another login has a url and a username",
      });
    }
    if (sites.length > MAX_SANDBOX_SITES) {
      problems.push({
        path: ["sites", MAX_SANDBOX_SITES],
        what: `the company has ${sites.length} sites; the sandbox login takes 1 to ${MAX_SANDBOX_SITES}`,
      });
    }
  }
  const repeated = repeatedSites(sites.map(siteOf));
  return [
    ...problems,
    ...repeated.map(({ index, why }) => ({
      path: ["sites", index, "name"],
      what: `${why}; give each its own name or its own external ID`,
    })),
  ];
}

/** @param keys the index of the company that has a key; this one is added */
function repeatedCompany(
  { name, externalId }: PlanFileCompany,
  keys: Map<string, number>,
  index: number,
  lineAt: (index: number) => number,
): Problem | null {
  const company = newCompany(name, externalId ?? undefined);
  const key = companyKey(company);
  const first = keys.get(key);
  keys.set(key, first ?? index);
  if (first === undefined) return null;
  const same = `the company on line ${lineAt(first)}`;
  return externalId
    ? { path: ["externalId"], what: `"${shorten(externalId)}" is also the ID of ${same}` }
    : {
        path: ["name"],
        what: `"${shorten(name)}" has the same external ID as ${same}${company.externalId === null ? "" : `, "${shorten(company.externalId)}"`}; give it an external ID of its own`,
      };
}

function entryOf(company: PlanFileCompany, country: string, line: number): FileEntry {
  const { name, externalId, sites, connection } = company;
  const plan = makePlan({
    company: newCompany(name, externalId ?? undefined),
    sites: sites.map(siteOf),
    connection: { ...loginOf(connection), country: connection?.country ?? country },
  });
  return { key: keyOf(company), line, plan, passwordEnv: connection?.passwordEnv ?? null };
}

function keyOf({ name, externalId }: PlanFileCompany): string {
  return newCompany(name, externalId ?? undefined).externalId ?? fold(name);
}

function loginOf(connection: PlanFileCompany["connection"]) {
  return {
    url: connection?.url ?? SANDBOX_LOGIN.url,
    username: connection?.username ?? SANDBOX_LOGIN.username,
  };
}

function siteOf({ name, address, externalId }: PlanFileCompany["sites"][number]) {
  return { name, address: address || null, externalId: externalId ?? null };
}
