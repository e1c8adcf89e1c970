/** Documents: the bills of a company, a site or a connection, by the page, and one by one. */
import type { Context, Hono } from "hono";
import { emulatorTime } from "../clock.ts";
import { type ApiVersion, documentBodyOf } from "../data/document-body.ts";
import { rowOf } from "../data/documents.ts";
import { listDocuments, ofCompany, ofConnection, ofSite, type Scope } from "../data/listing.ts";
import { readDocumentFilter, readIsDeleted } from "../data/query.ts";
import { resolveId } from "../data/source.ts";
import { listMoment } from "../http/lag.ts";
import { PAGE_SIZE, pageBody, readPage } from "../http/paging.ts";
import { addBothForms, addRoute, found, idOf, type RouteParts } from "../http/routing.ts";

/**
 * Adds the routes.
 * @see https://docs.nectarclimate.com/api-reference/v2-2/documents/get-documents-by-connection
 */
export function addDocuments(app: Hono, parts: RouteParts, version: ApiVersion): void {
  const { store, clock } = parts;
  const list = (scope: Scope) => async (c: Context) => {
    const id = idOf(c);
    const filter = { ...readDocumentFilter(c), withDeleted: readIsDeleted(c) };
    const page = readPage(c.req.query("page"));
    const body = await store.read((view) => {
      const { time: now } = listMoment(c, view, clock);
      const rows = listDocuments(scope(view, id, now), filter);
      return pageBody("documents", rows, page, PAGE_SIZE, (row) =>
        documentBodyOf(view, row, version),
      );
    });
    return c.json(body);
  };
  // Our choice: the form of the guides is answered here, too, though they show it for sites, connections and usage alone.
  const path = { guide: "/company/:id/document", reference: "/document/company/:id" };
  addBothForms(app, parts.paths, path, { GET: list(ofCompany) });
  addRoute(app, "/document/site/:id", { GET: list(ofSite) });
  addRoute(app, "/document/connection/:id", { GET: list(ofConnection) });
  // Method and path are inferred: an operation "Get Document Details" is named, and shown nowhere.
  addRoute(app, "/document/:id", {
    GET: async (c) => {
      const id = idOf(c);
      const body = await store.read((view) => {
        const resolved = resolveId(view, id, emulatorTime(view, clock));
        return documentBodyOf(view, found(rowOf(resolved, "document")), version);
      });
      return c.json(body);
    },
  });
}
