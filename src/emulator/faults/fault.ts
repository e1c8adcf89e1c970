/** Faults: their schema, validation, and how several of them combine. Pure. */

import * as z from "zod/mini";
import { UsageError } from "../../errors.ts";
import { fieldPath } from "../http/validation.ts";
import type { Fault } from "../public.ts";
import { BODILESS, type MetRequest } from "./sending.ts";
import { FAULT_FIELDS, type FaultField } from "./table.ts";

type Entry = readonly [name: string, field: FaultField<unknown>];

export const FAULT_ENTRIES: readonly Entry[] = Object.entries(FAULT_FIELDS);

const EFFECTS = FAULT_ENTRIES.filter(([, { effect }]) => effect !== undefined);
const CHANGES = FAULT_ENTRIES.filter(([, { change }]) => change !== undefined);
const SENDING_EFFECTS = EFFECTS.flatMap(([name, { sends }]) => (sends ? [name] : []));

/** The fields that make something go wrong: effects first, then changes. */
export const FAULT_KINDS: readonly string[] = [...EFFECTS, ...CHANGES].map(([name]) => name);

export const faultSchema = z.strictObject(
  Object.fromEntries(FAULT_ENTRIES.map(([name, { schema }]) => [name, z.optional(schema)])),
  "must be an object",
) as z.ZodMiniType<Fault>;

/**
 * Validates a fault from outside and fills in defaults.
 *
 * @throws {UsageError} `invalid_fault`, whose message names every invalid field and its rule
 */
export function parseFault(value: unknown): Fault {
  const result = z.safeParse(faultSchema, value);
  const problems = result.success
    ? combinationProblems(result.data, (field) => field)
    : result.error.issues.map(problemOf);
  if (!result.success || problems.length > 0) {
    throw new UsageError("invalid_fault", `${[...new Set(problems)].join("; ")}.`);
  }
  const { method = "*", path = "**", route, skip = 0, times = 1, ...effect } = result.data;
  return { ...(route === undefined ? { method, path } : { route }), skip, times, ...effect };
}

/**
 * Validates the combination of fields.
 *
 * @param nameOf returns the user's name for a field: its own name, or its flag
 * @returns one sentence per broken rule, without a full stop
 */
export function combinationProblems(
  fault: Fault,
  nameOf: (field: string) => string,
): readonly string[] {
  const isGiven = (field: string) => valueIn(fault, field) !== undefined;
  const list = (fields: readonly string[]) => fields.map(nameOf).join(", ");
  const given = (entries: readonly Entry[]) => entries.map(([name]) => name).filter(isGiven);
  const problems: string[] = [];
  const effects = given(EFFECTS);
  const changes = given(CHANGES);
  if (effects.length + changes.length === 0) {
    problems.push(`one of ${list(FAULT_KINDS)} is required`);
  }
  if (effects.length > 1) problems.push(`${list(effects)}: only one of these is allowed at a time`);
  if (changes.length > 0 && effects.some((effect) => !SENDING_EFFECTS.includes(effect))) {
    problems.push(
      `${list(changes)}: can be combined only with the effects ${list(SENDING_EFFECTS)}`,
    );
  }
  for (const [name, { goesWith = [] }] of FAULT_ENTRIES) {
    if (goesWith.length > 0 && isGiven(name) && !goesWith.some(isGiven)) {
      problems.push(`${nameOf(name)}: is allowed only with ${list(goesWith)}`);
    }
  }
  if (isGiven("route") && (isGiven("method") || isGiven("path"))) {
    problems.push(
      `${nameOf("route")}: replaces ${nameOf("method")} and ${nameOf("path")}, so leave those out`,
    );
  }
  const { status, body } = fault;
  if (status !== undefined && BODILESS.includes(status) && body !== undefined) {
    problems.push(`${nameOf("body")}: a response with status ${status} has no body`);
  }
  return problems;
}

/** Describes what happens to a request that gets a fault. */
export function faultWords(fault: Fault): string {
  return FAULT_ENTRIES.flatMap(([name, field]) => {
    const value = valueIn(fault, name);
    return value === undefined ? [] : (field.words?.(value, fault) ?? []);
  }).join("; ");
}

/** The effect of a fault; null when the fault only changes responses. */
export function effectOf(fault: Fault): ((request: MetRequest) => Promise<Response | null>) | null {
  for (const [name, { effect }] of EFFECTS) {
    const value = valueIn(fault, name);
    if (effect !== undefined && value !== undefined) {
      return (request) => effect(value, request, fault);
    }
  }
  return null;
}

/** Wraps a request so that a fault's changes apply to its response. */
export function changed(fault: Fault, request: MetRequest): MetRequest {
  let current = request;
  for (const [name, { change }] of CHANGES) {
    const value = valueIn(fault, name);
    if (change === undefined || value === undefined) continue;
    const before = current;
    current = { ...before, act: () => change(value, before) };
  }
  return current;
}

/** Combines a request's faults: the only effect, the longest lag, every member that any of them omits; null for none. */
export function combined(faults: readonly Fault[]): Fault | null {
  if (faults.length === 0) return null;
  const changes = CHANGES.flatMap(([name, { merge }]) => {
    const values = faults
      .map((fault) => valueIn(fault, name))
      .filter((value) => value !== undefined);
    return values.length === 0 ? [] : [[name, merge?.(values)]];
  });
  return { ...faults.find(effectOf), ...Object.fromEntries(changes) };
}

function valueIn(fault: Fault, field: string): unknown {
  return Reflect.get(fault, field);
}

function problemOf(issue: z.core.$ZodIssue): string {
  const { path } = issue;
  if (issue.code === "unrecognized_keys") {
    return issue.keys
      .map((key) => `${fieldPath([...path, key])}: is not a field of a fault`)
      .join("; ");
  }
  return `${fieldPath(path) || "fault"}: ${issue.message}`;
}
