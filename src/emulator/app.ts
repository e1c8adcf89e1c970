/** The Nectar API as a Hono app without a socket: guards, faults, routes under each version, errors as JSON. */
import { type Context, Hono } from "hono";
import { LocalStateError } from "../errors.ts";
import type { SleepingClock } from "./clock.ts";
import type { ApiVersion } from "./data/document-body.ts";
import { faultMiddleware } from "./faults/middleware.ts";
import { keyRequired, loopbackOnly } from "./http/guard.ts";
import { FAILED, refusalOf } from "./http/refusal.ts";
import { announcePathForms, type RouteParts } from "./http/routing.ts";
import type { Operations } from "./operations.ts";
import type { PathForms } from "./options.ts";
import { addAccounts } from "./routes/accounts.ts";
import { addCaller } from "./routes/caller.ts";
import { addCompanies } from "./routes/companies.ts";
import { addConnections } from "./routes/connections.ts";
import { addControl } from "./routes/control.ts";
import { addDocuments } from "./routes/documents.ts";
import { addIntervals } from "./routes/intervals.ts";
import { addFavicon, addInvitationPage } from "./routes/invitation-page.ts";
import { addInvitations } from "./routes/invitations.ts";
import { addJobs } from "./routes/jobs.ts";
import { addMagicLinkPages, addMagicLinks } from "./routes/magic-links.ts";
import { addMeters } from "./routes/meters.ts";
import { addMissing, addMissingPaths } from "./routes/missing.ts";
import { addSites } from "./routes/sites.ts";
import { addUsage } from "./routes/usage.ts";
import { KIND } from "./state/folder.ts";
import { type ConnectingOptions, connectingParts } from "./statuses/connecting.ts";

export interface EmulatorOptions extends ConnectingOptions, Pick<RouteParts, "store" | "key"> {
  readonly clock: SleepingClock;
  readonly operations: Operations;
  /** Aborts when the server shuts down. */
  readonly closing: AbortSignal;
  /** Which of the two documented path forms are served; default both. */
  readonly paths?: PathForms | undefined;
  /** The origin that serves invitation pages; the request's own origin when missing or null. */
  readonly pageOrigin?: (() => Promise<string | null>) | undefined;
  /** Awaited before each response. */
  readonly delay?: (() => Promise<void>) | undefined;
  /** Ends the process that serves; see `addControl`. */
  readonly stop?: (() => void) | undefined;
}

/** Path prefix to version; the versions differ only in documents and usage data. */
const VERSIONS: ReadonlyMap<string, ApiVersion> = new Map([
  ["/v2.2", "2.2"],
  ["/v2.1", "2.1"],
  ["/v2", "2.0"],
]);

/**
 * Builds the app.
 *
 * @returns an app that serves `/v2.2`, `/v2.1` and `/v2`, and control routes under `/_emulator`; it never throws and has no state beside the store
 * @see https://docs.nectarclimate.com/developer-guide/api-versions.md
 */
export function createEmulator(options: EmulatorOptions): Hono {
  const { store, clock, delay, key, operations, closing, paths = "both" } = options;
  const originOf = async (c: Context) =>
    (await options.pageOrigin?.()) ?? new URL(c.req.url).origin;
  const parts: RouteParts = { store, clock, key, paths, originOf, ...connectingParts(options) };
  const app = new Hono();
  addControl(app, key, operations, options.stop);
  addInvitationPage(app, parts);
  addMagicLinkPages(app, parts);
  if (delay !== undefined) {
    app.use(async (_, next) => {
      await delay();
      await next();
    });
  }
  for (const prefix of VERSIONS.keys()) app.use(`${prefix}/*`, announcePathForms(paths));
  app.use(loopbackOnly());
  addFavicon(app);
  app.use(keyRequired(key));
  for (const [prefix, version] of VERSIONS) {
    const api = new Hono();
    api.use(faultMiddleware(operations.faults, prefix, { clock, closing }));
    addMissing(api);
    addCaller(api, version);
    addCompanies(api, parts);
    addSites(api, parts);
    addConnections(api, parts);
    addAccounts(api, parts);
    addMeters(api, parts);
    addDocuments(api, parts, version);
    addUsage(api, parts, version);
    addIntervals(api, parts);
    addInvitations(api, parts);
    addMagicLinks(api, parts);
    addJobs(api, parts);
    addMissingPaths(api);
    app.route(prefix, api);
  }
  app.notFound((c) => c.json({ detail: "Not found." }, 404));
  app.onError((error, c) => {
    const refusal = refusalOf(error);
    if (refusal !== null) return c.json({ detail: refusal.message }, refusal.status);
    // Damaged or locked state is for the user to fix.
    return c.json({ detail: error instanceof LocalStateError ? helpOf(error) : FAILED }, 500);
  });
  return app;
}

/** What is wrong with the state, and what a caller can do about it. */
function helpOf({ code, message, hint }: LocalStateError): string {
  const help =
    code === `${KIND}_damaged`
      ? "Repair the file by hand, or empty the emulator with POST /_emulator/reset."
      : hint;
  return help === null ? message : `${message}. ${help}`;
}
