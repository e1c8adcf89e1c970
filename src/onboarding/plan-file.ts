/** Reads a plan file: many companies, each with its sites and its login. Reports every mistake of the file at once. */

import * as z from "zod/mini";
import { SANDBOX_LOGIN } from "../api/resources/connection.ts";
import { UsageError } from "../errors.ts";
import { shorten } from "../words/shorten.ts";
import {
  fold,
  isSandboxLogin,
  loginOf,
  makePlan,
  type NewCompany,
  newCompany,
  type OnboardingPlan,
} from "./plan.ts";
import { problemsIn } from "./plan-file-checks.ts";
import { readJson } from "./plan-file-json.ts";
import { type PlanFileCompany, type PlanFileSchema, planFileSchema } from "./plan-file-schema.ts";
import type { Mistake, PlanText } from "./plan-file-text.ts";

/** One company of a plan file. */
export interface FileEntry {
  /** `--only`, `--shard` and messages name it by this: its external ID, else its folded name. */
  readonly key: string;
  /** The line of the file on which the company begins, from 1. */
  readonly line: number;
  /** Names its company, never an ID. */
  readonly plan: OnboardingPlan & { readonly company: NewCompany };
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
  const found =
    read.value === undefined
      ? { problems: [], entries: [] }
      : check(read.value, planFileSchema(), read.companyLine);
  const count = read.mistakes.length + found.problems.length;
  if (count === 0) return found.entries;
  const mistakes = [
    ...read.mistakes.slice(0, MOST_SHOWN),
    ...found.problems.slice(0, MOST_SHOWN).map(({ path, what }) => ({ ...read.find(path), what })),
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

/** Reads the text in the form that it begins with: JSON, CSV with a line of columns, else YAML. */
async function readPlanText(text: string, name: string): Promise<PlanText> {
  if (text.trim() === "") throw new UsageError("invalid_input", `${name} is empty`);
  const isJson = text.trimStart().startsWith("{");
  const json = isJson ? readJson(text) : null;
  if (json !== null) return json;
  if (/\.csv$/i.test(name) || (!isJson && beginsWithColumns(text))) {
    return (await import("./plan-file-csv.ts")).readCsv(text);
  }
  // JSON is YAML, too, and that parser says where a mistake is.
  return (await import("./plan-file-yaml.ts")).readYaml(text, isJson ? "JSON" : "YAML");
}

/** A YAML file begins with a comment, a directive, a marker or a key, whatever it holds. */
function beginsWithColumns(text: string): boolean {
  const [, first = ""] = /^\s*(.*)/.exec(text) ?? [];
  return first.split(/[,;\t]/).some((cell) => /^[\s"]*(?:company|site)[\s"]*$/i.test(cell));
}

function lineOf({ line, column, where, what }: Mistake): string {
  const place = `line ${line}${column === undefined ? "" : `, column ${column}`}`;
  return `${place}: ${where === "" ? "" : `${shorten(where)}: `}${what}`;
}

/** The entries whose login needs a password and names no variable for it. */
export function withoutPassword(entries: readonly FileEntry[]): readonly FileEntry[] {
  return entries.filter(
    ({ plan, passwordEnv }) => passwordEnv === null && !isSandboxLogin(plan.connection),
  );
}

/** The problems of a file; its entries, where there are none. */
function check(value: unknown, schema: PlanFileSchema, lineAt: (index: number) => number) {
  const file = z.safeParse(schema.file, value, { reportInput: true });
  const problems = problemsIn(value, file.error?.issues ?? [], schema, lineAt);
  if (!file.success || problems.length > 0) return { problems, entries: [] };
  const country = file.data.defaults?.country ?? SANDBOX_LOGIN.country;
  const entries = file.data.companies.map((company, index) =>
    entryOf(company, country, lineAt(index)),
  );
  return { problems, entries };
}

type Site = PlanFileCompany["sites"][number];

function entryOf(company: PlanFileCompany, country: string, line: number): FileEntry {
  const { name, externalId, sites, connection } = company;
  const planned = newCompany(name, externalId);
  const plan = makePlan({
    company: planned,
    sites: sites.map(siteOf),
    connection: { ...loginOf(connection ?? {}), country: connection?.country ?? country },
  });
  const key = planned.externalId ?? fold(name);
  return {
    key,
    line,
    plan: { ...plan, company: planned },
    passwordEnv: connection?.passwordEnv ?? null,
  };
}

function siteOf({ name, address, externalId }: Site) {
  return { name, address: address || null, externalId: externalId ?? null };
}
