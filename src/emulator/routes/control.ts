/** `/_emulator`: controls the emulator itself; not subject to its latency and faults. Our own, not Nectar's. */
import { Hono } from "hono";
import type { FaultStore } from "../faults/faults.ts";
import { readJson } from "../http/body.ts";
import { keyRequired, loopbackOnly } from "../http/guard.ts";
import { badField, notFound, orRefuse } from "../http/refusal.ts";
import { addRoute } from "../http/routing.ts";
import type { Operations } from "../operations.ts";
import { addWebhookControl } from "./control-webhooks.ts";

/** Adds the routes, behind the same guards as the API. */
export function addControl(
  app: Hono,
  {
    key,
    operations,
    stop,
  }: {
    readonly key: string;
    readonly operations: Operations | undefined;
    /** Ends the process that serves; without it there is no such route. */
    readonly stop: (() => void) | undefined;
  },
): void {
  const control = new Hono();
  control.use(loopbackOnly());
  control.use(keyRequired(key));
  addRoute(control, "/ping", { GET: (c) => c.json({ emulator: true }) });
  if (operations !== undefined) {
    addFaults(control, operations.faults);
    addOperations(control, operations);
    addWebhookControl(control, operations.webhooks);
  }
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
    POST: async (c) => {
      const given = await readJson(c);
      return c.json(await orRefuse(() => faults.add(given)), 201);
    },
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
      const id = c.req.param("id") ?? "";
      if (typeof status !== "string") throw badField("status", "is required and must be text");
      if (detail !== undefined && typeof detail !== "string") {
        throw badField("detail", "must be text");
      }
      return c.json(await orRefuse(() => operations.setStatus(id, status, detail)));
    },
  });
  addRoute(control, "/clock", {
    GET: async (c) => c.json(await operations.time()),
    POST: async (c) => {
      const { advance } = await readJson(c);
      if (typeof advance !== "string" && typeof advance !== "number") {
        throw badField("advance", "is required: a duration such as 7d, or milliseconds");
      }
      return c.json(await orRefuse(() => operations.advance(advance)));
    },
  });
  addRoute(control, "/seed", {
    POST: async (c) => {
      const data = await readJson(c);
      return c.json(await orRefuse(() => operations.seed(data)));
    },
  });
  addRoute(control, "/reset", { POST: async (c) => c.json(await operations.reset()) });
}
