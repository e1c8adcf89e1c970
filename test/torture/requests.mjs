/** Which request is which, as the account sees it, and what happens to the first one of its kind. */
import { passOn } from "./proxy.mjs";

/** What an onboarding creates, in its order. */
export const KINDS = ["company", "site", "connection"];

const nested = (noun) => new RegExp(`/(?:company/[^/]+/${noun}|${noun}/company/[^/]+)$`);
const COLLECTION = {
  company: /\/company$/,
  site: nested("site"),
  connection: nested("connection"),
};

/** Whether a request creates an object of a kind, in either form of its path. */
export function creates({ method, path }, kind) {
  return method === "POST" && COLLECTION[kind].test(path);
}

/** Whether a request asks for a list of a kind, any page of it. */
export function lists({ method, path }, kind) {
  return method === "GET" && COLLECTION[kind].test(path.split("?")[0]);
}

/**
 * A handler under which something happens to the first request that is meant.
 *
 * @param act what happens to it
 * @param otherwise what happens to all others: they are handed on, unless given
 * @returns `handler`, and `hasMet`: whether that request has come
 */
export function first(isMeant, act, otherwise = passOn) {
  let met = false;
  const handler = (exchange) => {
    if (met || !isMeant(exchange)) return otherwise(exchange);
    met = true;
    return act(exchange);
  };
  return { handler, hasMet: () => met };
}

/** The account has acted, and its answer is lost. */
export async function loseAnswer(exchange) {
  await exchange.forward();
  exchange.cut();
}
