/** Usage rows of the documents of a company, a site or a connection, listed with pagination or read by ID. */

import type { Context, Hono } from "hono";
import { emulatorTime } from "../clock.ts";
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
import { answerPage, listMoment } from "../http/lists.ts";
import { found } from "../http/refusal.ts";
import { addBothForms, addRoute, idOf, type RouteParts, reading } from "../http/routing.ts";
import type { View } from "../state/collections.ts";

/**
 * Adds the routes.
 * @see https://docs.nectarclimate.com/api-reference/v2-1/usage-data/get-usage-data-by-utility-connection.md
 */
export function addUsage(app: Hono, parts: RouteParts, version: ApiVersion): void {
  const { store, clock } = parts;
  const usagePage = (c: Context, view: View, rows: readonly DocumentRow[]) =>
    answerPage(c, "usageData", rows, (row) => usageBodyOf(view, row, version));
  const list = (scope: Scope) => async (c: Context) => {
    const id = idOf(c);
    const filter = readDocumentFilter(c);
    return store.read((view) => {
      const { time: now } = listMoment(c, view, clock);
      return usagePage(c, view, listDocuments(scope(view, id, now), filter));
    });
  };
  const path = { guide: "/company/:id/usage", reference: "/usage/company/:id" };
  addBothForms(app, parts.paths, path, { GET: list(ofCompany) });
  addRoute(app, "/usage/site/:id", { GET: list(ofSite) });
  addRoute(app, "/usage/connection/:id", { GET: list(ofConnection) });
  addRoute(app, "/usage/document/:id", {
    GET: async (c) => {
      const id = idOf(c);
      // Documented: dates are compared with the usage period here. Our choice: a replaced document still has its row.
      const filter = { ...readDocumentFilter(c, "USAGE_PERIOD"), withDeleted: true };
      return store.read((view) => {
        const documentAt = (time: number) => rowOf(resolveId(view, id, time), "document");
        const now = emulatorTime(view, clock);
        if (uploadOf(view, id, now) !== undefined) return usagePage(c, view, []);
        found(documentAt(now));
        const row = documentAt(listMoment(c, view, clock).time);
        return usagePage(c, view, row !== undefined && isSelected(row, filter) ? [row] : []);
      });
    },
  });
  addRoute(app, "/usage/:id", {
    GET: reading(parts, (view, id, now) =>
      usageBodyOf(view, found(rowOf(resolveId(view, id, now), "usage")), version),
    ),
  });
}
