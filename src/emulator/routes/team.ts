/** The team that owns the key: one person, the caller. */
import type { Hono } from "hono";
import { CALLER_EMAIL } from "../http/guard.ts";
import { addRoute } from "../http/routing.ts";

/** Our choice: everything except the field names. The contents of `billing` could not be read. */
const TEAM = {
  id: "7ea3e7ea-0000-4000-8000-000000000001",
  name: "Local emulator",
  email: CALLER_EMAIL,
  users: [CALLER_EMAIL],
  billing: {},
};

/**
 * Adds the route.
 * @see https://docs.nectarclimate.com/api-reference/team/get-team-and-billing-information
 */
export function addTeam(app: Hono): void {
  addRoute(app, "/team", { GET: (c) => c.json(TEAM) });
}
