/** `/_emulator/webhooks`: endpoints and deliveries over HTTP, which the vendor has in a portal. Our own, not Nectar's. */
import type { Hono } from "hono";
import { readJson } from "../http/body.ts";
import { readLimit } from "../http/lists.ts";
import { notFound, orRefuse } from "../http/refusal.ts";
import { addRoute } from "../http/routing.ts";
import type { EndpointRecord } from "../state/entities.ts";
import { parseEndpoint, type WebhookControl } from "../webhooks/endpoints.ts";

/** Adds the routes to an app that is already guarded. The signing secret is returned only by POST. */
export function addWebhookControl(control: Hono, webhooks: WebhookControl): void {
  addRoute(control, "/webhooks", {
    GET: async (c) => c.json((await webhooks.list()).map(withoutSecret)),
    POST: async (c) => {
      const given = await readJson(c);
      const { endpoint, added } = await orRefuse(() => webhooks.add(parseEndpoint(given)));
      return c.json(endpoint, added ? 201 : 200);
    },
  });
  addRoute(control, "/webhooks/deliveries", {
    GET: async (c) => {
      const limit = readLimit(c);
      return c.json(await webhooks.deliveries({ endpointId: c.req.query("endpoint"), limit }));
    },
  });
  addRoute(control, "/webhooks/:id", {
    DELETE: async (c) => {
      if (!(await webhooks.remove(c.req.param("id") ?? ""))) throw notFound();
      return c.body(null, 204);
    },
  });
}

function withoutSecret({ secret: _, ...endpoint }: EndpointRecord) {
  return endpoint;
}
