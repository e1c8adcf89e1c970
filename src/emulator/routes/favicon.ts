/** `/favicon.ico`: the icon of the invitation page, which browsers request automatically. */
import type { Hono } from "hono";
import { addRoute } from "../http/routing.ts";

const MARK = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="4" fill="#1f5f4a"/><path d="M9 2 4 9h3l-1 5 6-7H8z" fill="#fff"/></svg>`;

/** Adds the route. */
export function addFavicon(app: Hono): void {
  addRoute(app, "/favicon.ico", {
    GET: (c) =>
      c.body(MARK, 200, { "content-type": "image/svg+xml", "cache-control": "max-age=86400" }),
  });
}
