/** Which requests a fault applies to: by method and path, or by route name. Our own, not Nectar's. Pure. */

export const FAULT_METHODS = ["GET", "POST", "PATCH", "DELETE", "*"] as const;

interface Route {
  readonly method: string;
  /** Every form of its path in the vendor's pages. */
  readonly paths: readonly string[];
}

/** The routes by name. A name covers both path forms, so that a fault applies whichever one a client uses. */
const ROUTES = {
  ping: { method: "GET", paths: ["/ping"] },
  "companies.list": { method: "GET", paths: ["/company"] },
  "companies.create": { method: "POST", paths: ["/company"] },
  "companies.get": { method: "GET", paths: ["/company/*"] },
  "companies.update": { method: "PATCH", paths: ["/company/*"] },
  "companies.delete": { method: "DELETE", paths: ["/company/*"] },
  "sites.create": { method: "POST", paths: ["/company/*/site", "/site/company/*"] },
  "sites.get": { method: "GET", paths: ["/site/*"] },
  "sites.update": { method: "PATCH", paths: ["/site/*"] },
  "connections.list": {
    method: "GET",
    paths: ["/company/*/connection", "/connection/company/*"],
  },
  "connections.create": {
    method: "POST",
    paths: ["/company/*/connection", "/connection/company/*"],
  },
  "connections.get": { method: "GET", paths: ["/connection/*/details"] },
  "magic-links.company": {
    method: "*",
    paths: ["/company/*/connection/link", "/connection/company/*/link"],
  },
  "magic-links.connection": { method: "*", paths: ["/connection/*"] },
  "accounts.list": { method: "GET", paths: ["/company/*/account"] },
  "accounts.update": { method: "PATCH", paths: ["/account/*"] },
  "meters.list": { method: "GET", paths: ["/company/*/meter"] },
  "meters.get": { method: "GET", paths: ["/meter/*"] },
  "documents.list": {
    method: "GET",
    paths: [
      "/company/*/document",
      "/document/company/*",
      "/document/site/*",
      "/document/connection/*",
    ],
  },
  "documents.get": { method: "GET", paths: ["/document/*"] },
  "usage.list": {
    method: "GET",
    paths: [
      "/company/*/usage",
      "/usage/company/*",
      "/usage/site/*",
      "/usage/connection/*",
      "/usage/document/*",
    ],
  },
  "usage.get": { method: "GET", paths: ["/usage/*"] },
  "intervals.list": { method: "GET", paths: ["/interval/connection/*"] },
  "invitations.create": { method: "POST", paths: ["/invitation/company/*"] },
  "invitations.reconnect": { method: "POST", paths: ["/invitation/connection/*"] },
  "invitations.list": { method: "GET", paths: ["/invitation/company/*"] },
  "invitations.get": { method: "GET", paths: ["/invitation/*"] },
  "invitations.revoke": { method: "POST", paths: ["/invitation/*/revoke"] },
  "jobs.create": { method: "POST", paths: ["/job/company/*"] },
  "jobs.get": { method: "GET", paths: ["/job/*"] },
  "team.get": { method: "GET", paths: ["/team"] },
} as const satisfies Record<string, Route>;

type RouteName = keyof typeof ROUTES;

export const ROUTE_NAMES = Object.keys(ROUTES).filter(isRouteName);

function isRouteName(text: string): text is RouteName {
  return Object.hasOwn(ROUTES, text);
}

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
  const aim: Route = route === undefined ? { method, paths: [path] } : ROUTES[route];
  return (
    (aim.method === "*" || aim.method === request.method) &&
    aim.paths.some((pattern) => matches(pattern, request.path))
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
