/** Operations that Nectar documents and this emulator does not support. A test checks the list against the API description. */
import type { Hono } from "hono";
import { Refusal } from "../http/refusal.ts";
import { refuseOtherMethods } from "../http/routing.ts";

/** `why` completes the error message. */
export const MISSING = [
  { method: "PATCH", path: "/usage/:id", why: "its usage data is computed and can't be changed" },
  { method: "POST", path: "/job/company/:id/bulk", why: "it fetches nothing from other servers" },
  { method: "PATCH", path: "/team", why: "its team is one person, who can't be removed" },
];

/** Answers these operations with 501. Must come before the routes, which would answer the method with 405. */
export function addMissing(app: Hono): void {
  for (const { method, path, why } of MISSING) {
    app.all(path, async (c, next) => {
      if (c.req.method !== method) return next();
      throw new Refusal(
        501,
        `Nectar documents ${method} ${path.replace(":id", "{id}")}, but this emulator does not support it: ${why}. See .github/docs/SUPPORTED.md in the nectar-cli repository for what it supports.`,
      );
    });
  }
}

/** Answers any other method of these paths with 405. Must come after the routes, some of which have the same path. */
export function addMissingPaths(app: Hono): void {
  for (const { method, path } of MISSING) refuseOtherMethods(app, path, [method]);
}
