/** About the caller: `GET /ping`, whether the key is accepted, and the team that owns it, which is one person. */
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
 * Inferred: the body of the ping. The guide says that it has version information but shows no sample, so the fields are
 * our choice.
 *
 * @see https://docs.nectarclimate.com/cookbooks/getting-started
 * @see https://docs.nectarclimate.com/api-reference/team/get-team-and-billing-information
 */
export function addCaller(app: Hono, version: string): void {
  addRoute(app, "/ping", { GET: (c) => c.json({ version, emulator: true }) });
  addRoute(app, "/team", { GET: (c) => c.json(TEAM) });
}
