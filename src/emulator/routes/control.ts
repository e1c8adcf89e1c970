/** `/_emulator`: what the emulator answers about itself, beside the API and past its latency and its faults. Our own, not Nectar's. */
import { Hono } from "hono";
import { UsageError } from "../../errors.ts";
import type { FaultStore } from "../faults/faults.ts";
import { parseFault } from "../faults/schema.ts";
import { readJson } from "../http/body.ts";
import { keyRequired, loopbackOnly } from "../http/guard.ts";
import { notFound, Refusal } from "../http/refusal.ts";
import { addRoute } from "../http/routing.ts";

/** Adds the routes, behind the same guards as the API. */
export function addControl(
  app: Hono,
  { key, faults }: { readonly key: string; readonly faults: FaultStore | undefined },
): void {
  const control = new Hono();
  control.use(loopbackOnly());
  control.use(keyRequired(key));
  addRoute(control, "/ping", { GET: (c) => c.json({ emulator: true }) });
  if (faults !== undefined) addFaults(control, faults);
  control.all("*", () => {
    throw notFound();
  });
  app.route("/_emulator", control);
}

function addFaults(control: Hono, faults: FaultStore): void {
  addRoute(control, "/faults", {
    GET: async (c) => c.json(await faults.list()),
    POST: async (c) => c.json(await faults.add(checked(await readJson(c))), 201),
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

/** @throws {Refusal} 400 that names the fields */
function checked(value: unknown) {
  try {
    return parseFault(value);
  } catch (error) {
    throw error instanceof UsageError ? new Refusal(400, error.message) : error;
  }
}
