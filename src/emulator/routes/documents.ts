/** Documents: the bills of a company, a site or a connection, listed with pagination or read by ID. */

import type { Hono } from "hono";
import { type ApiVersion, documentBodyOf } from "../data/document-body.ts";
import { rowOf } from "../data/documents.ts";
import { listDocuments, ofCompany, ofConnection, ofSite, type Scope } from "../data/listing.ts";
import { readDocumentFilter, readIsDeleted } from "../data/query.ts";
import { resolveId } from "../data/source.ts";
import { uploadedDocument, uploadOf, uploadsIn } from "../data/uploads.ts";
import { answerPage } from "../http/lists.ts";
import { found } from "../http/refusal.ts";
import { addBothForms, addRoute, listing, type RouteParts, reading } from "../http/routing.ts";
import type { View } from "../state/collections.ts";
import type { JobRecord } from "../state/entities.ts";

/** @see https://docs.nectarclimate.com/api-reference/v2-2/documents/get-documents-by-connection */
export function addDocuments(app: Hono, parts: RouteParts, version: ApiVersion): void {
  type JobsOf = (view: View, id: string) => readonly JobRecord[];
  const list = (scope: Scope, jobsOf: JobsOf) =>
    listing(parts, (c, view, id, { time }) => {
      const filter = { ...readDocumentFilter(c), withDeleted: readIsDeleted(c) };
      const rows = listDocuments(scope(view, id, time), filter);
      // Our choice: uploads come after the bills of the connections.
      const all = [
        ...rows.map((row) => () => documentBodyOf(view, row, version)),
        ...uploadsIn(jobsOf(view, id), filter, time).map(
          (job) => () => uploadedDocument(job, view, version),
        ),
      ];
      return answerPage(c, "documents", all, (build) => build());
    });
  // Our choice: the guides' path form is served here, too, though they show it only for sites, connections and usage.
  const path = { guide: "/company/:id/document", reference: "/document/company/:id" };
  addBothForms(app, parts.paths, path, { GET: list(ofCompany, (view, id) => view.jobsOf(id)) });
  const ofOneSite: JobsOf = (view, id) =>
    view.jobsOf(view.site(id)?.companyId ?? "").filter(({ siteId }) => siteId === id);
  addRoute(app, "/document/site/:id", { GET: list(ofSite, ofOneSite) });
  addRoute(app, "/document/connection/:id", { GET: list(ofConnection, () => []) });
  // Method and path are inferred: an operation "Get Document Details" is named, but not shown.
  addRoute(app, "/document/:id", {
    GET: reading(parts, (view, id, now) => {
      const job = uploadOf(view, id, now);
      if (job !== undefined) return uploadedDocument(job, view, version);
      return documentBodyOf(view, found(rowOf(resolveId(view, id, now), "document")), version);
    }),
  });
}
