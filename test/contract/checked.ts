/** Asks an emulator and holds every answer against the OpenAPI file; remembers what was asked. */
import { type Answer, call } from "../emulator/harness.ts";
import { ADDITIONS, BEYOND_THE_FILE, WIDER } from "./additions.ts";
import type { Contract, Fields, Operation } from "./openapi.ts";

interface Asked {
  readonly url: string;
  readonly key: string;
}

export interface Checked {
  readonly status: number;
  /** Null when the answer had none. */
  readonly body: unknown;
  /** Undefined for a path that the file does not have. */
  readonly operation: Operation | undefined;
}

export type Ask = (
  emulator: Asked,
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<Checked>;

export interface Recorder {
  readonly ask: Ask;
  /** `operation status`, such as `createCompany 201`, for everything that was answered. */
  readonly seen: ReadonlySet<string>;
  /** Every addition and every answer beyond the file that occurred, so that lists of them can be kept short. */
  readonly used: ReadonlySet<string>;
}

/** @returns an `ask` that throws when an answer breaks the contract */
export function recorder(contract: Contract): Recorder {
  const seen = new Set<string>();
  const used = new Set<string>();

  const ask: Ask = async (emulator, method, path, body, headers) => {
    const answer = await call(emulator, method, path, body, headers);
    const what = `${method} ${path} → ${answer.status}`;
    const fail = (why: string): never => {
      throw new Error(`${what}: ${why}\n${JSON.stringify(answer.body)?.slice(0, 600)}`);
    };
    const operation = contract.operation(method, path.split("?", 1).join(""));
    if (operation === undefined) {
      if (answer.status < 400) fail("an answer to a path that is not in the file");
      return { ...answer, operation };
    }
    seen.add(`${operation.id} ${answer.status}`);
    checkKind(answer, fail);
    if (!contract.lists(operation, answer.status)) {
      const name = `${answer.status}`;
      if (!BEYOND_THE_FILE.has(name)) fail("a status that the file does not list");
      used.add(name);
    }
    const verdict = contract.response(operation, answer.status, answer.body);
    const wider = WIDER.get(`${operation.id} ${answer.status}`)?.schema;
    const whole = wider === undefined ? verdict : contract.schema(wider, answer.body);
    const problems = [...verdict.problems, ...whole.problems];
    if (problems.length > 0) fail(problems.join("; "));
    for (const place of whole.unlisted) {
      const name = `${operation.id}: ${place}`;
      const key = [name, `*: ${place}`].find((one) => ADDITIONS.has(one));
      if (key === undefined) fail(`${name} is not in the file`);
      else used.add(key);
    }
    return { status: answer.status, body: answer.body, operation };
  };
  return { ask, seen, used };
}

function checkKind({ status, body, headers }: Answer, fail: (why: string) => never): void {
  if (status === 204) {
    if (body !== null) fail("204 with a body");
    return;
  }
  const type = headers.get("content-type") ?? "";
  if (!/^application\/json\b/.test(type)) fail(`of the type "${type}"`);
  if (status >= 400) {
    const { detail } = body;
    if (typeof detail !== "string" || detail === "") fail("an error without a detail in words");
  }
}

/** @throws Error when there is no such text */
export function textOf(value: unknown, field: string): string {
  const text = fieldOf(value, field);
  if (typeof text !== "string") throw new Error(`no text in ${field}: ${JSON.stringify(value)}`);
  return text;
}

/** @throws Error when there is no such list */
export function listOf(value: unknown, field: string): readonly Fields[] {
  const list = fieldOf(value, field);
  if (!Array.isArray(list)) throw new Error(`no list in ${field}: ${JSON.stringify(value)}`);
  return list;
}

function fieldOf(value: unknown, field: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, field) : undefined;
}
