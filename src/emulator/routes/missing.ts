/** What Nectar documents and this emulator does not have. A test holds the list against the description of the API. */
import type { Hono } from "hono";
import { Refusal } from "../http/refusal.ts";

interface MissingOperation {
  readonly method: string;
  readonly path: string;
  /** Why it is not there; ends the sentence that a caller reads. */
  readonly why: string;
}

export const MISSING: readonly MissingOperation[] = [
  {
    method: "PATCH",
    path: "/usage/:id",
    why: "its usage data is computed and can't be changed",
  },
  {
    method: "POST",
    path: "/job/company/:id/bulk",
    why: "it fetches nothing from other servers",
  },
  {
    method: "PATCH",
    path: "/team",
    why: "its team is one person, who can't be removed",
  },
];

/** Answers these operations with 501. Goes before the routes, which would answer the method with 405. */
export function addMissing(app: Hono): void {
  for (const { method, path, why } of MISSING) {
    app.all(path, async (c, next) => {
      if (c.req.method !== method) return next();
      throw new Refusal(
        501,
        `Nectar documents ${method} ${path.replace(":id", "{id}")}, but this emulator does not have it: ${why}. .github/docs/SUPPORTED.md in the repository of nectar-cli lists what it has.`,
      );
    });
  }
}
