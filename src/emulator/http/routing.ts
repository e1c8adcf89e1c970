/** How a route is put into the app: its methods, the answer to any other method, and what every route needs. */
import type { Context, Hono, MiddlewareHandler } from "hono";
import type { PathForms } from "../options.ts";
import type { ConnectingParts } from "../statuses/connecting.ts";
import type { EmulatorStore } from "../store.ts";
import { notFound } from "./refusal.ts";
import { toUuid } from "./validation.ts";

/** What routes work with. */
export interface RouteParts extends ConnectingParts {
  readonly store: EmulatorStore;
  /** The machine's; see `emulatorTime` for the emulator's. */
  readonly clock: { now(): number };
  readonly paths: PathForms;
  /** The emulator's key; secrets that nobody needs to store are derived from it. */
  readonly key: string;
  /** Where the page of an invitation is served, for links that are given out. */
  readonly originOf: (c: Context) => Promise<string>;
}

/**
 * The header that tells which path forms are answered, such as `guide, reference`. Ours, not the vendor's: it spares a
 * client the request that would find out.
 */
const PATH_FORMS_HEADER = "x-nectar-path-forms";

/** Puts that header on every answer of the API, also on one that is an error; not on one that a fault makes up. */
export function tellPathForms(forms: PathForms): MiddlewareHandler {
  const value = forms === "both" ? "guide, reference" : forms;
  return async (c, next) => {
    // Set before there is an answer: so a fault that sends it piece by piece sends this, too.
    c.header(PATH_FORMS_HEADER, value);
    await next();
  };
}

type Method = "GET" | "POST" | "PATCH" | "DELETE";
type Handler = (c: Context) => Response | Promise<Response>;

/** Puts a path with its methods into the app; any other method is answered 405. */
export function addRoute(
  app: Hono,
  path: string,
  handlers: Readonly<Partial<Record<Method, Handler>>>,
): void {
  for (const [method, handler] of Object.entries(handlers)) app.on(method, path, handler);
  const allowed = Object.keys(handlers).join(", ");
  // Our choice of words; no 405 is documented.
  app.all(path, (c) =>
    c.json({ detail: `Method "${c.req.method}" is not allowed here.` }, 405, { Allow: allowed }),
  );
}

/** Puts the same methods at the guide's path and at the reference's, as far as each form is on. */
export function addBothForms(
  app: Hono,
  forms: PathForms,
  path: { readonly guide: string; readonly reference: string },
  handlers: Readonly<Partial<Record<Method, Handler>>>,
): void {
  if (forms !== "reference") addRoute(app, path.guide, handlers);
  if (forms !== "guide") addRoute(app, path.reference, handlers);
}

/** @throws {Refusal} 404 when the path holds no UUID. Our choice: the pages do not say. */
export function idOf(c: Context): string {
  const id = toUuid(c.req.param("id"));
  if (id === null) throw notFound();
  return id;
}

/** @throws {Refusal} 404 when there is no such object */
export function found<T>(object: T | undefined): T {
  if (object === undefined) throw notFound();
  return object;
}
