/**
 * The client's one way to call the API. Writes a path below a company in whichever of the two documented forms the
 * server supports, which is found out once for all concurrent requests, and validates the response against a schema.
 */
import * as z from "zod/mini";
import { NectarError } from "../errors.ts";
import type { HttpResponse } from "./answer.ts";
import { badResponse } from "./errors.ts";
import type { Http, HttpRequest } from "./http.ts";
import {
  formsToTry,
  type KnownForms,
  type Nested,
  type NestedPath,
  nestedPath,
  type PathForm,
  pathOf,
} from "./routes.ts";

/** The schema of a response: turns its wire format into ours. */
export type Shape<Value> = z.ZodMiniType<Value, unknown>;

/** A response that is not documented, or has no content: any success will do. */
export const anySuccess: Shape<unknown> = z.unknown();

export interface ApiRequest extends Omit<HttpRequest, "path"> {
  readonly path: string | NestedPath;
}

/** A request that creates something, as data: what is sent, what a dry run shows, what a ledger keeps the hash of. */
export interface Create<Thing> {
  readonly path: string | NestedPath;
  readonly body: object;
  /** Sent with the body, and never shown or stored. */
  readonly secrets?: object;
  readonly shape: Shape<Thing>;
}

/** Sends a request and parses the response; throws only NectarErrors. */
export type Call = <Value>(request: ApiRequest, shape: Shape<Value>) => Promise<Value>;

export interface CallOptions {
  /** The path forms that worked in earlier runs. */
  readonly known: KnownForms;
  /** Called once for each form that is found to work. */
  readonly onForm: (nested: Nested, form: PathForm) => void;
  /** Whether this run has seen the company, so that a 404 below it is about the form. */
  readonly hasSeen: (companyId: string) => boolean;
}

interface KnownForm {
  readonly form: PathForm;
  /** The methods with which it worked in this run; with these, a 404 is about the requested object. */
  readonly methods: Set<string>;
}

const KINDS = ["sites", "connections"] as const satisfies readonly Nested[];

export function createCall(http: Pick<Http, "send">, options: CallOptions): Call {
  const known = new Map<Nested, KnownForm>();
  const searches = new Map<Nested, Promise<void>>();
  for (const kind of KINDS) {
    const form = options.known[kind];
    if (form !== undefined) known.set(kind, { form, methods: new Set() });
  }

  function confirm(kind: Nested, form: PathForm, method: string): void {
    const before = known.get(kind);
    const methods = before?.form === form ? before.methods : new Set<string>();
    if (methods.size === 0 && options.known[kind] !== form) options.onForm(kind, form);
    known.set(kind, { form, methods: methods.add(method) });
  }

  /** Uses the first form of a server's own list, such as `guide, reference`, for anything not known yet. */
  function useReported(list: string): void {
    const form = list.split(",", 1)[0]?.trim();
    if (form !== "guide" && form !== "reference") return;
    for (const kind of KINDS) {
      if (!known.has(kind) && !searches.has(kind)) known.set(kind, { form, methods: new Set() });
    }
  }

  /** Starts with the form known for this kind, else the one that worked for the other kind, else the guide's. */
  function order(kind: Nested): readonly [PathForm, PathForm] {
    const best = known.get(kind) ?? [...known.values()].find(({ methods }) => methods.size > 0);
    return formsToTry(best?.form);
  }

  /**
   * A 404 or 405 created nothing, so once the company is known to exist, trying the other form is safe even for a create.
   */
  async function sendNested(
    { kind, companyId }: NestedPath,
    request: Omit<HttpRequest, "path">,
  ): Promise<HttpResponse> {
    const isConfirmed = known.get(kind)?.methods.has(request.method) ?? false;
    const [first, second] = order(kind);
    let form = first;
    let response: HttpResponse;
    try {
      response = await http.send({ ...request, path: nestedPath(kind, first, companyId) });
    } catch (error) {
      if (isConfirmed || !isUnrouted(error)) throw error;
      if (!options.hasSeen(companyId)) {
        await http.send({ method: "GET", path: pathOf`/company/${companyId}` });
      }
      form = second;
      response = await http.send({ ...request, path: nestedPath(kind, second, companyId) });
    }
    confirm(kind, form, request.method);
    return response;
  }

  function receive<Value>(response: HttpResponse, shape: Shape<Value>): Value {
    if (response.pathForms !== null) useReported(response.pathForms);
    return parse(response, shape);
  }

  return async ({ path, ...request }, shape) => {
    if (typeof path === "string") return receive(await http.send({ ...request, path }), shape);
    const { kind } = path;
    // Until the form is known, one request finds it while the others wait; if that one fails, the next one tries.
    while (!known.has(kind) && searches.has(kind)) await searches.get(kind);
    const response = sendNested(path, request);
    if (!known.has(kind)) {
      const over = () => void searches.delete(kind);
      searches.set(kind, response.then(over, over));
    }
    return receive(await response, shape);
  };
}

function isUnrouted(error: unknown): boolean {
  return error instanceof NectarError && (error.httpStatus === 404 || error.httpStatus === 405);
}

/** @throws NetworkError that names the field if the response does not match the schema */
function parse<Value>(response: HttpResponse, shape: Shape<Value>): Value {
  const result = z.safeParse(shape, response.body);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const field = issue === undefined || issue.path.length === 0 ? "" : ` at ${issue.path.join(".")}`;
  throw badResponse(`an unexpected format${field}`, response.exchange, response.status);
}
