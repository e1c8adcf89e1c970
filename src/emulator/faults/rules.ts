/**
 * The fault menu in words and rules: which requests a fault can mean, which effects there are, and what goes together.
 * All of it is our own: Nectar has no such thing. Pure, and light enough for a command's help.
 */

export const FAULT_METHODS = ["GET", "POST", "PATCH", "DELETE", "*"] as const;

/** What goes wrong with a request: a fault has at most one of these fields, and a request meets at most one. */
export const FAULT_EFFECTS = [
  "status",
  "delayMs",
  "commitAfterMs",
  "cut",
  "truncate",
  "slowBody",
  "endless",
  "html",
  "malformed",
  "redirect",
  "hang",
] as const;

/** What changes in an answer of the API's own: a request gets all of these that it meets, beside one effect. */
export const FAULT_CHANGES = ["lagMs", "omit"] as const;

/** The effects that send such an answer, so that a fault may have changes beside them. */
const SENDING = ["delayMs", "commitAfterMs", "truncate", "slowBody", "malformed"];

/** The longest that a list may lag, in milliseconds: what was deleted is remembered for so long. */
export const LONGEST_LAG_MS = 60 * 60 * 1000;

/** Fields that say more about an effect, and the effects that they may stand beside. */
const COMPANIONS: readonly (readonly [field: string, effects: readonly string[]])[] = [
  ["headers", ["status"]],
  ["body", ["status"]],
  ["after", ["status"]],
  ["when", ["endless", "html", "malformed"]],
];

interface Route {
  readonly method: string;
  /** Every form in which the vendor's pages give its path. */
  readonly paths: readonly string[];
}

/** The routes by name. One name means both path forms, so that a fault need not know which of them a client speaks. */
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

export type RouteName = keyof typeof ROUTES;

export const ROUTE_NAMES = Object.keys(ROUTES).filter(isRouteName);

export function isRouteName(text: string): text is RouteName {
  return Object.hasOwn(ROUTES, text);
}

/** Which requests a fault means. */
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

/** Whether a text is a pattern that can match anything at all. */
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

export const STATUS_RULE = "101, or a whole number from 200 to 599";

/** Whether a fault can answer this: a final answer, or the change to another protocol. */
export function isStatus(status: number): boolean {
  return status === 101 || (status >= 200 && status <= 599);
}

export const MEMBER_RULE = "names of members such as username, without id";

/** Whether members of this name can be left out: an object without its ID is another fault, which no list can show. */
export function isMember(name: string): boolean {
  return /^[A-Za-z]\w{0,99}$/.test(name) && name !== "id";
}

/** Headers whose value follows from the body, or ends the connection's framing when it is wrong. */
const FRAMING = ["content-length", "transfer-encoding", "connection", "keep-alive", "trailer"];

/** A name and a value as RFC 9110 §5.1 and §5.5 allow them, and none that frames the message. */
export function isHeader(name: string, value: string): boolean {
  return (
    /^[\w!#$%&'*+.^`|~-]+$/.test(name) &&
    /^[\t\x20-\x7e]*$/.test(value) &&
    !FRAMING.includes(name.toLowerCase())
  );
}

export function isWebUrl(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text);
}

/**
 * Checks what was given together.
 *
 * @param isGiven whether a field has a value
 * @param nameOf how the reader knows a field: its own name, or a flag
 * @returns one sentence, without its full stop, for each broken rule
 */
export function combinationProblems(
  isGiven: (field: string) => boolean,
  nameOf: (field: string) => string,
): readonly string[] {
  const list = (fields: readonly string[]) => fields.map(nameOf).join(", ");
  const problems: string[] = [];
  const effects = FAULT_EFFECTS.filter(isGiven);
  const changes = FAULT_CHANGES.filter(isGiven);
  if (effects.length + changes.length === 0) {
    problems.push(`one of ${list([...FAULT_EFFECTS, ...FAULT_CHANGES])} is required`);
  }
  if (effects.length > 1) problems.push(`${list(effects)}: only one of these at a time`);
  const replacing = effects.filter((effect) => !SENDING.includes(effect));
  if (changes.length > 0 && replacing.length > 0) {
    problems.push(`${list(changes)}: of all effects goes only with ${list(SENDING)}`);
  }
  for (const [field, hosts] of COMPANIONS) {
    if (isGiven(field) && !hosts.some(isGiven)) {
      problems.push(`${nameOf(field)}: goes only with ${list(hosts)}`);
    }
  }
  if (isGiven("route") && (isGiven("method") || isGiven("path"))) {
    problems.push(
      `${nameOf("route")}: stands for ${nameOf("method")} and ${nameOf("path")}, so give it alone`,
    );
  }
  return problems;
}
