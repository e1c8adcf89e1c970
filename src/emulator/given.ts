/** Input types, inferred from the schemas that validate the input. */
import type * as z from "zod/mini";

/** The input of an object with these schemas. */
export type Given<Shape extends Readonly<Record<string, z.ZodMiniType>>> = Unchanged<
  z.input<z.ZodMiniObject<Shape>>
>;

/** The same type, deeply read-only. */
export type Unchanged<Value> = Value extends (...args: never) => unknown
  ? Value
  : Value extends readonly (infer Item)[]
    ? readonly Unchanged<Item>[]
    : Value extends object
      ? { readonly [Name in keyof Value]: Unchanged<Value[Name]> }
      : Value;
