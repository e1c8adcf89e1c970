/** The shape of a seed, and the check of one that comes from outside. Our own, not Nectar's. Pure. */
import * as z from "zod/mini";
import { UsageError } from "../../errors.ts";
import { fieldPath } from "../http/validation.ts";
import { parseMove } from "../statuses/duration.ts";
import { readScenario } from "../statuses/scenario.ts";
import { readStatusName, STATUSES } from "../statuses/transitions.ts";

/** A value that is missing is told from one that is wrong. */
function rule(text: string) {
  return {
    error: ({ code, input }: { readonly code?: string; readonly input?: unknown }) =>
      code === "invalid_type" && input === undefined ? "is required" : text,
  };
}

const text = (most: number) => {
  const allowed = `must be text of 1 to ${most} characters`;
  return z.string(rule(allowed)).check(z.minLength(1, allowed), z.maxLength(most, allowed));
};

const id = z.pipe(
  z.uuid("must be a UUID such as 8f1c2f3a-5d07-4c6b-9a41-2f1f6b0c9d11"),
  z.transform((given: string) => given.toLowerCase()),
);

const optionalText = (most: number) => z.optional(text(most));

/** What follows it is written with a longer year, which the order of texts gets wrong. */
const LAST_TIME = Date.UTC(10_000, 0, 1) - 1;

const TIME_RULE =
  "must be a date such as 2025-06-01, or a time such as 2025-06-01T12:00:00Z, of the years 1970 to 9999";

const scenario = z.pipe(
  z.record(
    z.string(),
    z.union([z.string(), z.number()], "must be a number or a duration"),
    "must be an object",
  ),
  z.transform((given, context) => {
    try {
      readScenario(Object.entries(given));
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      context.issues.push({ code: "custom", message: error.message, input: given });
    }
    return given;
  }),
);

const site = z.strictObject(
  {
    id: z.optional(id),
    name: text(255),
    address: z.optional(z.string("must be text").check(z.maxLength(255, "is too long"))),
    externalId: optionalText(255),
  },
  rule("must be an object"),
);

const connection = z.strictObject(
  {
    id: z.optional(id),
    url: optionalText(2000),
    username: optionalText(255),
    password: optionalText(1000),
    country: z.optional(
      z.string("must be text").check(z.regex(/^[A-Za-z]{2}$/, "must be two letters")),
    ),
    sites: z.optional(
      z
        .array(
          z.union([z.int(), z.string()], "must be an index, an external ID or an ID of a site"),
          "must be a list",
        )
        .check(z.minLength(1, "must name at least one site")),
    ),
    status: z.optional(
      z.pipe(
        z
          .string("must be text")
          .check(
            z.refine(
              (name) => readStatusName(name) !== null,
              `must be one of ${STATUSES.join(", ")}`,
            ),
          ),
        z.transform((name: string) => readStatusName(name) ?? name),
      ),
    ),
    scenario: z.optional(scenario),
    createdAt: z.optional(
      z.string("must be text").check(z.refine((given) => readTime(given) !== null, TIME_RULE)),
    ),
  },
  rule("must be an object"),
);

const company = z.strictObject(
  {
    id: z.optional(id),
    name: text(200),
    externalId: optionalText(255),
    dataCollectionStartDate: z.optional(z.iso.date("must be a date written as YYYY-MM-DD")),
    sites: z.optional(z.array(site, "must be a list")),
    connections: z.optional(z.array(connection, "must be a list")),
  },
  rule("must be an object"),
);

const schema = z.strictObject(
  {
    companies: z.optional(z.array(company, "must be a list")),
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
  },
  "must be an object",
);

export type Seed = z.infer<typeof schema>;
export type SeedCompany = NonNullable<Seed["companies"]>[number];
export type SeedSite = NonNullable<SeedCompany["sites"]>[number];
export type SeedConnection = NonNullable<SeedCompany["connections"]>[number];

/**
 * Checks a seed that comes from outside.
 *
 * @throws {UsageError} `invalid_seed`, with one line for each broken field that names its path
 */
export function parseSeed(value: unknown): Seed {
  const result = z.safeParse(schema, value);
  const problems = result.success
    ? combinationProblems(result.data)
    : result.error.issues.flatMap(problemsOf);
  if (result.success && problems.length === 0) return result.data;
  throw invalidSeed([...new Set(problems)]);
}

/** @param problems one line each, beginning with a path; the first is the message */
export function invalidSeed([first = "is not allowed", ...rest]: readonly string[]): UsageError {
  return new UsageError("invalid_seed", `the seed can't be used: ${first}`, { lines: rest });
}

/** @returns milliseconds since 1970, or null when the text is neither a date nor a time with a zone, of the years 1970 to 9999 */
export function readTime(given: string): number | null {
  const isTime =
    z.safeParse(z.iso.date(), given).success ||
    z.safeParse(z.iso.datetime({ offset: true }), given).success;
  const time = isTime ? Date.parse(given) : Number.NaN;
  return time >= 0 && time <= LAST_TIME ? time : null;
}

function combinationProblems({ companies = [] }: Seed): readonly string[] {
  return companies.flatMap(({ connections = [] }, index) =>
    connections.flatMap(({ status, scenario: script }, place) =>
      status === undefined || script === undefined
        ? []
        : [`companies[${index}].connections[${place}]: takes a status or a scenario, not both`],
    ),
  );
}

function problemsOf(issue: z.core.$ZodIssue): readonly string[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => `${fieldPath([...issue.path, key])}: is not a field of a seed`);
  }
  return [`${fieldPath(issue.path) || "seed"}: ${issue.message}`];
}
