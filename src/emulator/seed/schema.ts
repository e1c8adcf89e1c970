/** The schema of a seed, and its validation. Our own, not Nectar's. Pure. */
import * as z from "zod/mini";
import { UsageError } from "../../errors.ts";
import { parseMove, readTime, TIME_RULE } from "../clock.ts";
import { fieldPath } from "../http/validation.ts";
import { type GivenScenario, scenarioOf } from "../statuses/scenario.ts";
import { type ConnectionStatus, readStatusName, STATUSES } from "../statuses/statuses.ts";

/** Reports a missing value as "is required", an invalid one with the rule. */
function rule(text: string) {
  return {
    error: ({ code, input }: { readonly code?: string; readonly input?: unknown }) =>
      code === "invalid_type" && input === undefined ? "is required" : text,
  };
}

const text = (max: number) => {
  const allowed = `must be text of 1 to ${max} characters`;
  return z.string(rule(allowed)).check(z.minLength(1, allowed), z.maxLength(max, allowed));
};

const id = z.pipe(
  z.uuid("must be a UUID such as 8f1c2f3a-5d07-4c6b-9a41-2f1f6b0c9d11"),
  z.transform((given: string) => given.toLowerCase()),
);

const optionalText = (max: number) => z.optional(text(max));

const list = <Item extends z.ZodMiniType>(item: Item) => z.array(item, "must be a list");

const status = z.pipe(
  z
    .custom<ConnectionStatus>(
      (name) => typeof name === "string" && readStatusName(name) !== null,
      `must be one of ${STATUSES.join(", ")}`,
    )
    .check(
      // Other letter case, and hyphens, are understood, too.
      z.meta({
        description: "The initial status, whatever the login; not together with scenario",
        anyOf: [{ enum: STATUSES }, { type: "string" }],
      }),
    ),
  z.transform((name) => readStatusName(name) ?? name),
);

const scenario = z.custom<GivenScenario>(isObject, "must be an object").check(
  (context) => {
    try {
      scenarioOf(context.value);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      context.issues.push({ code: "custom", message: error.message, input: context.value });
    }
  },
  z.meta({
    description: 'How the status changes by itself, such as {"mfa-expires-after": 3}',
    type: "object",
  }),
);

export const SEED_SITE = {
  id: z.optional(id),
  name: text(255),
  address: z.optional(z.string("must be text").check(z.maxLength(255, "is too long"))),
  externalId: optionalText(255),
};

export const SEED_CONNECTION = {
  id: z.optional(id),
  /** The provider's URL. Parts of the login that are left out come from the documented sandbox login. */
  url: optionalText(2000),
  username: optionalText(255),
  /** Tested, never stored. */
  password: optionalText(1000),
  country: z.optional(
    z.string("must be text").check(z.regex(/^[A-Za-z]{2}$/, "must be two letters")),
  ),
  /** 1 to 3 sites of the company, by index in this seed, external ID or ID; default the first three. */
  sites: z.optional(
    list(
      z.union([z.int(), z.string()], "must be an index, an external ID or an ID of a site"),
    ).check(z.minLength(1, "must name at least one site")),
  ),
  /** The initial status, whatever the login. Not together with `scenario`. */
  status: z.optional(status),
  /** Replaces the emulator's own. */
  scenario: z.optional(scenario),
  /** A date, or a time in ISO 8601, not after the emulator's time; default now. */
  createdAt: z.optional(
    z.string("must be text").check(z.refine((given) => readTime(given) !== null, TIME_RULE)),
  ),
};

export const SEED_COMPANY = {
  /** A UUID; default derived from the external ID or the name, so that it is the same in every run. */
  id: z.optional(id),
  name: text(200),
  externalId: optionalText(255),
  /** YYYY-MM-DD; default 1 January of the previous year. */
  dataCollectionStartDate: z.optional(z.iso.date("must be a date written as YYYY-MM-DD")),
  sites: z.optional(list(z.strictObject(SEED_SITE, rule("must be an object")))),
  connections: z.optional(list(z.strictObject(SEED_CONNECTION, rule("must be an object")))),
};

export const SEED = {
  companies: z.optional(list(z.strictObject(SEED_COMPANY, rule("must be an object")))),
  /**
   * The emulator's time: a date such as `"2025-06-01"`, a time in ISO 8601, or how far to move it ahead, such as `"30d"`.
   * It goes back only if it was never moved and there are no connections.
   */
  clock: z.optional(
    z
      .string("must be text")
      .check(
        z.refine(
          (given) => readTime(given) !== null || parseMove(given) !== null,
          `${TIME_RULE}, or a duration such as 30d`,
        ),
      ),
  ),
};

export const seedSchema = z.strictObject(SEED, "must be an object").check(
  z.meta({
    title: "Seed file",
    description: "What nectar emulator seed creates; everything but the names is optional",
  }),
);

/** A validated seed. */
export type Seed = z.output<typeof seedSchema>;
export type SeedCompany = NonNullable<Seed["companies"]>[number];
export type SeedSite = NonNullable<SeedCompany["sites"]>[number];
export type SeedConnection = NonNullable<SeedCompany["connections"]>[number];

/**
 * Validates a seed from outside.
 *
 * @throws {UsageError} `invalid_seed`, with one line per invalid field that names its path
 */
export function parseSeed(value: unknown): Seed {
  const result = z.safeParse(seedSchema, value);
  const problems = result.success
    ? combinationProblems(result.data)
    : result.error.issues.flatMap(problemsOf);
  if (result.success && problems.length === 0) return result.data;
  throw invalidSeed([...new Set(problems)]);
}

/** @param problems one line each, beginning with a path; the first is the message */
export function invalidSeed([first = "it is not valid", ...rest]: readonly string[]): UsageError {
  return new UsageError("invalid_seed", `the seed can't be used: ${first}`, { lines: rest });
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function combinationProblems({ companies = [] }: Seed): readonly string[] {
  return companies.flatMap(({ connections = [] }, index) =>
    connections.flatMap(({ status, scenario: script }, connectionIndex) =>
      status === undefined || script === undefined
        ? []
        : [
            `companies[${index}].connections[${connectionIndex}]: takes a status or a scenario, not both`,
          ],
    ),
  );
}

function problemsOf(issue: z.core.$ZodIssue): readonly string[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => `${fieldPath([...issue.path, key])}: is not a field of a seed`);
  }
  return [`${fieldPath(issue.path) || "seed"}: ${issue.message}`];
}
