/** The onboarding questions, asked only for missing values. Knows what to ask, not how a question is displayed. */
import * as z from "zod/mini";
import { MAX_SANDBOX_SITES, SANDBOX_LOGIN } from "../api/resources/connection.ts";
import { companyName, externalId, readCountry, siteAddress, siteName, slugOf } from "./plan.ts";
import type { SiteSpec } from "./site-spec.ts";

/** Asks questions. The terminal prompter implements it. */
export interface Questions {
  text(question: {
    message: string;
    default?: string;
    optional?: boolean;
    validate?: (value: string) => string | null;
  }): Promise<string>;
  secret(question: {
    message: string;
    validate?: (value: string) => string | null;
  }): Promise<string>;
  select<Value extends string>(question: {
    message: string;
    choices: { value: Value; name: string; description?: string }[];
    default?: Value;
  }): Promise<Value>;
  confirm(question: { message: string; default: boolean }): Promise<boolean>;
  number(question: { message: string; default: number; min: number; max: number }): Promise<number>;
}

/** An onboarding's inputs, from flags or answers. */
export interface Answers {
  readonly companyId: string | undefined;
  readonly companyName: string | undefined;
  readonly companyExternalId: string | undefined;
  /** Existing sites by ID, new ones by their details. */
  readonly sites: readonly (SiteSpec | { readonly id: string })[];
  readonly country: string | undefined;
}

/** The suggested answers, from the documentation's own example. */
const EXAMPLE = {
  company: "Sandbox Test Company",
  sites: [
    { name: "Test Facility", address: "123 Main St, San Francisco, CA 94105" },
    { name: "Cold Store", address: "" },
    { name: "Warehouse", address: "" },
  ],
} as const;

/** Asks for an onboarding's missing inputs. */
export async function askForPlan(given: Answers, ask: Questions): Promise<Answers> {
  const company = await askCompany(given, ask);
  const sites = await askSites(given, ask);
  const country =
    given.country ??
    (await ask.text({
      message: "Country (two letters)",
      default: SANDBOX_LOGIN.country,
      validate: countryProblem,
    }));
  return { ...given, ...company, sites, country: readCountry(country) };
}

async function askCompany(
  given: Answers,
  ask: Questions,
): Promise<Pick<Answers, "companyName" | "companyExternalId">> {
  const { companyId, companyExternalId } = given;
  if (companyId !== undefined || given.companyName !== undefined) {
    return { companyName: given.companyName, companyExternalId };
  }
  const name = await ask.text({
    message: "Company name",
    default: EXAMPLE.company,
    validate: by(companyName, "Enter 1 to 200 characters."),
  });
  const slug = slugOf(name);
  const external =
    companyExternalId ??
    (await ask.text({
      message: "Your own ID for it",
      optional: slug === null,
      ...(slug === null ? {} : { default: slug }),
      validate: by(externalId, "Enter up to 255 characters.", slug === null),
    }));
  return { companyName: name.trim(), companyExternalId: external.trim() || undefined };
}

async function askSites(given: Answers, ask: Questions): Promise<Answers["sites"]> {
  if (given.sites.length > 0) return given.sites;
  const count = await ask.number({
    message: `How many sites (1–${MAX_SANDBOX_SITES})`,
    default: 1,
    min: 1,
    max: MAX_SANDBOX_SITES,
  });
  const sites: SiteSpec[] = [];
  for (let index = 0; index < count; index += 1) {
    const example = EXAMPLE.sites[index];
    const name = await ask.text({
      message: `Site ${index + 1}, name`,
      ...(example === undefined ? {} : { default: example.name }),
      validate: (value) =>
        sites.some((site) => site.name === value.trim())
          ? "Another site has this name."
          : by(siteName, "Enter 1 to 255 characters.")(value),
    });
    const address = await ask.text({
      message: `Site ${index + 1}, address`,
      optional: true,
      validate: by(siteAddress, "Enter up to 255 characters.", true),
    });
    sites.push({ name: name.trim(), address: address.trim() || null, externalId: null });
  }
  return sites;
}

function countryProblem(text: string): string | null {
  try {
    readCountry(text);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : null;
  }
}

function by(schema: z.ZodMiniType, otherwise: string, optional = false) {
  return (value: string): string | null =>
    (optional && value.trim() === "") || z.safeParse(schema, value).success ? null : otherwise;
}
