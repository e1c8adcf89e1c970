/** The types of what a program gives, inferred from the schemas that check it. */
import type * as z from "zod/mini";

/** What may be given for a record of schemas. */
export type Given<Shape extends Readonly<Record<string, z.ZodMiniType>>> = Unchanged<
  z.input<z.ZodMiniObject<Shape>>
>;

/** The same, in which nothing can be changed. */
export type Unchanged<Value> = Value extends (...args: never) => unknown
  ? Value
  : Value extends readonly (infer Item)[]
    ? readonly Unchanged<Item>[]
    : Value extends object
      ? { readonly [Name in keyof Value]: Unchanged<Value[Name]> }
      : Value;
