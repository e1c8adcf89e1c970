/**
 * What a fault can say, one entry for each of its fields: what is allowed, the flag, the words of the list, and what happens.
 * The flags and the help of `nectar emulator fault`, the JSON of the control route and the library's types come from here.
 * "Before" is before the request is acted on, "after" is when all that it does is stored.
 */
import * as z from "zod/mini";
import { LONGEST_WAIT_MS, readDuration } from "../clock.ts";
import type { Unchanged } from "../given.ts";
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

/** A field of a fault. The methods are written as such, so that an entry can stand where its value is not known. */
export interface FaultField<Value> {
  readonly schema: z.ZodMiniType<Value>;
  /** As commander writes it. */
  readonly flag: string;
  readonly help: string;
  /** What the flag takes, to end the sentence "it takes …"; for a flag without a value, the value that it stands for. */
  readonly takes: string | { readonly on: NoInfer<Value> };
  /** The value of the flag's text, which the schema checks; the text itself when not given. */
  read?(text: string): unknown;
  /** Whether the flag may be repeated; each time gives a part of the value. */
  readonly repeatable?: boolean;
  /** The effects that this says more about. */
  readonly goesWith?: readonly string[];
  /** For the list of faults. */
  words?(value: Value, details: Details): string;
  /** What goes wrong with a request, which gets only one of these. @returns null when the answer was sent, or never will be */
  effect?(value: Value, request: MetRequest, details: Details): Promise<Response | null>;
  /** Whether the effect sends an answer of the API's own, so that changes may stand beside it. */
  readonly sends?: true;
  /** What changes in an answer of the API's own: a request gets all of these, beside one effect. */
  change?(value: Value, request: MetRequest): Promise<Response>;
  /** What the changes of several faults come to. */
  merge?(values: readonly Value[]): Value;
}

/** What a field holds. */
type ValueOf<Field> = Field extends FaultField<infer Value> ? Unchanged<Value> : never;

/** The values of a record of fields, none of them required. */
export type Values<Fields> = {
  readonly [Name in keyof Fields]?: ValueOf<Fields[Name]> | undefined;
};

/** The longest that a list may lag, in milliseconds: what was deleted is remembered for so long. */
export const LONGEST_LAG_MS = 60 * 60 * 1000;

const STATUS_RULE = "101, or a whole number from 200 to 599";
const MEMBER_RULE = "names of members such as username, without id";
const URL_RULE = "an http or https URL";
const COUNT_ALLOWED = "a whole number above zero";

/** Headers whose value follows from the body, or ends the connection's framing when it is wrong. */
const FRAMING = ["content-length", "transfer-encoding", "connection", "keep-alive", "trailer"];

const MOMENTS = z.enum(["before", "after"], "must be before or after");
type Moment = z.infer<typeof MOMENTS>;

/** What several fields take. */
const MOMENT = { schema: MOMENTS, takes: "before (acting) or after (the commit)" };
const SWITCH = {
  schema: z.literal(true, "must be true, or left out"),
  takes: { on: true },
} as const;
const WAIT = {
  schema: whole(1, LONGEST_WAIT_MS),
  takes: "a duration above zero such as 500ms, 5s, 2m or 1h; a bare number is seconds",
  read: (text: string) => readDuration(text, LONGEST_WAIT_MS),
};
const SIZE = { schema: whole(0), takes: "a whole number", read: readWhole };

const DETAILS = {
  headers: field({
    schema: z
      .record(z.string(), z.string("must be text"), "must be an object")
      .check(
        z.refine(
          (headers) => Object.entries(headers).every(isHeader),
          "must hold names and printable values, and none that frames the message",
        ),
      ),
    flag: "--header <HEADER>",
    help: "a header of that answer, such as 'Retry-After: 2'; may be repeated",
    takes: "'Name: value', without a header that frames the message",
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
    help: "the body of that answer, JSON or text (default: an error in JSON)",
    takes: "JSON or any text",
    read: readBody,
    goesWith: ["status"],
  }),
  after: field({
    schema: z.literal("commit", "must be commit, or left out"),
    flag: "--after-commit",
    help: "with --status: act first, and hide it",
    takes: { on: "commit" },
    goesWith: ["status"],
  }),
  when: field({
    schema: MOMENTS,
    flag: "--before-commit",
    help: "with --endless, --html, --malformed: answer so without acting",
    takes: { on: "before" },
    goesWith: ["endless", "html", "malformed"],
  }),
};

/** What a fault says about its effect. */
type Details = Values<typeof DETAILS>;

/** In the order of the help, in which the effects are looked for, too. */
export const FAULT_FIELDS = {
  method: field({
    schema: z.enum(FAULT_METHODS, `must be one of ${FAULT_METHODS.join(", ")}`),
    flag: "--method <METHOD>",
    help: `the requests that get it: ${FAULT_METHODS.join(", ")} (default: *)`,
    takes: FAULT_METHODS.join(", "),
  }),
  /** Below the version, such as `/company/:id/site` with `*` for the ID; `*` is one segment, `**` at the end any rest. */
  path: field({
    schema: text(isPathPattern, PATH_RULE),
    flag: "--path <PATTERN>",
    help: "their path, such as /company/*/site; * is one segment, ** any rest (default: **)",
    takes: PATH_RULE,
  }),
  /** Instead of both, such as `connections.create`, in either path form. */
  route: field({
    schema: z.enum(ROUTE_NAMES, `must be one of ${ROUTE_NAMES.join(", ")}`),
    flag: "--route <NAME>",
    help: `instead of both, a route in either path form: ${ROUTE_NAMES.join(", ")}`,
    takes: ROUTE_NAMES.join(", "),
  }),
  /** How many matching requests are let through first; 0 when not given. */
  skip: field({
    ...SIZE,
    flag: "--skip <N>",
    help: "let so many of them through first (default: 0)",
  }),
  /** How many then get it; 1 when not given, null for ever. */
  times: field({
    schema: z.nullable(whole(1)),
    flag: "--times <N>",
    help: "how many then get it, or forever (default: 1)",
    takes: `${COUNT_ALLOWED}, or forever`,
    read: (text) => (text === "forever" ? null : readWhole(text)),
  }),

  /** 101, or from 200 to 599. */
  status: field({
    schema: z.int(`must be ${STATUS_RULE}`).check(z.refine(isStatus, `must be ${STATUS_RULE}`)),
    flag: "--status <CODE>",
    help: "answer this status without acting; 101 changes to another protocol, and nothing follows",
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
  /** Text is sent as it stands, anything else as JSON. */
  body: DETAILS.body,
  /** With `status`: act first, and hide it. */
  after: DETAILS.after,
  delayMs: field({
    ...WAIT,
    flag: "--delay <DURATION>",
    help: "act, then wait this long before the answer",
    words: (ms) => `delay of ${durationOf(ms)}`,
    sends: true,
    async effect(ms, request) {
      const response = await request.act();
      await waited(ms, request.gone, request);
      return response;
    },
  }),
  /** Act and answer this much later, in milliseconds, whatever the client does; dropped when the emulator is closed. */
  commitAfterMs: field({
    ...WAIT,
    flag: "--commit-after <DURATION>",
    help: "act and answer this much later, also when the client is gone by then",
    words: (ms) => `commit after ${durationOf(ms)}`,
    sends: true,
    async effect(ms, request) {
      await request.receive();
      return (await waited(ms, request.closing, request)) ? request.act() : null;
    },
  }),
  /** Close the connection without an answer. */
  cut: field({
    ...MOMENT,
    flag: "--cut <WHEN>",
    help: "close the connection without an answer, before acting or after the commit",
    words: (moment) => `cut ${momentOf(moment)}`,
    async effect(moment, request) {
      if (moment === "after") await request.act();
      request.outgoing.socket?.destroy();
      return null;
    },
  }),
  /** Act, announce the whole body, send only so many bytes of it, and close the connection. */
  truncate: field({
    ...SIZE,
    flag: "--truncate <BYTES>",
    help: "act, send so many bytes of the body, close the connection",
    words: (bytes) => `cut after ${bytes} bytes of the body`,
    sends: true,
    effect: async (bytes, request) => sendTruncated(await request.act(), bytes, request),
  }),
  slowBody: field({
    schema: z.strictObject({ bytesPerSecond: whole(1) }, "must be an object with bytesPerSecond"),
    flag: "--slow <BYTES>",
    help: "act, then send so many bytes of the body a second",
    takes: COUNT_ALLOWED,
    read: (text) => ({ bytesPerSecond: readWhole(text) }),
    words: ({ bytesPerSecond }) => `body at ${bytesPerSecond} bytes a second`,
    sends: true,
    effect: async ({ bytesPerSecond }, request) =>
      sendSlowly(await request.act(), bytesPerSecond, request),
  }),
  /** Answer 200 with JSON that never ends. */
  endless: field({
    ...SWITCH,
    flag: "--endless",
    help: "act, then send JSON that never ends",
    words: (_, { when }) => `endless body${beforeOf(when)}`,
    effect: (_, request, { when }) => actUnless(when, request).then(() => sendEndless(request)),
  }),
  /** Answer 200 with a login page. */
  html: field({
    ...SWITCH,
    flag: "--html",
    help: "act, then answer with a login page",
    words: (_, { when }) => `HTML page${beforeOf(when)}`,
    effect: (_, request, { when }) => actUnless(when, request).then(loginPage),
  }),
  malformed: field({
    ...SWITCH,
    flag: "--malformed",
    help: "act, then answer with JSON that breaks off",
    words: (_, { when }) => `malformed JSON${beforeOf(when)}`,
    sends: true,
    effect: (_, request, { when }) => actUnless(when, request).then(brokenOff),
  }),
  /** `"after"` when not given. */
  when: DETAILS.when,
  /** Answer 307 to this URL, without acting. */
  redirect: field({
    schema: text((url) => /^https?:\/\//i.test(url) && URL.canParse(url), URL_RULE),
    flag: "--redirect <URL>",
    help: "answer 307 to this URL without acting",
    takes: URL_RULE,
    words: (url) => `redirect to ${url}`,
    effect: async (url) =>
      new Response(null, { status: 307, headers: { location: new URL(url).href } }),
  }),
  /** Never answer. */
  hang: field({
    ...MOMENT,
    flag: "--hang <WHEN>",
    help: "never answer, before acting or after the commit",
    words: (moment) => `no answer ${momentOf(moment)}`,
    async effect(moment, request) {
      if (moment === "after") await request.act();
      return never(request.gone);
    },
  }),

  /** Lists show what was there this long ago by the emulator's time, in milliseconds, up to an hour; a read by ID does not lag. */
  lagMs: field({
    schema: whole(1, LONGEST_LAG_MS),
    flag: "--lag <DURATION>",
    help: "lists show what was there this long ago, up to 1h; a read by ID does not lag",
    takes: "a duration above zero of at most 1h, such as 500ms or 5s",
    read: (text) => readDuration(text, LONGEST_LAG_MS),
    words: (ms) => `lists of ${durationOf(ms)} ago`,
    change(ms, request) {
      request.lagLists(ms);
      return request.act();
    },
    merge: (lags) => Math.max(...lags),
  }),
  /** These members are left out of every object of the answer; `id` can't be. */
  omit: field({
    schema: z
      .array(text(isMember, MEMBER_RULE), "must be a list of names")
      .check(z.minLength(1, "must hold a name")),
    flag: "--omit <FIELDS>",
    help: "leave these members out of every object of the answer, such as username,sites",
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

/** A name and a value as RFC 9110 §5.1 and §5.5 allow them, and none that frames the message. */
function isHeader([name, value]: readonly [name: string, value: string]): boolean {
  return (
    /^[\w!#$%&'*+.^`|~-]+$/.test(name) &&
    /^[\t\x20-\x7e]*$/.test(value) &&
    !FRAMING.includes(name.toLowerCase())
  );
}

/** Whether members of this name can be left out: an object without its ID is another fault, which no list can show. */
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

/** In the largest unit that it is a whole number of. */
function durationOf(ms: number): string {
  if (ms % 60_000 === 0) return `${ms / 60_000} min`;
  return ms % 1000 === 0 ? `${ms / 1000} s` : `${ms} ms`;
}
