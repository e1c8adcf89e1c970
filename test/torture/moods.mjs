/** What a server may do with a request that carries secrets. Most of it is unkind, and some of it tells them back. */
import { passOn } from "./proxy.mjs";

const JSON_TYPE = { "content-type": "application/json" };
const HTML_TYPE = { "content-type": "text/html; charset=utf-8" };

const refuse = (status, detailOf) => async (exchange) =>
  exchange.pass({
    status,
    headers: JSON_TYPE,
    body: JSON.stringify({ detail: detailOf(exchange) }),
  });

/** Everything that the request held, the key first. */
const echo = ({ headers, body }) => `key ${headers["x-api-key"]}, body ${body.toString("utf8")}`;

/** What a validator answers that shows the input which it refuses. */
const invalid = ({ headers, body }) => [
  { type: "value_error", loc: ["body"], msg: "invalid", input: inputOf(body), ctx: { ...headers } },
];

function inputOf(body) {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return null;
  }
}

const page = (status) => async (exchange) =>
  exchange.pass({
    status,
    headers: HTML_TYPE,
    body: `<!doctype html><title>Error</title><pre>${echo(exchange)}</pre>`,
  });

/**
 * Does as it is asked, and puts into each object what nobody asked for. In a field that is shown it repeats only what this
 * very request held: nobody can know a secret that another process sent.
 */
function generous(password) {
  return async (exchange) => {
    const answer = await exchange.forward();
    const more = {
      password,
      apiKey: exchange.headers["x-api-key"],
      token: password,
      detail: echo(exchange),
      statusErrorDetail: `the login did not work: ${echo(exchange)}`,
    };
    const add = (value) => {
      if (Array.isArray(value)) return value.map(add);
      if (typeof value !== "object" || value === null) return value;
      const inner = Object.entries(value).map(([name, member]) => [name, add(member)]);
      return { ...Object.fromEntries(inner), ...more };
    };
    const text = answer.body.toString("utf8");
    const body = text === "" ? "" : JSON.stringify(add(JSON.parse(text)));
    await exchange.pass({ status: answer.status, headers: JSON_TYPE, body });
  };
}

/**
 * All of them, by name.
 *
 * @param password the marked one
 * @param trap where a redirect leads
 */
export function moodsOf(password, trap) {
  return {
    kind: passOn,
    generous: generous(password),
    401: refuse(401, () => "Invalid API key"),
    "401 that repeats the key": refuse(401, echo),
    404: refuse(404, () => "Not found"),
    "422 that repeats the input": refuse(422, invalid),
    "400 that repeats the input": refuse(400, echo),
    "500 with a page of everything": page(500),
    "200 with a page of everything": page(200),
    redirect: async (exchange) =>
      exchange.pass({ status: 307, headers: { location: `${trap}${exchange.path}` } }),
    "malformed JSON that repeats the input": async (exchange) =>
      exchange.pass({ status: 200, headers: JSON_TYPE, body: `{"x": ${echo(exchange)}` }),
    cut: async (exchange) => exchange.cut(),
    silent: async () => {},
  };
}
