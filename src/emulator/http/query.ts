/** Reads the query of a request by a schema, and refuses invalid values with the field and the rule. */
import type { Context } from "hono";
import * as z from "zod/mini";
import { badField } from "./refusal.ts";
import { parseFields } from "./validation.ts";

/**
 * Other parameters are ignored. Our choice: only those documented as repeatable may be given more than once.
 *
 * @param repeatable the parameters that are lists
 * @throws {Refusal} 400. Our choice: the docs do not say what happens for other values.
 */
export function readQuery<T>(
  c: Context,
  schema: z.ZodMiniType<T> & { readonly shape: object },
  repeatable: readonly string[] = [],
): T {
  const fields = new Map<string, unknown>();
  for (const name of Object.keys(schema.shape)) {
    const texts = c.req.queries(name) ?? [];
    if (texts.length > 1 && !repeatable.includes(name)) throw badField(name, "can be given once");
    if (texts.length > 0) fields.set(name, repeatable.includes(name) ? texts : texts[0]);
  }
  return parseFields(schema, Object.fromEntries(fields));
}

/** A whole number in a query; optional. */
export function wholeNumber(rule: string, least: number, most = Number.POSITIVE_INFINITY) {
  const isAllowed = (text: string) =>
    /^\d+$/.test(text) && Number(text) >= least && Number(text) <= most;
  return z.optional(
    z.pipe(
      z.string().check(z.refine(isAllowed, rule)),
      z.transform((text) => Math.min(Number(text), Number.MAX_SAFE_INTEGER)),
    ),
  );
}
