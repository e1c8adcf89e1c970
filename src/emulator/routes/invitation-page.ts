/** `/p/i/{token}`: the page behind an invitation link. For people without a key, so it is separate from the API and its faults. */
import { type Context, Hono } from "hono";
import * as z from "zod/mini";
import { LocalStateError } from "../../errors.ts";
import { emulatorTime } from "../clock.ts";
import { readJsonOrForm } from "../http/body.ts";
import { loopbackOnly } from "../http/guard.ts";
import { FAILED, Refusal } from "../http/refusal.ts";
import { addRoute, type RouteParts } from "../http/routing.ts";
import { answers } from "../invitations/answers.ts";
import { type Outcome, openLink, showState, submitForm } from "../invitations/flow.ts";
import type { Closed, FlowParts } from "../invitations/flow-context.ts";
import { closedPage, refusedPage } from "../invitations/page.ts";
import { resultPage } from "../invitations/result.ts";
import { createSeal, type State } from "../invitations/seal.ts";
import { stepPage } from "../invitations/steps.ts";
import { pageHeaders } from "../invitations/style.ts";
import type { View } from "../state/collections.ts";

/** Our choice: 410 for a link that used to work, 404 for one that never did. */
const CLOSED_STATUS = {
  UNKNOWN: 404,
  EXPIRED: 410,
  FULFILLED: 410,
  REVOKED: 410,
  NO_SITES: 409,
} as const satisfies Record<Closed, number>;

const CROSS_ORIGIN = "The form was not sent from this page.";

const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="4" fill="#1f5f4a"/><path d="M9 2 4 9h3l-1 5 6-7H8z" fill="#fff"/></svg>`;

/** Adds the icon of the page, which browsers request automatically. */
export function addFavicon(app: Hono): void {
  const headers = { "content-type": "image/svg+xml", "cache-control": "max-age=86400" };
  addRoute(app, "/favicon.ico", { GET: (c) => c.body(ICON, 200, headers) });
}

/** An app for the pages that people open: with their headers, and with a page for every failure. */
export function pagesForPeople(): Hono {
  const headers = pageHeaders();
  const pages = new Hono();
  pages.use(async (c, next) => {
    await next();
    for (const [name, value] of Object.entries(headers)) c.res.headers.set(name, value);
  });
  pages.use(loopbackOnly());
  pages.onError((error, c) => {
    if (error instanceof Refusal) return c.html(refusedPage(error.message, null), error.status);
    // The user can fix damaged or locked state.
    const message = error instanceof LocalStateError ? error.message : FAILED;
    return c.html(refusedPage(message, null), 500);
  });
  return pages;
}

/** Serves them; anything else below the path is a link that does not work. */
export function servePages(app: Hono, path: string, pages: Hono): void {
  pages.all("*", (c) => closed(c, "UNKNOWN"));
  app.route(path, pages);
}

/** @see https://docs.nectarclimate.com/developer-guide/connection-invitations */
export function addInvitationPage(
  app: Hono,
  { store, clock, key, ...connecting }: RouteParts,
): void {
  const parts: FlowParts = { ...connecting, seal: createSeal(key) };
  const page = pagesForPeople();
  const momentOf = (view: View) => ({ view, now: emulatorTime(view, clock), parts });
  addRoute(page, "/:token", {
    GET: async (c) => {
      const outcome = await store.write((view, changes) =>
        // A HEAD request does not count as a view.
        openLink(tokenOf(c), momentOf(view), c.req.method === "HEAD" ? [] : changes),
      );
      return answer(c, outcome);
    },
  });
  addRoute(page, "/:token/:state", {
    GET: async (c) => {
      const sealed = c.req.param("state") ?? "";
      const outcome = await store.read((view) => showState(tokenOf(c), sealed, momentOf(view)));
      return answer(c, outcome);
    },
    POST: async (c) => {
      if (!isSameOrigin(c)) return c.html(refusedPage(CROSS_ORIGIN, tokenOf(c)), 403);
      const sealed = c.req.param("state") ?? "";
      const given = z.parse(answers, await readJsonOrForm(c, ["sites"]));
      const outcome = await store.write((view, changes) =>
        submitForm(tokenOf(c), sealed, given, momentOf(view), changes),
      );
      return answer(c, outcome);
    },
  });
  servePages(app, "/p/i", page);

  function answer(c: Context, outcome: Outcome): Response | Promise<Response> {
    const start = `/p/i/${tokenOf(c)}`;
    const address = (state: State) => `${start}/${parts.seal.seal(tokenOf(c), state)}`;
    switch (outcome.kind) {
      case "step":
        return c.html(stepPage(outcome.screen, c.req.query("q") ?? "", address));
      case "result":
        return c.html(resultPage(outcome.result, start, address));
      case "closed":
        return closed(c, outcome.why);
      case "go":
        return c.redirect(address(outcome.state), 303);
    }
  }
}

function closed(c: Context, why: Closed): Response | Promise<Response> {
  return c.html(closedPage(why), CLOSED_STATUS[why]);
}

function tokenOf(c: Context): string {
  return c.req.param("token") ?? "";
}

/**
 * Whether the browser's headers show that the form was sent from this origin. At least one of the headers is required,
 * and both must agree: only browsers are expected here.
 *
 * @see https://www.w3.org/TR/fetch-metadata/
 */
function isSameOrigin(c: Context): boolean {
  const origin = c.req.header("origin");
  const site = c.req.header("sec-fetch-site");
  if (origin === undefined && site === undefined) return false;
  const own = new URL(c.req.url).origin;
  return (origin === undefined || origin === own) && (site === undefined || site === "same-origin");
}
