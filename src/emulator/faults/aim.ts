/** Which requests a fault applies to: by method and path, or by route name. Our own, not Nectar's. Pure. */

import { isKeyOf } from "../given.ts";

export const FAULT_METHODS = ["GET", "POST", "PATCH", "DELETE", "*"] as const;

/**
 * The routes by name: the method, then every form of the path in the vendor's pages, so that a fault applies whichever one
 * a client uses.
 */
const ROUTES = {
  ping: "GET /ping",
  "companies.list": "GET /company",
  "companies.create": "POST /company",
  "companies.get": "GET /company/*",
  "companies.update": "PATCH /company/*",
  "companies.delete": "DELETE /company/*",
  "sites.create": "POST /company/*/site /site/company/*",
  "sites.get": "GET /site/*",
  "sites.update": "PATCH /site/*",
  "connections.list": "GET /company/*/connection /connection/company/*",
  "connections.create": "POST /company/*/connection /connection/company/*",
  "connections.get": "GET /connection/*/details",
  "magic-links.company": "* /company/*/connection/link /connection/company/*/link",
  "magic-links.connection": "* /connection/*",
  "accounts.list": "GET /company/*/account",
  "accounts.update": "PATCH /account/*",
  "meters.list": "GET /company/*/meter",
  "meters.get": "GET /meter/*",
  "documents.list":
    "GET /company/*/document /document/company/* /document/site/* /document/connection/*",
  "documents.get": "GET /document/*",
  "usage.list":
    "GET /company/*/usage /usage/company/* /usage/site/* /usage/connection/* /usage/document/*",
  "usage.get": "GET /usage/*",
  "intervals.list": "GET /interval/connection/*",
  "invitations.create": "POST /invitation/company/*",
  "invitations.reconnect": "POST /invitation/connection/*",
  "invitations.list": "GET /invitation/company/*",
  "invitations.get": "GET /invitation/*",
  "invitations.revoke": "POST /invitation/*/revoke",
  "jobs.create": "POST /job/company/*",
  "jobs.get": "GET /job/*",
  "team.get": "GET /team",
} as const satisfies Record<string, string>;

type RouteName = keyof typeof ROUTES;

export const ROUTE_NAMES = Object.keys(ROUTES).filter((name) => isKeyOf(ROUTES, name));

interface Aim {
  readonly method?: string | undefined;
  readonly path?: string | undefined;
  readonly route?: RouteName | undefined;
}

/** @param request.path the path below the version prefix, such as `/company` */
export function isAimedAt(
  { method = "*", path = "**", route }: Aim,
  request: { readonly method: string; readonly path: string },
): boolean {
  const [wanted, ...paths] = route === undefined ? [method, path] : ROUTES[route].split(" ");
  return (
    (wanted === "*" || wanted === request.method) &&
    paths.some((pattern) => matches(pattern, request.path))
  );
}

function matches(pattern: string, path: string): boolean {
  const wanted = segmentsOf(pattern);
  const given = segmentsOf(path);
  const open = wanted.at(-1) === "**";
  if (open) wanted.pop();
  if (open ? given.length < wanted.length : given.length !== wanted.length) return false;
  return wanted.every((segment, index) => segment === "*" || segment === given[index]);
}

function segmentsOf(path: string): string[] {
  return path.replace(/^\//, "").split("/");
}

export const PATH_RULE =
  "a path without the version, such as /company/*/site: * is one segment, ** at the end is any rest";

/** Whether a text is a valid pattern that can match at least one path. */
export function isPathPattern(text: string): boolean {
  if (text === "**") return true;
  const [start, ...segments] = text.split("/");
  const last = segments.length - 1;
  return (
    start === "" &&
    segments.length > 0 &&
    !/^\/v2(?:\.\d)?(?:\/|$)/.test(text) &&
    segments.every((segment, index) =>
      segment.includes("*")
        ? segment === "*" || (segment === "**" && index === last)
        : /^[A-Za-z0-9._~%:@!$&'()+,;=-]+$/.test(segment),
    )
  );
}
