/** Asks an emulator and holds every answer against the OpenAPI file; remembers what was asked. */
import { type Answer, call } from "../emulator/harness.ts";
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
}

/** @returns an `ask` that throws when an answer breaks the contract */
export function recorder(contract: Contract): Recorder {
  const seen = new Set<string>();

  const ask: Ask = async (emulator, method, path, body, headers) => {
    const answer = await call(emulator, method, path, body, headers);
    const { status } = answer;
    const fail = (why: string): never => {
      const text = JSON.stringify(answer.body)?.slice(0, 600);
      throw new Error(`${method} ${path} → ${status}: ${why}\n${text}`);
    };
    const operation = contract.operation(method, path.split("?", 1).join(""));
    if (operation === undefined) {
      if (status < 400) fail("an answer to a path that is not in the file");
      return { status, body: answer.body, operation };
    }
    seen.add(`${operation.id} ${status}`);
    checkKind(answer, fail);
    if (!contract.statuses(operation).includes(status))
      fail("a status that the file does not list");
    const problems = contract.response(operation, status, answer.body);
    if (problems.length > 0) fail(problems.join("; "));
    return { status, body: answer.body, operation };
  };
  return { ask, seen };
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
