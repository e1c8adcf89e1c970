/** Interval readings of a connection, listed with pagination. */
import type { Hono } from "hono";
import { cutReadings, intervalBodies, listReadings, ofConnection } from "../data/listing.ts";
import { readReadingFilter } from "../data/query.ts";
import { listMoment, pageOf } from "../http/lists.ts";
import { addRoute, idOf, type RouteParts } from "../http/routing.ts";

/**
 * Adds the route.
 * @see https://docs.nectarclimate.com/api-reference/intervals/get-intervals-by-connection-beta
 */
export function addIntervals(app: Hono, { store, clock }: RouteParts): void {
  addRoute(app, "/interval/connection/:id", {
    GET: async (c) => {
      const id = idOf(c);
      const filter = readReadingFilter(c);
      const body = await store.read((view) => {
        const { time: now } = listMoment(c, view, clock);
        const accounts = ofConnection(view, id, now);
        const blocks = listReadings(accounts, filter);
        const total = blocks.reduce((sum, { count }) => sum + count, 0);
        const { envelope, start, end } = pageOf(c, total);
        const intervals = cutReadings(blocks, start, end).flatMap(intervalBodies);
        return { totalIntervals: total, ...envelope, intervals };
      });
      return c.json(body);
    },
  });
}
