/** The schema of a seed, and its validation. Our own, not Nectar's. Pure. */
import * as z from "zod/mini";
import { companyCreate } from "../../api/resources/company.ts";
import { connectionCreate } from "../../api/resources/connection.ts";
import { siteCreate } from "../../api/resources/site.ts";
import { DATASOURCE_TYPES } from "../../api/resources/usage.ts";
import { uuid } from "../../api/resources/wire.ts";
import { isObject } from "../../disk/json-file.ts";
import { UsageError } from "../../errors.ts";
import { isoOf, parseMove, readTime, TIME_RULE } from "../clock.ts";
import { fieldPath, ruleOf } from "../http/validation.ts";
import { type GivenScenario, scenarioOf } from "../statuses/scenario.ts";
import { type ConnectionStatus, readStatusName, STATUSES } from "../statuses/statuses.ts";

const status = z.pipe(
  z
    .custom<ConnectionStatus>(
      (name) => typeof name === "string" && readStatusName(name) !== null,
      `must be one of ${STATUSES.join(", ")}`,
    )
    .check(
      // Other letter case, and hyphens, are understood, too.
      z.meta({
        description: "The status, whatever the login; not together with scenario",
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

/** Becomes ISO 8601 in UTC, as times are stored. */
const time = z.pipe(
  z.string().check(z.refine((given) => readTime(given) !== null, TIME_RULE)),
  z.transform((given) => isoOf(readTime(given) ?? 0)),
);

const spans = z.array(z.strictObject({ from: time, until: z.nullable(time) }));

export const SEED_SITE = { id: z.optional(uuid), ...siteCreate.shape };

const SEED_ACCOUNT = {
  id: uuid,
  isTracked: z.boolean(),
  /** Default as the account. */
  meterIsTracked: z.optional(z.boolean()),
  /** When it was not tracked; default all the time if it is not. */
  untracked: z.optional(spans),
  /** When this was set; default when the connection was created. */
  updated: z.optional(time),
};

/** What is known of a connection besides its status, once its login was tested. Only together with `status`. */
const TESTED = {
  /** A sentence about the status; default our own for an error status. */
  statusErrorDetail: z.optional(z.nullable(z.string())),
  /** When it got its status, and when that was last checked; default when it was created. The same goes for `updated`. */
  statusFirstSeenTime: z.optional(time),
  statusLastUpdateTime: z.optional(time),
  updated: z.optional(time),
  /** When data was collected, the last time until null if it still is; default since its creation if it is connected. */
  collecting: z.optional(spans),
  /** Status changes to come, the next one first; default none. */
  statusChanges: z.optional(
    z.array(z.strictObject({ at: time, status, detail: z.nullable(z.string()) })),
  ),
};

export const SEED_CONNECTION = {
  id: z.optional(uuid),
  /** Parts of the login that are left out come from the documented sandbox login. A password is tested, never stored. */
  ...z.partial(connectionCreate).shape,
  /** Sites of the company, by index in this seed, external ID or ID; default the first three. */
  sites: z.optional(
    z.array(z.union([z.int(), z.string()], "must be an index, an external ID or an ID of a site")),
  ),
  /** YYYY-MM-DD; default that of the company. */
  dataCollectionStartDate: z.optional(z.iso.date()),
  /** Default the caller's. */
  workflowOwnerEmail: z.optional(z.email()),
  /** Default every type. */
  initialDatasourceTypes: z.optional(z.array(z.enum(DATASOURCE_TYPES))),
  /** The status, whatever the login, which is then not tested. Not together with `scenario`. */
  status: z.optional(status),
  /** Replaces the emulator's own. */
  scenario: z.optional(scenario),
  /** A date, or a time in ISO 8601, not after the emulator's time; default now. */
  createdAt: z.optional(time),
  ...TESTED,
  /** The accounts whose tracking was switched. */
  accounts: z.optional(z.array(z.strictObject(SEED_ACCOUNT))),
};

export const SEED_COMPANY = {
  /** A UUID; default derived from the external ID or the name, so that it is the same in every run. */
  id: z.optional(uuid),
  ...z.omit(companyCreate, { users: true }).shape,
  sites: z.optional(z.array(z.strictObject(SEED_SITE))),
  connections: z.optional(z.array(z.strictObject(SEED_CONNECTION))),
};

export const SEED = {
  companies: z.optional(z.array(z.strictObject(SEED_COMPANY))),
  /**
   * The emulator's time: a date such as `"2025-06-01"`, a time in ISO 8601, or how far to move it ahead, such as `"30d"`.
   * It goes back only if it was never moved and there are no connections.
   */
  clock: z.optional(
    z
      .string()
      .check(
        z.refine(
          (given) => readTime(given) !== null || parseMove(given) !== null,
          `${TIME_RULE}, or a duration such as 30d`,
        ),
      ),
  ),
};

export const seedSchema = z.strictObject(SEED).check(
  z.meta({
    title: "Seed file",
    description: "What nectar emulator seed creates; everything but the names is optional",
  }),
);

export type Seed = z.output<typeof seedSchema>;
export type SeedCompany = NonNullable<Seed["companies"]>[number];
export type SeedSite = NonNullable<SeedCompany["sites"]>[number];
export type SeedConnection = NonNullable<SeedCompany["connections"]>[number];
export type SeedAccount = NonNullable<SeedConnection["accounts"]>[number];

/** Validates a seed from outside. @throws {UsageError} `invalid_seed`, with one line per invalid field that names its path */
export function parseSeed(value: unknown): Seed {
  const result = z.safeParse(seedSchema, value, { reportInput: true });
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

function combinationProblems({ companies = [] }: Seed): readonly string[] {
  return companies.flatMap(({ connections = [] }, index) =>
    connections.flatMap((connection, connectionIndex) => {
      const path = `companies[${index}].connections[${connectionIndex}]`;
      if (connection.status === undefined) {
        const early = Object.keys(TESTED).filter((name) => Object.hasOwn(connection, name));
        return early.map((name) => `${path}.${name}: is allowed only together with a status`);
      }
      return connection.scenario === undefined
        ? []
        : [`${path}: takes a status or a scenario, not both`];
    }),
  );
}

function problemsOf(issue: z.core.$ZodIssue): readonly string[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => `${fieldPath([...issue.path, key])}: is not a field of a seed`);
  }
  return [`${fieldPath(issue.path) || "seed"}: ${ruleOf(issue)}`];
}
