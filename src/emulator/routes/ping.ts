/** `GET /ping`: whether the key is accepted. */
import type { Hono } from "hono";
import { addRoute } from "../http/routing.ts";

/**
 * Adds the route.
 * Inferred: the body. The guide says that it has version information but shows no sample, so the fields are our choice.
 *
 * @see https://docs.nectarclimate.com/cookbooks/getting-started
 */
export function addPing(app: Hono, version: string): void {
  addRoute(app, "/ping", { GET: (c) => c.json({ version, emulator: true }) });
}
