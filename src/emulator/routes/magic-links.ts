/** Magic links, which Nectar deprecates in favour of invitations. Here each of them opens an invitation page. */
import { createHmac } from "node:crypto";
import type { Context, Hono } from "hono";
import { emulatorTime } from "../clock.ts";
import { found } from "../http/refusal.ts";
import { addBothForms, addRoute, idOf, type RouteParts } from "../http/routing.ts";
import { makeInvitation, type Target } from "../invitations/rules.ts";
import type { View } from "../state/collections.ts";
import type { CompanyRecord } from "../state/entities.ts";
import { connectionDetails } from "./connections.ts";
import { pagesForPeople, servePages } from "./invitation-page.ts";

/**
 * The reference has GET, the guides say POST; neither changes anything here.
 * @see https://docs.nectarclimate.com/api-reference/connections/create-magic-link-for-creating-a-utility-account-connection
 */
export function addMagicLinks(app: Hono, parts: RouteParts): void {
  const { store, key, paths, originOf } = parts;
  const companyLink = async (c: Context) => {
    const id = idOf(c);
    const origin = await originOf(c);
    const { publicId } = await store.read((view) => found(view.company(id)));
    const secret = companySecret(key, id);
    return c.json({
      companyMagicLinkSecret: secret,
      publicCompanyId: publicId,
      magicLinkUrl: `${origin}/p/connect/${publicId}/${secret}`,
    });
  };
  const path = { guide: "/company/:id/connection/link", reference: "/connection/company/:id/link" };
  addBothForms(app, paths, path, { GET: companyLink, POST: companyLink });
  const editLink = connectionDetails(parts);
  addRoute(app, "/connection/:id", { GET: editLink, POST: editLink });
}

/**
 * Adds the pages that the links open, for people without a key.
 * Our choice: a link is an invitation without limits. It is created when the link is first opened, and listed from then on.
 *
 * @see https://docs.nectarclimate.com/developer-guide/magic-link-integration
 */
export function addMagicLinkPages(app: Hono, { store, clock, key, ids }: RouteParts): void {
  const pages = pagesForPeople();
  const open = (
    targetOf: (view: View, company: CompanyRecord, secret: string) => Target | null,
  ) => ({
    GET: async (c: Context) => {
      const { publicId = "", secret = "" } = c.req.param();
      // A HEAD request does not count as opening it.
      const isOpened = c.req.method !== "HEAD";
      await store.write((view, changes) => {
        const company = view.companies().find((one) => one.publicId === publicId);
        const target = company === undefined ? null : targetOf(view, company, secret);
        if (!isOpened || target === null || view.invitationByToken(secret) !== undefined) return;
        const made = makeInvitation(target, {}, emulatorTime(view, clock), ids);
        changes.push({ op: "put", kind: "invitation", value: { ...made, token: secret } });
      });
      // That page also handles links that do not work.
      return c.redirect(`/p/i/${encodeURIComponent(secret)}`, 303);
    },
  });
  const forCompany = open((_, { id }, secret) =>
    companySecret(key, id) === secret ? { companyId: id, connectionId: null } : null,
  );
  const forConnection = open((view, { id }, secret) => {
    const connection = view.connectionsOf(id).find((one) => one.magicLinkSecret === secret);
    return connection === undefined ? null : { companyId: id, connectionId: connection.id };
  });
  addRoute(pages, "/:publicId/:secret", forCompany);
  addRoute(pages, "/:publicId/workflow/:secret", forConnection);
  servePages(app, "/p/connect", pages);
  // Documented: these older URLs redirect. Inferred: the rest of the path stayed the same.
  const older = "/create-datasource/magic-link";
  app.get(`${older}/*`, (c) => {
    const { pathname, search } = new URL(c.req.url);
    return c.redirect(`/p/connect${pathname.slice(older.length)}${search}`, 301);
  });
}

function companySecret(key: string, companyId: string): string {
  return createHmac("sha256", key).update(`magic link of ${companyId}`).digest("base64url");
}
