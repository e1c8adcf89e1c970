/** Reads a plan file: many companies, each with its sites and its login. */
import * as z from "zod/mini";
import { SANDBOX_LOGIN } from "../api/resources/connection.ts";
import { UsageError } from "../errors.ts";
import { companyKey, isSandboxLogin, makePlan, newCompany, type OnboardingPlan } from "./plan.ts";
import { type PlanFile, planFile } from "./plan-schema.ts";

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

/**
 * Reads a plan file.
 *
 * @param name the file's name or "stdin", for messages
 * @throws UsageError `invalid_input` with one line for every mistake of the whole file
 */
export async function readPlanFile(text: string, name: string): Promise<readonly FileEntry[]> {
  const value: unknown = text.trimStart().startsWith("{")
    ? JSON.parse(text)
    : (await import("yaml")).parse(text);
  const read = z.safeParse(planFile, value);
  if (!read.success) {
    const lines = read.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
    throw new UsageError("invalid_input", `${name} has mistakes`, { lines });
  }
  return read.data.companies.map((company) => entryOf(company, read.data.defaults?.country));
}

function entryOf(
  { name, externalId, sites, connection = {} }: PlanFile["companies"][number],
  country: string = SANDBOX_LOGIN.country,
): FileEntry {
  const login = {
    url: connection.url ?? SANDBOX_LOGIN.url,
    username: connection.username ?? SANDBOX_LOGIN.username,
    country: connection.country ?? country,
  };
  const plan = makePlan({
    company: newCompany(name, externalId),
    sites: sites.map((site) => ({
      name: site.name,
      address: site.address ?? null,
      externalId: site.externalId ?? null,
    })),
    connection: login,
  });
  const isSandbox = isSandboxLogin(login);
  return {
    key: keyOf(plan),
    line: 1,
    plan,
    passwordEnv: isSandbox ? null : (connection.passwordEnv ?? null),
  };
}

function keyOf({ company }: OnboardingPlan): string {
  return "id" in company ? company.id : companyKey(company).replace(/^(?:external|name):/, "");
}

/** The entries whose login needs a password and names no variable for it. */
export function withoutPassword(entries: readonly FileEntry[]): readonly FileEntry[] {
  return entries.filter(
    ({ plan, passwordEnv }) => passwordEnv === null && !isSandboxLogin(plan.connection),
  );
}
