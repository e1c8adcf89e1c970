/** A fault as a whole: its schema, the check of one that comes from outside, and what several of them come to. Pure. */
import * as z from "zod/mini";
import { UsageError } from "../../errors.ts";
import { BODILESS, type MetRequest } from "./sending.ts";
import { FAULT_FIELDS, type FaultField, type Values } from "./table.ts";

export interface Fault extends Values<typeof FAULT_FIELDS> {}

type Entry = readonly [name: string, field: FaultField<unknown>];

/** The fields of a fault by name, in the order of the table. */
export const FAULT_ENTRIES: readonly Entry[] = Object.entries(FAULT_FIELDS);

const EFFECTS = FAULT_ENTRIES.filter(([, { effect }]) => effect !== undefined);
const CHANGES = FAULT_ENTRIES.filter(([, { change }]) => change !== undefined);
const COMPANIONS = FAULT_ENTRIES.flatMap(([name, { goesWith }]) =>
  goesWith === undefined ? [] : [{ name, goesWith }],
);
const NAMES_OF_SENDING = EFFECTS.flatMap(([name, { sends }]) => (sends ? [name] : []));

/** What can go wrong, by name: effects first, then changes. */
export const FAULT_KINDS: readonly string[] = [...EFFECTS, ...CHANGES].map(([name]) => name);

export const faultSchema = z.strictObject(
  Object.fromEntries(FAULT_ENTRIES.map(([name, { schema }]) => [name, z.optional(schema)])),
  "must be an object",
) as z.ZodMiniType<Fault>;

/**
 * Checks a fault that comes from outside, and fills in what was left out.
 *
 * @throws {UsageError} `invalid_fault`, whose message names every broken field and its rule
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
 * Checks what was given together.
 *
 * @param nameOf how the reader knows a field: its own name, or a flag
 * @returns one sentence, without its full stop, for each broken rule
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
  if (effects.length > 1) problems.push(`${list(effects)}: only one of these at a time`);
  if (changes.length > 0 && effects.some((effect) => !NAMES_OF_SENDING.includes(effect))) {
    problems.push(`${list(changes)}: of all effects goes only with ${list(NAMES_OF_SENDING)}`);
  }
  for (const { name, goesWith } of COMPANIONS) {
    if (isGiven(name) && !goesWith.some(isGiven)) {
      problems.push(`${nameOf(name)}: goes only with ${list(goesWith)}`);
    }
  }
  if (isGiven("route") && (isGiven("method") || isGiven("path"))) {
    problems.push(
      `${nameOf("route")}: stands for ${nameOf("method")} and ${nameOf("path")}, so give it alone`,
    );
  }
  const { status, body } = fault;
  if (status !== undefined && BODILESS.includes(status) && body !== undefined) {
    problems.push(`${nameOf("body")}: an answer ${status} has none`);
  }
  return problems;
}

/** What happens to a request that gets a fault, in words. */
export function faultWords(fault: Fault): string {
  return FAULT_ENTRIES.flatMap(([name, field]) => {
    const value = valueIn(fault, name);
    return value === undefined ? [] : (field.words?.(value, fault) ?? []);
  }).join("; ");
}

/** What goes wrong with a request that gets a fault; null when the fault only changes answers. */
export function effectOf(fault: Fault): ((request: MetRequest) => Promise<Response | null>) | null {
  for (const [name, { effect }] of EFFECTS) {
    const value = valueIn(fault, name);
    if (effect !== undefined && value !== undefined) {
      return (request) => effect(value, request, fault);
    }
  }
  return null;
}

/** A request whose answer is changed as a fault says. */
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

/**
 * What a request gets that meets several faults: the effect of the one that has an effect, the longest lag, and all that
 * any of them leaves out.
 *
 * @returns null when there are none
 */
export function together(met: readonly Fault[]): Fault | null {
  if (met.length === 0) return null;
  const changes = CHANGES.flatMap(([name, { merge }]) => {
    const values = met.map((fault) => valueIn(fault, name)).filter((value) => value !== undefined);
    return values.length === 0 ? [] : [[name, merge?.(values)]];
  });
  return { ...met.find(effectOf), ...Object.fromEntries(changes) };
}

function valueIn(fault: Fault, field: string): unknown {
  return Reflect.get(fault, field);
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
