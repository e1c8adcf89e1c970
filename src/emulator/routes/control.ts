/** `/_emulator`: controls the emulator itself; not subject to its latency and faults. Our own, not Nectar's. */
import { Hono } from "hono";
import * as z from "zod/mini";
import type { FaultStore } from "../faults/faults.ts";
import { readJson } from "../http/body.ts";
import { keyRequired, loopbackOnly } from "../http/guard.ts";
import { limited, PAGE_SIZE } from "../http/lists.ts";
import { readQuery } from "../http/query.ts";
import { notFound } from "../http/refusal.ts";
import { addRoute } from "../http/routing.ts";
import type { Operations } from "../operations.ts";
import type { EndpointRecord } from "../state/entities.ts";
import { parseEndpoint, type WebhookControl } from "../webhooks/endpoints.ts";

/** In bytes: as large as a seed file may be. */
const SEED_LIMIT = 64 * 1024 * 1024;

const deliveriesQuery = z.object({ ...limited, endpoint: z.optional(z.string()) });

/**
 * Adds the routes, behind the same guards as the API.
 * @param stop ends the process that serves; without it there is no such route
 */
export function addControl(
  app: Hono,
  key: string,
  operations: Operations,
  stop: (() => void) | undefined,
): void {
  const control = new Hono();
  control.use(loopbackOnly());
  control.use(keyRequired(key));
  addRoute(control, "/ping", { GET: (c) => c.json({ emulator: true }) });
  addFaults(control, operations.faults);
  addOperations(control, operations);
  addWebhooks(control, operations.webhooks);
  if (stop !== undefined) {
    addRoute(control, "/stop", {
      POST: (c) => {
        stop();
        return c.body(null, 202);
      },
    });
  }
  control.all("*", () => {
    throw notFound();
  });
  app.route("/_emulator", control);
}

function addFaults(control: Hono, faults: FaultStore): void {
  addRoute(control, "/faults", {
    GET: async (c) => c.json(await faults.list()),
    POST: async (c) => c.json(await faults.add(await readJson(c)), 201),
    DELETE: async (c) => {
      await faults.clear();
      return c.body(null, 204);
    },
  });
  addRoute(control, "/faults/:id", {
    DELETE: async (c) => {
      if (!(await faults.remove(c.req.param("id") ?? ""))) throw notFound();
      return c.body(null, 204);
    },
  });
}

function addOperations(control: Hono, operations: Operations): void {
  addRoute(control, "/connections/:id/status", {
    POST: async (c) => {
      const { status, detail } = await readJson(c);
      return c.json(await operations.setStatus(c.req.param("id"), status, detail));
    },
  });
  addRoute(control, "/clock", {
    GET: async (c) => c.json(await operations.time()),
    POST: async (c) => c.json(await operations.advance((await readJson(c))["advance"])),
  });
  addRoute(control, "/seed", {
    POST: async (c) => c.json(await operations.seed(await readJson(c, SEED_LIMIT))),
  });
  addRoute(control, "/reset", { POST: async (c) => c.json(await operations.reset()) });
}

/** Endpoints and deliveries, which the vendor has in a portal. The signing secret is returned only by POST. */
function addWebhooks(control: Hono, webhooks: WebhookControl): void {
  addRoute(control, "/webhooks", {
    GET: async (c) => c.json((await webhooks.list()).map(withoutSecret)),
    POST: async (c) => {
      const { endpoint, added } = await webhooks.add(parseEndpoint(await readJson(c)));
      return c.json(endpoint, added ? 201 : 200);
    },
  });
  addRoute(control, "/webhooks/deliveries", {
    GET: async (c) => {
      const { endpoint: endpointId, limit = PAGE_SIZE } = readQuery(c, deliveriesQuery);
      return c.json(await webhooks.deliveries({ endpointId, limit }));
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
