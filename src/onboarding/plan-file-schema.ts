/** The schema of a plan file, which its checks and its JSON Schema come from. Pure. */
import * as z from "zod/mini";
import { SANDBOX_LOGIN } from "../api/resources/connection.ts";
import { readUrl } from "../api/url.ts";
import { companyName, externalId, readCountry, siteAddress, siteName, userName } from "./plan.ts";

export const PLAN_FILE_VERSION = 1;

/**
 * Text that a function reads, which throws an error with one sentence for what is not allowed. Each text is read once:
 * ten thousand countries would take a second.
 *
 * @param pattern for the JSON Schema
 */
function readBy(read: (text: string) => string, pattern: string) {
  const results = new Map<string, { readonly value: string } | { readonly message: string }>();
  const readNew = (text: string) => {
    try {
      return { value: read(text) };
    } catch (error) {
      return { message: error instanceof Error ? error.message : "" };
    }
  };
  return z.string().check((context) => {
    const { value: input, issues } = context;
    const result = results.get(input) ?? readNew(input);
    results.set(input, result);
    if ("value" in result) context.value = result.value;
    else issues.push({ code: "custom", message: result.message, input });
  }, z.meta({ pattern }));
}

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]{0,254}$/;

/** A name of an environment variable that every shell can set. The value is not shown: it may be a password. */
function readVariable(text: string): string {
  if (VARIABLE.test(text)) return text;
  throw new Error(
    "the value (not shown: it may be a password) is not the name of a variable; it takes letters, digits and _, such as OTHER_PASSWORD",
  );
}

const described = (description: string) => z.meta({ description });

/** A value that may be left out, or null. */
const optional = <Schema extends z.ZodMiniType>(schema: Schema, description: string) =>
  z.nullish(schema).check(described(description));

/**
 * The schema of a plan file. What concerns several values, such as a company that is in the file twice, is checked in
 * plan-file.ts.
 */
export function planFileSchema() {
  const country = readBy(readCountry, "^[A-Za-z]{2}$");
  const site = z.strictObject({
    name: siteName.check(described("Name of the site")),
    address: optional(siteAddress, "Address of the site"),
    externalId: optional(externalId, "Your own ID for the site"),
  });
  const connection = z
    .strictObject({
      url: optional(readBy(readUrl, "^https?://"), "The utility's site, https"),
      username: optional(userName, "User name at the utility"),
      passwordEnv: optional(
        readBy(readVariable, VARIABLE.source),
        "The environment variable that holds the password, never the password itself",
      ),
      country: optional(country, "Country of the utility account, two letters (ISO 3166-1)"),
    })
    .check(
      z.meta({
        dependentRequired: { url: ["username"], username: ["url"], passwordEnv: ["url"] },
      }),
    );
  const company = z.strictObject({
    name: companyName.check(described("Name of the company")),
    externalId: optional(externalId, "Your own ID for it; default: derived from the name"),
    sites: z
      .array(site)
      .check(z.minLength(1), described("Its sites; the sandbox login takes 1 to 3")),
    connection: optional(connection, "The login at the utility; default: the sandbox login"),
  });
  const defaults = z.strictObject({
    country: optional(
      country,
      `Where a company names no country; default: ${SANDBOX_LOGIN.country}`,
    ),
  });
  const file = z
    .strictObject({
      $schema: optional(z.string(), "Where an editor finds this schema; not read"),
      version: z.literal(PLAN_FILE_VERSION).check(described("Version of the format of this file")),
      defaults: optional(defaults, "For every company that says nothing else"),
      companies: z.array(company).check(z.minLength(1), described("The companies to onboard")),
    })
    .check(
      z.meta({
        title: "Plan file",
        description: "Companies, each with its sites and the login at its utility",
      }),
    );
  return { file, defaults, company, connection, site };
}

export type PlanFileSchema = ReturnType<typeof planFileSchema>;
export type PlanFileCompany = z.output<PlanFileSchema["company"]>;
