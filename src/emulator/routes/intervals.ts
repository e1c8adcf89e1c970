/** Interval readings of a connection, listed with pagination. */
import type { Hono } from "hono";
import { cutReadings, intervalBodies, listReadings, ofConnection } from "../data/listing.ts";
import { readReadingFilter } from "../data/query.ts";
import { pageOf } from "../http/lists.ts";
import { addRoute, listing, type RouteParts } from "../http/routing.ts";

/** @see https://docs.nectarclimate.com/api-reference/intervals/get-intervals-by-connection-beta */
export function addIntervals(app: Hono, parts: RouteParts): void {
  addRoute(app, "/interval/connection/:id", {
    GET: listing(parts, (c, view, id, { time }) => {
      const filter = readReadingFilter(c);
      const blocks = listReadings(ofConnection(view, id, time), filter);
      const total = blocks.reduce((sum, { count }) => sum + count, 0);
      const { envelope, start, end } = pageOf(c, total);
      const intervals = cutReadings(blocks, start, end).flatMap(intervalBodies);
      return c.json({ totalIntervals: total, ...envelope, intervals });
    }),
  });
}
