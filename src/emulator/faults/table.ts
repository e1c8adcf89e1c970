/**
 * The fields of a fault: their schema, flag, description and behaviour. The flags and help of `nectar emulator fault`, the
 * JSON of the control route and the library's types are derived from this table.
 * "Before" is before the request is handled; "after" is once its changes are committed.
 */
import * as z from "zod/mini";
import {
  DURATION_ALLOWED,
  LONGEST_WAIT_MS,
  parseDuration,
  readDuration,
} from "../../words/duration.ts";
import { parseUrl, type Unchanged } from "../given.ts";
import { FAULT_METHODS, isPathPattern, PATH_RULE, ROUTE_NAMES } from "./aim.ts";
import {
  brokenOff,
  loginPage,
  type MetRequest,
  never,
  sendEndless,
  sendSlowly,
  sendTruncated,
  statusResponse,
  switchProtocols,
  waited,
  without,
} from "./sending.ts";

/** A field of a fault. Uses method syntax, which is bivariant, so that an entry can be used as `FaultField<unknown>`. */
export interface FaultField<Value> {
  readonly schema: z.ZodMiniType<Value>;
  /** In commander's syntax. */
  readonly flag: string;
  readonly help: string;
  /** The allowed values, to complete the sentence "it takes …"; for a flag without a value, the value that it sets. */
  readonly takes: string | { readonly on: NoInfer<Value> };
  /** Parses the flag's text into a value, which the schema then validates; default the text itself. */
  read?(text: string): unknown;
  /** Whether the flag may be repeated, each time adding to the value. */
  readonly repeatable?: boolean;
  /** The effects that this field modifies, at least one of which is required. */
  readonly goesWith?: readonly string[];
  /** The description in the list of faults. */
  words?(value: Value, details: Details): string;
  /** What goes wrong; a request gets only one effect. @returns null when the response was already sent, or never will be */
  effect?(value: Value, request: MetRequest, details: Details): Promise<Response | null>;
  /** Whether the effect sends the API's own response, so that changes can be combined with it. */
  readonly sends?: true;
  /** Changes the API's own response; a request gets all changes, besides one effect. */
  change?(value: Value, request: MetRequest): Promise<Response>;
  /** Combines the values of several faults. */
  merge?(values: readonly Value[]): Value;
}

type ValueOf<Field> = Field extends FaultField<infer Value> ? Unchanged<Value> : never;

/** The values of a record of fields, all optional. */
export type Values<Fields> = {
  readonly [Name in keyof Fields]?: ValueOf<Fields[Name]> | undefined;
};

/** The longest that a list may lag, in milliseconds, which is also how long deleted objects are stored. */
export const LONGEST_LAG_MS = 60 * 60 * 1000;

const STATUS_RULE = "101, or a whole number from 200 to 599";
const MEMBER_RULE = "member names such as username, but not id";
const URL_RULE = "an http or https URL";
const COUNT_ALLOWED = "a whole number above zero";

/** Headers that follow from the body, or break HTTP framing when wrong. */
const FRAMING = ["content-length", "transfer-encoding", "connection", "keep-alive", "trailer"];

const MOMENTS = z.enum(["before", "after"], "must be before or after");
type Moment = z.infer<typeof MOMENTS>;

const MOMENT = { schema: MOMENTS, takes: "before (acting) or after (the commit)" };
const SWITCH = {
  schema: z.literal(true, "must be true, or left out"),
  takes: { on: true },
} as const;
const WAIT = { schema: whole(1, LONGEST_WAIT_MS), takes: DURATION_ALLOWED, read: parseDuration };
const SIZE = { schema: whole(0), takes: "a whole number", read: readWhole };

const DETAILS = {
  headers: field({
    schema: z
      .record(z.string(), z.string("must be text"), "must be an object")
      .check(
        z.refine(
          (headers) => Object.entries(headers).every(isHeader),
          "must have valid names and printable values, without headers that frame the message",
        ),
      ),
    flag: "--header <HEADER>",
    help: "with --status: a header such as 'Retry-After: 2'; may be repeated",
    takes: "'Name: value', except headers that frame the message",
    repeatable: true,
    read(text) {
      const colon = text.indexOf(":");
      return { [text.slice(0, Math.max(colon, 0)).trim()]: text.slice(colon + 1).trim() };
    },
    goesWith: ["status"],
  }),
  body: field({
    schema: z.unknown(),
    flag: "--body <TEXT>",
    help: "with --status: the body, JSON or text (default: an error in JSON)",
    takes: "JSON or any text",
    read: readBody,
    goesWith: ["status"],
  }),
  after: field({
    schema: z.literal("commit", "must be commit, or left out"),
    flag: "--after-commit",
    help: "with --status: act first, then respond with that status",
    takes: { on: "commit" },
    goesWith: ["status"],
  }),
  when: field({
    schema: MOMENTS,
    flag: "--before-commit",
    help: "with --endless, --html, --malformed: respond without acting",
    takes: { on: "before" },
    goesWith: ["endless", "html", "malformed"],
  }),
};

/** The fields that modify an effect. */
type Details = Values<typeof DETAILS>;

/** In the order of the help. */
export const FAULT_FIELDS = {
  method: field({
    schema: z.enum(FAULT_METHODS, `must be one of ${FAULT_METHODS.join(", ")}`),
    flag: "--method <METHOD>",
    help: `the method of requests that get it: ${FAULT_METHODS.join(", ")} (default: *)`,
    takes: FAULT_METHODS.join(", "),
  }),
  /** Below the version, such as `/company/:id/site` with `*` for the ID; `*` is one segment, `**` at the end any rest. */
  path: field({
    schema: text(isPathPattern, PATH_RULE),
    flag: "--path <PATTERN>",
    help: "their path, such as /company/*/site; * is one segment, ** any rest (default: **)",
    takes: PATH_RULE,
  }),
  /** A route name such as `connections.create`, in either path form, instead of `method` and `path`. */
  route: field({
    schema: z.enum(ROUTE_NAMES, `must be one of ${ROUTE_NAMES.join(", ")}`),
    flag: "--route <NAME>",
    help: `instead of both, a route in either path form: ${ROUTE_NAMES.join(", ")}`,
    takes: ROUTE_NAMES.join(", "),
  }),
  /** How many matching requests to let through first; default 0. */
  skip: field({
    ...SIZE,
    flag: "--skip <N>",
    help: "let this many of them through first (default: 0)",
  }),
  /** How many requests get it after that; default 1, null for all. */
  times: field({
    schema: z.nullable(whole(1)),
    flag: "--times <N>",
    help: "how many get it after that, or forever (default: 1)",
    takes: `${COUNT_ALLOWED}, or forever`,
    read: (text) => (text === "forever" ? null : readWhole(text)),
  }),

  /** Respond with this status without acting: 101, or from 200 to 599. */
  status: field({
    schema: z.int(`must be ${STATUS_RULE}`).check(z.refine(isStatus, `must be ${STATUS_RULE}`)),
    flag: "--status <CODE>",
    help: "respond with this status without acting; 101 switches protocols, then nothing follows",
    takes: STATUS_RULE,
    read: readWhole,
    words(status, { after, headers = {} }) {
      const more = Object.entries(headers).map(([name, value]) => `, ${name}: ${value}`);
      return `status ${status}${after === "commit" ? " after the commit" : ""}${more.join("")}`;
    },
    async effect(status, request, { after, headers, body }) {
      if (after === "commit") await request.act();
      return status === 101
        ? switchProtocols(headers, request)
        : statusResponse(status, headers, body);
    },
  }),
  headers: DETAILS.headers,
  /** Text is sent as is, anything else as JSON. */
  body: DETAILS.body,
  /** With `status`: act first, then respond with that status. */
  after: DETAILS.after,
  delayMs: field({
    ...WAIT,
    flag: "--delay <DURATION>",
    help: "act, then wait this long before responding",
    words: (ms) => `delay of ${durationOf(ms)}`,
    sends: true,
    async effect(ms, request) {
      const response = await request.act();
      await waited(ms, request.gone, request);
      return response;
    },
  }),
  /** Act and respond this many milliseconds later, even if the client disconnects; dropped when the emulator is closed. */
  commitAfterMs: field({
    ...WAIT,
    flag: "--commit-after <DURATION>",
    help: "act and respond this much later, even if the client has disconnected by then",
    words: (ms) => `commit after ${durationOf(ms)}`,
    sends: true,
    async effect(ms, request) {
      await request.receive();
      return (await waited(ms, request.closing, request)) ? request.act() : null;
    },
  }),
  /** Close the connection without a response. */
  cut: field({
    ...MOMENT,
    flag: "--cut <WHEN>",
    help: "close the connection without a response, before acting or after the commit",
    words: (moment) => `cut ${momentOf(moment)}`,
    async effect(moment, request) {
      if (moment === "after") await request.act();
      request.outgoing.socket?.destroy();
      return null;
    },
  }),
  /** Act, declare the full content length, send only this many bytes of the body, and close the connection. */
  truncate: field({
    ...SIZE,
    flag: "--truncate <BYTES>",
    help: "act, send this many bytes of the body, close the connection",
    words: (bytes) => `cut after ${bytes} bytes of the body`,
    sends: true,
    effect: async (bytes, request) => sendTruncated(await request.act(), bytes, request),
  }),
  slowBody: field({
    schema: z.strictObject({ bytesPerSecond: whole(1) }, "must be an object with bytesPerSecond"),
    flag: "--slow <BYTES>",
    help: "act, then send this many bytes of the body per second",
    takes: COUNT_ALLOWED,
    read: (text) => ({ bytesPerSecond: readWhole(text) }),
    words: ({ bytesPerSecond }) => `body at ${bytesPerSecond} bytes per second`,
    sends: true,
    effect: async ({ bytesPerSecond }, request) =>
      sendSlowly(await request.act(), bytesPerSecond, request),
  }),
  /** Respond with status 200 and JSON that never ends. */
  endless: field({
    ...SWITCH,
    flag: "--endless",
    help: "act, then send JSON that never ends",
    words: (_, { when }) => `endless body${beforeOf(when)}`,
    effect: (_, request, { when }) => actUnless(when, request).then(() => sendEndless(request)),
  }),
  /** Respond with status 200 and a login page. */
  html: field({
    ...SWITCH,
    flag: "--html",
    help: "act, then respond with a login page",
    words: (_, { when }) => `HTML page${beforeOf(when)}`,
    effect: (_, request, { when }) => actUnless(when, request).then(loginPage),
  }),
  malformed: field({
    ...SWITCH,
    flag: "--malformed",
    help: "act, then respond with truncated JSON",
    words: (_, { when }) => `malformed JSON${beforeOf(when)}`,
    sends: true,
    effect: (_, request, { when }) => actUnless(when, request).then(brokenOff),
  }),
  /** Whether to act before that response; default `"after"`. */
  when: DETAILS.when,
  /** Respond with a 307 redirect to this URL, without acting. */
  redirect: field({
    schema: text((url) => parseUrl(url) !== null, URL_RULE),
    flag: "--redirect <URL>",
    help: "respond with a 307 redirect to this URL without acting",
    takes: URL_RULE,
    words: (url) => `redirect to ${url}`,
    effect: async (url) =>
      new Response(null, { status: 307, headers: { location: new URL(url).href } }),
  }),
  /** Never respond. */
  hang: field({
    ...MOMENT,
    flag: "--hang <WHEN>",
    help: "never respond, before acting or after the commit",
    words: (moment) => `no response ${momentOf(moment)}`,
    async effect(moment, request) {
      if (moment === "after") await request.act();
      return never(request.gone);
    },
  }),

  /** Lists show the state from this many milliseconds ago by the emulator's time, up to an hour; reads by ID do not lag. */
  lagMs: field({
    schema: whole(1, LONGEST_LAG_MS),
    flag: "--lag <DURATION>",
    help: "lists show the state from this long ago, up to 1h; reads by ID do not lag",
    takes: "a duration above zero of at most 1h, such as 500ms or 5s",
    read: (text) => readDuration(text, LONGEST_LAG_MS),
    words: (ms) => `lists from ${durationOf(ms)} ago`,
    change(ms, request) {
      request.lagLists(ms);
      return request.act();
    },
    merge: (lags) => Math.max(...lags),
  }),
  /** Members to leave out of every object of the response; `id` is not allowed. */
  omit: field({
    schema: z
      .array(text(isMember, MEMBER_RULE), "must be a list of names")
      .check(z.minLength(1, "must contain at least one name")),
    flag: "--omit <FIELDS>",
    help: "leave these members out of every object of the response, such as username,sites",
    takes: `${MEMBER_RULE}, separated by commas`,
    read: (text) => text.split(",").map((name) => name.trim()),
    words: (members) => `without ${members.join(", ")}`,
    change: async (members, request) => without(members, await request.act()),
    merge: (lists) => [...new Set(lists.flat())],
  }),
};

function field<Value>(entry: FaultField<Value>): FaultField<Value> {
  return entry;
}

function text(isAllowed: (given: string) => boolean, rule: string) {
  return z.string("must be text").check(z.refine(isAllowed, `must be ${rule}`));
}

function isStatus(status: number): boolean {
  return status === 101 || (status >= 200 && status <= 599);
}

function whole(least: number, most: number = Number.MAX_SAFE_INTEGER) {
  const rule =
    most === Number.MAX_SAFE_INTEGER
      ? `must be a whole number of at least ${least}`
      : `must be a whole number from ${least} to ${most}`;
  return z.int(rule).check(z.gte(least, rule), z.lte(most, rule));
}

function readWhole(text: string): number | null {
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}

function readBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Whether the name and value are valid by RFC 9110 §5.1 and §5.5, and the header does not frame the message. */
function isHeader([name, value]: readonly [name: string, value: string]): boolean {
  return (
    /^[\w!#$%&'*+.^`|~-]+$/.test(name) &&
    /^[\t\x20-\x7e]*$/.test(value) &&
    !FRAMING.includes(name.toLowerCase())
  );
}

function isMember(name: string): boolean {
  return /^[A-Za-z]\w{0,99}$/.test(name) && name !== "id";
}

async function actUnless(when: Moment | undefined, request: MetRequest): Promise<Response | null> {
  return when === "before" ? null : request.act();
}

function beforeOf(when: Moment | undefined): string {
  return when === "before" ? " before acting" : "";
}

function momentOf(moment: Moment): string {
  return moment === "before" ? "before acting" : "after the commit";
}

/** Formats a duration in the largest unit that gives a whole number. */
function durationOf(ms: number): string {
  if (ms % 60_000 === 0) return `${ms / 60_000} min`;
  return ms % 1000 === 0 ? `${ms / 1000} s` : `${ms} ms`;
}
