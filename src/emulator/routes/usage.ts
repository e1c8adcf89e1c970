/** Usage rows of the documents of a company, a site or a connection, listed with pagination or read by ID. */

import type { Context, Hono } from "hono";
import { emulatorTime, type Time } from "../clock.ts";
import { type ApiVersion, usageBodyOf } from "../data/document-body.ts";
import { type DocumentRow, rowOf } from "../data/documents.ts";
import {
  isSelected,
  listDocuments,
  ofCompany,
  ofConnection,
  ofSite,
  type Scope,
} from "../data/listing.ts";
import { readDocumentFilter } from "../data/query.ts";
import { resolveId } from "../data/source.ts";
import { uploadOf } from "../data/uploads.ts";
import { answerPage } from "../http/lists.ts";
import { found } from "../http/refusal.ts";
import { addBothForms, addRoute, listing, type RouteParts, reading } from "../http/routing.ts";
import type { View } from "../state/collections.ts";

/** @see https://docs.nectarclimate.com/api-reference/v2-1/usage-data/get-usage-data-by-utility-connection.md */
export function addUsage(app: Hono, parts: RouteParts, version: ApiVersion): void {
  const usagePage = (c: Context, view: View, rows: readonly DocumentRow[]) =>
    answerPage(c, "usageData", rows, (row) => usageBodyOf(view, row, version));
  const list = (scope: Scope) =>
    listing(parts, (c, view, id, { time }) => {
      const filter = readDocumentFilter(c);
      return usagePage(c, view, listDocuments(scope(view, id, time), filter));
    });
  const path = { guide: "/company/:id/usage", reference: "/usage/company/:id" };
  addBothForms(app, parts.paths, path, { GET: list(ofCompany) });
  addRoute(app, "/usage/site/:id", { GET: list(ofSite) });
  addRoute(app, "/usage/connection/:id", { GET: list(ofConnection) });
  addRoute(app, "/usage/document/:id", {
    GET: listing(parts, (c, view, id, { time }) => {
      // Documented: dates are compared with the usage period here. Our choice: a replaced document still has its row.
      const filter = { ...readDocumentFilter(c, "USAGE_PERIOD"), withDeleted: true };
      const documentAt = (when: Time) => rowOf(resolveId(view, id, when), "document");
      const now = emulatorTime(view, parts.clock);
      if (uploadOf(view, id, now) !== undefined) return usagePage(c, view, []);
      found(documentAt(now));
      const row = documentAt(time);
      return usagePage(c, view, row !== undefined && isSelected(row, filter) ? [row] : []);
    }),
  });
  addRoute(app, "/usage/:id", {
    GET: reading(parts, (view, id, now) =>
      usageBodyOf(view, found(rowOf(resolveId(view, id, now), "usage")), version),
    ),
  });
}
