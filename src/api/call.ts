/** One request, and its answer held against a schema. */
import * as z from "zod/mini";
import type { HttpAnswer } from "./answer.ts";
import { badAnswer } from "./errors.ts";
import type { Http, HttpRequest } from "./http.ts";

export type Shape<Wire> = z.ZodMiniType<Wire>;

/** Sends a request and reads what comes back; throws a NectarError and nothing else. */
export type Call = <Wire>(request: HttpRequest, schema: Shape<Wire>) => Promise<Wire>;

export function callOver(http: Pick<Http, "send">): Call {
  return async (request, schema) => parse(await http.send(request), schema);
}

/** @throws NetworkError that names the field where an answer is not of the expected shape */
export function parse<Wire>(answer: HttpAnswer, schema: Shape<Wire>): Wire {
  const result = z.safeParse(schema, answer.body);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const field = issue === undefined || issue.path.length === 0 ? "" : ` at ${issue.path.join(".")}`;
  throw badAnswer(`an unexpected shape${field}`, answer.exchange, answer.status);
}
