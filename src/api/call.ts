/** Sends one request and validates its response against a schema. */
import * as z from "zod/mini";
import type { HttpResponse } from "./answer.ts";
import { badResponse } from "./errors.ts";
import type { Http, HttpRequest } from "./http.ts";

/** The schema of a response: turns its wire format into ours. */
export type Shape<Value> = z.ZodMiniType<Value, unknown>;

/** Sends a request and parses the response; throws only NectarErrors. */
export type Call = <Value>(request: HttpRequest, shape: Shape<Value>) => Promise<Value>;

export function createCall(http: Pick<Http, "send">): Call {
  return async (request, shape) => parse(await http.send(request), shape);
}

/** @throws NetworkError that names the field if the response does not match the schema */
export function parse<Value>(response: HttpResponse, shape: Shape<Value>): Value {
  const result = z.safeParse(shape, response.body);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const field = issue === undefined || issue.path.length === 0 ? "" : ` at ${issue.path.join(".")}`;
  throw badResponse(`an unexpected format${field}`, response.exchange, response.status);
}
