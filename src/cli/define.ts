/** How a command is declared: a record of fields, and a function. Independent of the Nectar API. */
import type { NectarError } from "../errors.ts";
import type { Screen } from "../terminal/streams.ts";
import type { CommandLine, Io } from "./io.ts";
import { documentShape, pathsOf, type Shape } from "./shape.ts";

/** @returns null for a text that is not allowed, or throws an Error with a sentence of its own about it */
export type Read<Value> = (text: string) => Value | null;

interface FieldBase {
  /** In commander's notation: `--name <NAME>`, `--wait`, or `<id>`, `[id]` for an argument. */
  readonly flag: string;
  readonly help: string;
}

interface ValueBase<Value> extends FieldBase {
  readonly read: Read<Value>;
  /** What is allowed; completes the sentence "it takes …". */
  readonly allowed: string;
  /** For shell completion: values, or the kind of stored object that they come from, such as `company`. */
  readonly suggests?: readonly string[] | string;
  /** Takes several of them, with commas between. */
  readonly several?: true;
}

export interface OptionField<Value> extends ValueBase<Value> {
  readonly kind: "option";
  readonly required?: boolean;
  /** The question for a missing value on a terminal. */
  readonly ask?: string;
  readonly fallback?: string;
}
export interface ArgumentField<Value> extends ValueBase<Value> {
  readonly kind: "argument";
  readonly required?: boolean;
}
/** All remaining positional words, as they are. */
export interface RestField extends FieldBase {
  readonly kind: "rest";
  /** For shell completion of the first word; see `ValueBase`. */
  readonly suggests?: readonly string[] | string;
  /** They are the words of a command. */
  readonly isCommand?: true;
  readonly required?: boolean;
}
/** A flag that may be given several times. */
export interface ListField<Value> extends ValueBase<Value> {
  readonly kind: "list";
  /** Another flag that adds to the same list, so that the order across both is kept. */
  readonly or?: Pick<ValueBase<Value>, "flag" | "help" | "read" | "allowed" | "suggests">;
}
/** A boolean flag, `undefined` when not given. `negative` is the help of `--no-…`, which it then has as well. */
export interface SwitchField extends FieldBase {
  readonly kind: "switch";
  readonly negative?: string;
}
/** A secret read from stdin when its flag, which has no value, is given; else from a variable, if it has one. */
export interface StdinField extends FieldBase {
  readonly kind: "stdin";
  readonly env?: string;
}

export type Field =
  | OptionField<unknown>
  | ArgumentField<unknown>
  | RestField
  | ListField<unknown>
  | SwitchField
  | StdinField;

export type Fields = Readonly<Record<string, Field>>;

type ValueOf<F> =
  F extends ListField<infer V>
    ? readonly V[]
    : F extends { readonly kind: "option" | "argument"; readonly read: Read<infer V> }
      ? F extends { readonly required: true } | { readonly fallback: string }
        ? V
        : V | undefined
      : F extends RestField
        ? readonly string[]
        : F extends SwitchField
          ? boolean | undefined
          : F extends StdinField
            ? string | undefined
            : never;

/** The input of `run`: a value for each field, whatever its source. */
export type InputOf<F extends Fields> = { readonly [Name in keyof F]: ValueOf<F[Name]> };

type Spec<F> = Omit<F, "kind" | "flag">;

export function option<Value, const S extends Spec<OptionField<Value>>>(
  flag: string,
  spec: S & Spec<OptionField<Value>>,
): S & { readonly kind: "option"; readonly flag: string } {
  return { ...spec, kind: "option", flag };
}

export function argument<Value, const S extends Spec<ArgumentField<Value>>>(
  flag: string,
  spec: S & Spec<ArgumentField<Value>>,
): S & { readonly kind: "argument"; readonly flag: string } {
  return { ...spec, kind: "argument", flag };
}

/** All remaining positional words; those that begin with a hyphen must come after `--`. */
export function rest(flag: string, spec: Spec<RestField>): RestField {
  return { ...spec, kind: "rest", flag };
}

export function list<Value>(flag: string, spec: Spec<ListField<Value>>): ListField<Value> {
  return { ...spec, kind: "list", flag };
}

export function toggle(flag: string, spec: Spec<SwitchField>): SwitchField {
  return { ...spec, kind: "switch", flag };
}

export function fromStdin(flag: string, spec: Spec<StdinField>): StdinField {
  return { ...spec, kind: "stdin", flag };
}

/** A field, and the other flags that it can be given by. */
export function variantsOf(field: Field): readonly Field[] {
  if (field.kind === "list" && field.or !== undefined) return [field, { ...field, ...field.or }];
  if (field.kind !== "switch" || field.negative === undefined) return [field];
  return [
    field,
    { kind: "switch", flag: field.flag.replace(/^--/, "--no-"), help: field.negative },
  ];
}

/** Input that a command needs and was not given. */
export interface Missing {
  readonly flag: string;
  readonly what: string;
}

/**
 * How a value is printed; `--json`, `--quiet` and whether stdout is a terminal decide the form. Suggested commands are
 * formatted with `commandLine`.
 */
export interface View<Value> {
  /** On a terminal. `now` is milliseconds since the epoch. */
  readonly human: (
    value: Value,
    screen: Screen,
    now: number,
    commandLine: CommandLine,
  ) => string | Promise<string>;
  /** In a pipe: tab-separated lines. */
  readonly plain: (value: Value, commandLine: CommandLine) => string | Promise<string>;
  /** With `--quiet`: IDs, one per line; default: none. */
  readonly ids?: (value: Value) => readonly string[];
  /** Nothing is printed for `undefined`. An object gets `schemaVersion` where it is printed. */
  readonly json: (value: Value, commandLine: CommandLine) => unknown;
  /** `json` is a document in a format that is not ours to version, such as a plan file. */
  readonly isForeign?: true;
  /** The JSON Schema of `json`, without `schemaVersion`; null for a command that prints no document. */
  readonly shape: Shape | null;
  /** For `--fields`: what is printed with only the members at these paths of `shape`. */
  readonly choose?: (paths: readonly string[]) => Chosen<Value>;
  /** Printed on stderr when there is nothing to show, also in a pipe. */
  readonly none?: (
    value: Value,
    commandLine: CommandLine,
  ) => string | null | Promise<string | null>;
  /** A line on stderr under the result, on a terminal only. */
  readonly footer?: (value: Value) => string | null;
}

/** The part of a view that differs with `--fields`. */
export type Chosen<Value> = Pick<View<Value>, "human" | "plain" | "json">;

/** What a command asks before it does what can't be undone. */
export interface Question<Input> {
  readonly message: string;
  /** The input that the question is about, for `run`, so that what was confirmed is what is done. */
  readonly input?: Input;
}

/** A command: data, and `run`, which does not depend on where its input came from. */
export interface CommandDefinition<F extends Fields, Context extends Io, Value> {
  readonly description?: string;
  readonly fields: F;
  /** Complete command lines, starting with `nectar`, each with what it is an example of. */
  readonly examples: Readonly<Record<string, string>>;
  /** Sets of fields of which at most one may be given. */
  readonly exclusive?: readonly (readonly NoInfer<keyof F>[])[];
  /** Checks across fields, before any question or request. Throws UsageError. */
  readonly check?: (input: InputOf<F>) => void;
  /** What is missing besides required fields; called when the command can't prompt. */
  readonly missing?: (input: InputOf<F>) => readonly Missing[];
  /** Prompts for what is missing; called on a terminal only. */
  readonly interview?: (input: InputOf<F>, context: Context) => Promise<InputOf<F>>;
  /** A question to be answered with yes (or `--yes`) before `run`. */
  readonly confirm?: (input: InputOf<F>, context: Context) => Promise<Question<InputOf<F>>>;
  readonly run: (input: InputOf<F>, context: Context) => Promise<Value>;
  readonly view: View<Value>;
  /**
   * An error to report on stderr after the value has been printed; it sets the exit status. Null or undefined is success.
   */
  readonly failure?: (value: Value) => NectarError | null;
  /** Only a `--timeout` that is given limits its time. */
  readonly unlimited?: true;
  /**
   * Keeps running after the value is printed, until stopped; `--timeout` does not apply. Resolves with the exit status of a
   * program that it ran, if it did.
   */
  readonly hold?: (value: Value, context: Context) => Promise<number> | Promise<void>;
}

/** A definition with its types erased. */
export interface Runnable<Context extends Io> {
  readonly description: string | undefined;
  readonly fields: Fields;
  readonly examples: readonly { readonly command: string; readonly note: string }[];
  /** The JSON Schema of the document that `--json` prints; null without one. */
  readonly shape: Shape | null;
  readonly invoke: (use: Invoke<Context>) => Promise<void>;
}

/** Receives a definition with its types. */
export type Invoke<Context extends Io> = <F extends Fields, Value>(
  definition: CommandDefinition<F, Context, Value>,
) => Promise<void>;

/** Of every command with a list or an object of a noun; read by `runCommand`. */
const fieldsFlag = (shape: Shape | null) =>
  option("--fields <NAMES>", {
    help: "only these fields, as --json names them, such as id,name; nested ones with a dot",
    read: (text) => text,
    allowed: "names with commas between",
    suggests: shape === null ? [] : pathsOf(shape),
    several: true,
  });

export function defineCommand<F extends Fields, Context extends Io, Value>(
  definition: CommandDefinition<F, Context, Value>,
): Runnable<Context> {
  const { description, fields, examples, view } = definition;
  return {
    description,
    examples: Object.entries(examples).map(([command, note]) => ({ command, note })),
    shape: view.shape === null || view.isForeign ? view.shape : documentShape(view.shape),
    fields: view.choose === undefined ? fields : { ...fields, fields: fieldsFlag(view.shape) },
    invoke: (use) => use(definition),
  };
}
