/**
 * The JSON Schema of what a command prints with `--json` (draft 2020-12), as plain data: nothing is loaded to declare it.
 * Members that are not listed are allowed, since later versions may add some.
 */

export interface Shape {
  readonly type?: string;
  readonly format?: string;
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly items?: Shape;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Shape;
  readonly anyOf?: readonly Shape[];
}

export const text: Shape = { type: "string" };
/** ISO 8601 in UTC. */
export const time: Shape = { type: "string", format: "date-time" };
export const whole: Shape = { type: "integer" };
export const yesNo: Shape = { type: "boolean" };
/** Any JSON. */
export const anything: Shape = {};

export const wordOf = (words: readonly string[]): Shape => ({ type: "string", enum: words });
export const orNull = (shape: Shape): Shape => ({ anyOf: [shape, { type: "null" }] });
export const listOf = (items: Shape): Shape => ({ type: "array", items });
export const mapOf = (values: Shape): Shape => ({ type: "object", additionalProperties: values });

type Members = Readonly<Record<string, Shape>>;

/** @param sometimes the members that may be left out */
export function objectOf(always: Members, sometimes: Members = {}): Shape {
  const properties = { ...always, ...sometimes };
  return { type: "object", properties, required: Object.keys(always) };
}

/** Of every JSON object that the tool prints. A change that breaks a reader increases it. */
export const SCHEMA_VERSION = 1;

/** The schema of what is printed: an object has the member `schemaVersion` as well; a list stays a list. */
export function documentShape(shape: Shape): Shape {
  const { type, anyOf, properties, required = [] } = shape;
  if (anyOf !== undefined) return { ...shape, anyOf: anyOf.map(documentShape) };
  if (type !== "object") return shape;
  const version = { schemaVersion: { const: SCHEMA_VERSION } };
  return {
    ...shape,
    properties: { ...version, ...properties },
    required: ["schemaVersion", ...required],
  };
}

/** The path of every member, nested ones with dots. What is in a list is reached through the list's name. */
export function pathsOf({ properties = {}, items, anyOf = [] }: Shape): readonly string[] {
  const own = Object.entries(properties).flatMap(([name, shape]) => [
    name,
    ...pathsOf(shape).map((path) => `${name}.${path}`),
  ]);
  const inside = items === undefined ? anyOf : [items, ...anyOf];
  return [...new Set([...own, ...inside.flatMap(pathsOf)])];
}

/** The value at a path; of a list, the values of its items. Undefined if there is none. */
export function valueAt(value: unknown, path: string): unknown {
  return path.split(".").reduce(memberOf, value);
}

function memberOf(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return value.flatMap((item) => memberOf(item, name) ?? []);
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return Reflect.get(value, name);
}

/** The value with only the members at these paths, in their order. */
export function membersAt(value: unknown, paths: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((item) => membersAt(item, paths));
  if (typeof value !== "object" || value === null) return value;
  const below = new Map<string, string[]>();
  for (const path of paths) {
    const [name = "", ...rest] = path.split(".");
    below.set(name, [...(below.get(name) ?? []), rest.join(".")]);
  }
  return Object.fromEntries(
    [...below].flatMap(([name, rest]) => {
      if (!Object.hasOwn(value, name)) return [];
      const member: unknown = Reflect.get(value, name);
      return [[name, rest.includes("") ? member : membersAt(member, rest)]];
    }),
  );
}
