/** `nectar api`: one request of the user's own, through the same client as every command. */

import * as z from "zod/mini";
import { type HttpRequest, UNRECORDED } from "../../api/http.ts";
import { eachItem } from "../../api/pages.ts";
import { pageEnvelope } from "../../api/resources/wire.ts";
import type { Context, Session } from "../../app/context.ts";
import { argument, defineCommand, type InputOf, list, option, toggle } from "../../cli/define.ts";
import { readInputFile } from "../../cli/input-file.ts";
import { UsageError } from "../../errors.ts";
import { jsonText } from "../../terminal/sanitize.ts";
import { shorten } from "../../words/shorten.ts";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;
type Method = HttpRequest["method"];

const word = { read: (text: string) => text.trim() || null };

const fields = {
  method: argument("[method]", {
    help: `${METHODS.join(", ")}; default: GET`,
    allowed: `one of ${METHODS.join(", ")}`,
    suggests: METHODS,
    ...word,
  }),
  path: argument("[path]", {
    help: "the path below the base URL, such as company or /company, and its query",
    allowed: "a path",
    ...word,
  }),
  input: option("--input <FILE>", {
    help: "the body: a JSON file, or - for stdin",
    allowed: "a path, or - for stdin",
    ...word,
  }),
  members: list("--field <NAME=VALUE>", {
    help: "a text member of the body; without a method, of the query (repeatable)",
    read: (text) => {
      const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
      return name === undefined || value === undefined ? null : ([name, value] as const);
    },
    allowed: "NAME=VALUE",
  }),
  paginate: toggle("--paginate", { help: "read every page, and print all items as one array" }),
  showSecrets: toggle("--show-secrets", {
    help: "also print the secrets in the response, such as passwords and links that work without a key",
  }),
} as const;

type Input = InputOf<typeof fields>;

export const command = defineCommand({
  description:
    "Sends one request to the API and prints the JSON of the response. It only reads unless a method is given. A POST is\nnever sent twice; a failure has the exit status of every other command.",
  fields,
  examples: {
    "nectar api company": "every company, as the API returns it",
    "nectar api /document/company/ID --field datasourceType=WATER --paginate":
      "every page; --field is part of the query",
    "nectar api PATCH site/ID --field 'name=Cold Store'": "--field is a member of the body",
    "nectar api POST company --input company.json": "the body from a file",
  },
  check: (input) => {
    readRequest(input);
  },
  missing: ({ method }) =>
    method === undefined ? [{ flag: "<path>", what: "the path below the base URL" }] : [],
  async run(input, context: Context) {
    const request = readRequest(input);
    const body = input.input === undefined ? undefined : await readBody(input.input, context);
    const { api, baseUrl } = await context.session();
    checkPath(request.path, baseUrl);
    const full = body === undefined ? request : { ...request, body };
    const found = input.paginate ? await everyPage(full, api) : (await api.send(full)).body;
    if (input.showSecrets) return { body: found };
    const dropped = new Set<string>();
    const shown = withoutSecrets(found, dropped);
    if (dropped.size > 0) {
      context.note(`Left out: ${[...dropped].join(", ")}. They are shown with --show-secrets.`);
    }
    return { body: shown };
  },
  view: {
    human: ({ body }) => (body === null ? "" : jsonText(body, 2)),
    plain: ({ body }) => (body === null ? "" : jsonText(body, 2)),
    ids: ({ body }) => [body].flat().flatMap(idOf),
    json: ({ body }) => body,
    isForeign: true,
    shape: { description: "the API's response" },
  },
});

/** @throws UsageError for options that do not go together, or a path that is another origin's */
function readRequest(input: Input): HttpRequest {
  const { method: first, path: second, members, paginate } = input;
  const [given, path] = second === undefined ? [undefined, first] : [first, second];
  const method = given === undefined ? "GET" : readMethod(given);
  const refused = (why: string) => new UsageError("invalid_input", why);
  if (given === undefined && input.input !== undefined) {
    throw refused("--input needs a method, such as POST");
  }
  if (method === "GET" && input.input !== undefined) throw refused("a GET has no body: --input");
  if (method !== "GET" && paginate) throw refused("--paginate is only for a GET");
  if (input.input !== undefined && members.length > 0) {
    throw refused("--input and --field can't be used together");
  }
  const names = members.map(([name]) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (method !== "GET" && twice !== undefined) {
    throw refused(`--field ${twice} is given twice; use --input for a list`);
  }
  const request = { method, path: `/${(path ?? "").replace(/^\/+/, "")}` };
  checkPath(request.path, ANY_BASE, path);
  if (method === "GET") return { ...request, query: members };
  return {
    ...request,
    ...(members.length === 0 ? {} : { body: Object.fromEntries(members) }),
    ...(method === "POST" ? { once: UNRECORDED } : {}),
  };
}

function readMethod(text: string): Method {
  const method = METHODS.find((one) => one === text.toUpperCase());
  if (method !== undefined) return method;
  throw new UsageError(
    "invalid_input",
    `[method]: "${shorten(text)}" is not allowed; it takes one of ${METHODS.join(", ")}`,
  );
}

/** A base URL for checks before the target is known. */
const ANY_BASE = "https://host.invalid/base";

/** @throws UsageError for a path that leaves the base URL */
function checkPath(path: string, baseUrl: string, given = path): void {
  const url = new URL(`${baseUrl}${path}`);
  const isAbsolute = /^(?:[a-z][a-z0-9+.-]*:)?[\\/]{2}/i.test(given);
  if (!isAbsolute && url.href.startsWith(`${baseUrl}/`)) return;
  throw new UsageError(
    "invalid_input",
    "[path]: it must be below the base URL, such as company or /company",
    { hint: "Choose another API with --api-url." },
  );
}

async function readBody(path: string, context: Context): Promise<unknown> {
  const text = await readInputFile("--input", path, context);
  try {
    return JSON.parse(text);
  } catch {
    const name = path === "-" ? "stdin" : path;
    throw new UsageError("invalid_input", `--input: ${name}: it is not JSON`);
  }
}

/** The items of every page; a response that is no page is returned as it is. */
async function everyPage(request: HttpRequest, api: Session["api"]): Promise<unknown> {
  const pageAt = async (page: number) => {
    const query = [...(request.query ?? []), ["page", String(page)] as const];
    return (await api.send({ ...request, query })).body;
  };
  const first = await pageAt(1);
  if (!z.safeParse(pageEnvelope, first).success) return first;
  const items: unknown[] = [];
  const pages = eachItem(async (page) => {
    const envelope = z.parse(pageEnvelope, page === 1 ? first : await pageAt(page));
    return { envelope, items: Object.values(envelope).filter(Array.isArray).flat() };
  });
  for await (const item of pages) items.push(item);
  return items;
}

/** The names of members that hold a secret, or a link that works without a key. */
const SECRET = /secret|password|passcode|token|api_?key|^(?:magicLinkUrl|invitationUrl)$/i;

/** A copy without secrets. Adds the names of what it leaves out. */
function withoutSecrets(value: unknown, dropped: Set<string>): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutSecrets(item, dropped));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) => {
      const isSecret = SECRET.test(name) && typeof member !== "boolean" && member !== null;
      if (isSecret) dropped.add(name);
      return isSecret ? [] : [[name, withoutSecrets(member, dropped)]];
    }),
  );
}

function idOf(item: unknown): readonly string[] {
  return typeof item === "object" && item !== null && "id" in item ? [String(item.id)] : [];
}
