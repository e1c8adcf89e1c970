/** Registers routes: their methods, the answer to any other method, and what every route needs. */
import type { Context, Hono, MiddlewareHandler } from "hono";
import type * as z from "zod/mini";
import { type Clock, emulatorTime } from "../clock.ts";
import type { PathForms } from "../options.ts";
import type { View } from "../state/collections.ts";
import type { Change } from "../state/entities.ts";
import type { ConnectingParts } from "../statuses/connecting.ts";
import type { EmulatorStore } from "../store.ts";
import { readJson } from "./body.ts";
import { type ListMoment, listMoment } from "./lists.ts";
import { notFound } from "./refusal.ts";
import { parseFields, toUuid } from "./validation.ts";

export interface RouteParts extends ConnectingParts {
  readonly store: EmulatorStore;
  readonly clock: Clock;
  readonly paths: PathForms;
  /** The emulator's key; secrets are derived from it so that they need not be stored. */
  readonly key: string;
  /** The origin that serves invitation pages, for links. */
  readonly originOf: (c: Context) => Promise<string>;
}

/**
 * The header that lists the supported path forms, such as `guide, reference`. Ours, not the vendor's: it saves a client
 * the request to find out.
 */
const PATH_FORMS_HEADER = "x-nectar-path-forms";

/** Sets that header on every API response, including errors, but not on responses that a fault makes up. */
export function announcePathForms(forms: PathForms): MiddlewareHandler {
  const value = forms === "both" ? "guide, reference" : forms;
  return async (c, next) => {
    // Set before the response exists, so that a fault that sends it in pieces includes the header.
    c.header(PATH_FORMS_HEADER, value);
    await next();
  };
}

type Method = "GET" | "POST" | "PATCH" | "DELETE";
type Handler = (c: Context) => Response | Promise<Response>;

/** Registers a path with its methods; any other method is answered with 405. */
export function addRoute(
  app: Hono,
  path: string,
  handlers: Readonly<Partial<Record<Method, Handler>>>,
): void {
  for (const [method, handler] of Object.entries(handlers)) app.on(method, path, handler);
  refuseOtherMethods(app, path, Object.keys(handlers));
}

/** Answers what no earlier route of a path has answered. Our choice of wording; no 405 is documented. */
export function refuseOtherMethods(app: Hono, path: string, allowed: readonly string[]): void {
  const headers = { Allow: allowed.join(", ") };
  app.all(path, (c) =>
    c.json({ detail: `Method "${c.req.method}" is not allowed here.` }, 405, headers),
  );
}

/** Registers the same methods at the guide's path and the reference's, if that form is enabled. */
export function addBothForms(
  app: Hono,
  forms: PathForms,
  path: { readonly guide: string; readonly reference: string },
  handlers: Readonly<Partial<Record<Method, Handler>>>,
): void {
  if (forms !== "reference") addRoute(app, path.guide, handlers);
  if (forms !== "guide") addRoute(app, path.reference, handlers);
}

/** @throws {Refusal} 404 when the path has no valid UUID. Our choice: the docs do not say. */
export function idOf(c: Context): string {
  const id = toUuid(c.req.param("id"));
  if (id === null) throw notFound();
  return id;
}

/** Answers with what a query makes of the object that the path names. */
export function reading(
  { store, clock }: RouteParts,
  query: (view: View, id: string, now: number, c: Context) => object,
): Handler {
  return async (c) => {
    const id = idOf(c);
    return c.json(await store.read((view) => query(view, id, emulatorTime(view, clock), c)));
  };
}

/** Answers with a list of what the path names. */
export function listing(
  { store, clock }: RouteParts,
  list: (c: Context, view: View, id: string, moment: ListMoment) => Response,
): Handler {
  return async (c) => {
    const id = idOf(c);
    return store.read((view) => list(c, view, id, listMoment(c, view, clock)));
  };
}

/** Reads a JSON body by a schema. */
export function json<Given>(schema: z.ZodMiniType<Given>): (c: Context) => Promise<Given> {
  return async (c) => parseFields(schema, await readJson(c));
}

/** Answers with what is given, as `read` returns it, makes of the object that the path names. */
export function changing<Given>(
  { store, clock }: RouteParts,
  read: (c: Context) => Given | Promise<Given>,
  status: 200 | 201,
  change: (
    target: { readonly view: View; readonly id: string; readonly now: number; readonly c: Context },
    given: Given,
    changes: Change[],
  ) => object,
): Handler {
  return async (c) => {
    const id = idOf(c);
    const given = await read(c);
    const body = await store.write((view, changes) =>
      change({ view, id, now: emulatorTime(view, clock), c }, given, changes),
    );
    return c.json(body, status);
  };
}
