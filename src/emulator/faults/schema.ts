/** The shape of a fault, and the check of one that comes from outside. Our own, not Nectar's. Pure. */
import * as z from "zod/mini";
import { UsageError } from "../../errors.ts";
import {
  combinationProblems,
  FAULT_EFFECTS,
  FAULT_METHODS,
  isHeader,
  isMember,
  isPathPattern,
  isStatus,
  isWebUrl,
  LONGEST_LAG_MS,
  MEMBER_RULE,
  PATH_RULE,
  ROUTE_NAMES,
  STATUS_RULE,
} from "./rules.ts";

/** The longest that a timer of Node can wait. */
const LONGEST_MS = 2_147_483_647;

/** Statuses whose answers have no body (RFC 9110 §15). */
export const BODILESS: readonly number[] = [101, 204, 205, 304];

const SWITCH = z.optional(z.literal(true, "must be true, or left out"));
const MOMENT = z.optional(z.enum(["before", "after"], "must be before or after"));

/**
 * A fault: the requests that it means, how many of them it lets through and then gets, and what happens to these.
 * "Before" is before the request is acted on, "after" is when all that it does is stored.
 */
export const faultSchema = z.strictObject(
  {
    method: z.optional(z.enum(FAULT_METHODS, `must be one of ${FAULT_METHODS.join(", ")}`)),
    /** Below the version prefix; `*` is one segment, `**` any rest. */
    path: z.optional(
      z.string("must be text").check(z.refine(isPathPattern, `must be ${PATH_RULE}`)),
    ),
    /** A route by name, in whichever path form; instead of method and path. */
    route: z.optional(z.enum(ROUTE_NAMES, `must be one of ${ROUTE_NAMES.join(", ")}`)),
    /** How many matching requests are let through first; 0 when not given. */
    skip: z.optional(count(0)),
    /** How many then get it; 1 when not given, null for ever. */
    times: z.optional(z.nullable(count(1))),

    /** Answer this status, without acting unless `after` is "commit". */
    status: z.optional(
      z.int(`must be ${STATUS_RULE}`).check(z.refine(isStatus, `must be ${STATUS_RULE}`)),
    ),
    headers: z.optional(
      z
        .record(z.string(), z.string("must be text"), "must be an object")
        .check(
          z.refine(
            (headers) => Object.entries(headers).every(([name, value]) => isHeader(name, value)),
            "must hold names and printable values, and none that frames the message",
          ),
        ),
    ),
    /** Text is sent as it stands, anything else as JSON. */
    body: z.optional(z.unknown()),
    after: z.optional(z.literal("commit", "must be commit, or left out")),
    /** Act, and wait this long, in milliseconds, before the answer. */
    delayMs: z.optional(count(1, LONGEST_MS)),
    /** Take the request, wait this long, in milliseconds, then act and answer, though the client may be gone by then. */
    commitAfterMs: z.optional(count(1, LONGEST_MS)),
    /** For endless bodies, HTML and malformed JSON; "after" when not given. */
    when: MOMENT,
    /** Close the connection without an answer. */
    cut: MOMENT,
    /** Act, announce the whole body, send only so many bytes of it, and close the connection. */
    truncate: z.optional(count(0)),
    /** Act, and send the body no faster than this. */
    slowBody: z.optional(
      z.strictObject({ bytesPerSecond: count(1) }, "must be an object with bytesPerSecond"),
    ),
    /** Answer 200 with JSON that never ends. */
    endless: SWITCH,
    /** Answer 200 with a login page. */
    html: SWITCH,
    /** Answer with JSON that breaks off in the middle. */
    malformed: SWITCH,
    /** Answer 307 to this URL, without acting. */
    redirect: z.optional(
      z.string("must be text").check(z.refine(isWebUrl, "must be an http or https URL")),
    ),
    /** Never answer. */
    hang: MOMENT,

    /** Show in lists what was there this long ago, in milliseconds. */
    lagMs: z.optional(count(1, LONGEST_LAG_MS)),
    /** Leave these members out of every object of the answer. */
    omit: z.optional(
      z
        .array(z.string("must be text").check(z.refine(isMember, `must be ${MEMBER_RULE}`)), {
          error: "must be a list of names",
        })
        .check(z.minLength(1, "must hold a name")),
    ),
  },
  "must be an object",
);

export type Fault = z.infer<typeof faultSchema>;

/**
 * Checks a fault that comes from outside, and fills in what was left out.
 *
 * @throws {UsageError} `invalid_fault`, whose message names every broken field and its rule
 */
export function parseFault(value: unknown): Fault {
  const result = z.safeParse(faultSchema, value);
  const problems = result.success
    ? [
        ...combinationProblems(
          (field) => Reflect.get(result.data, field) !== undefined,
          (field) => field,
        ),
        ...bodyProblems(result.data),
      ]
    : result.error.issues.map(problemOf);
  if (!result.success || problems.length > 0) {
    throw new UsageError("invalid_fault", `${[...new Set(problems)].join("; ")}.`);
  }
  const { method = "*", path = "**", route, skip = 0, times = 1, ...effect } = result.data;
  return { ...(route === undefined ? { method, path } : { route }), skip, times, ...effect };
}

/** Whether a fault has an effect, of which a request meets one; else it only changes answers. */
export function hasEffect(fault: Fault): boolean {
  return FAULT_EFFECTS.some((effect) => fault[effect] !== undefined);
}

/**
 * What a request gets that meets several faults: the effect of the one that has an effect, the longest lag, and all that
 * any of them leaves out.
 *
 * @returns null when there are none
 */
export function together(met: readonly Fault[]): Fault | null {
  if (met.length === 0) return null;
  const lags = met.flatMap(({ lagMs = [] }) => lagMs);
  const omit = new Set(met.flatMap(({ omit = [] }) => omit));
  return {
    ...met.find(hasEffect),
    ...(lags.length === 0 ? {} : { lagMs: Math.max(...lags) }),
    ...(omit.size === 0 ? {} : { omit: [...omit] }),
  };
}

function bodyProblems({ status, body }: Fault): readonly string[] {
  const bodiless = status !== undefined && BODILESS.includes(status);
  return bodiless && body !== undefined ? [`body: an answer ${status} has none`] : [];
}

function problemOf(issue: z.core.$ZodIssue): string {
  const at = issue.path.map(String);
  if (issue.code === "unrecognized_keys") {
    return issue.keys
      .map((key) => `${[...at, key].join(".")}: is not a field of a fault`)
      .join("; ");
  }
  return `${at.length === 0 ? "fault" : at.join(".")}: ${issue.message}`;
}

function count(least: number, most: number = Number.MAX_SAFE_INTEGER) {
  const rule =
    most === Number.MAX_SAFE_INTEGER
      ? `must be a whole number of at least ${least}`
      : `must be a whole number from ${least} to ${most}`;
  return z.int(rule).check(z.gte(least, rule), z.lte(most, rule));
}
