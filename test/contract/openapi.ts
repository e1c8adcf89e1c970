/** The OpenAPI file as a judge: finds the operation behind a request and holds bodies against its schemas. Knows no emulator. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
// CommonJS, whose default export is the class itself only by name.
import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { parse } from "yaml";

const OPENAPI_FILE = fileURLToPath(new URL("nectar-openapi.yaml", import.meta.url));

export type Fields = Readonly<Record<string, unknown>>;

/** A method on a path of the file. */
export interface Operation {
  readonly id: string;
  readonly method: string;
  /** With the file's names in braces, such as `/company/{company_id}`. */
  readonly path: string;
  /** The same in the form of the guides, where they have another one. */
  readonly guidePath: string | undefined;
  readonly definition: Fields;
}

/** Where the file keeps its schemas. */
const HOME = "#/components/schemas/";

export class Contract {
  readonly operations: readonly Operation[];
  readonly webhooks: readonly string[];
  readonly #document: Fields;
  readonly #validator: (place: readonly string[]) => ValidateFunction;

  /** @param text of an OpenAPI 3.1 file */
  constructor(text: string = readFileSync(OPENAPI_FILE, "utf8")) {
    this.#document = fieldsOf(parse(text));
    this.operations = operationsOf(this.#document);
    this.webhooks = Object.keys(fieldsOf(this.#document["webhooks"] ?? {}));
    this.#validator = validatorOf(closed(this.#document));
  }

  /** @param path below the version prefix, without its query, in either form */
  operation(method: string, path: string): Operation | undefined {
    return this.operations.find(
      (operation) =>
        operation.method === method &&
        [operation.path, operation.guidePath].some(
          (form) => form !== undefined && patternOf(form).test(path),
        ),
    );
  }

  /** The statuses that the file lists for an operation. */
  statuses({ definition }: Operation): readonly number[] {
    return Object.keys(fieldsOf(definition["responses"])).map(Number);
  }

  /**
   * Holds the body of a response against its operation's schema for the status; one without a schema takes anything.
   * @returns each breach with its place, properties that the schema does not list included
   */
  response(operation: Operation, status: number, body: unknown): readonly string[] {
    return this.#check([...placeOf(operation), "responses", String(status)], body) ?? [];
  }

  /** The same for the body of a request. */
  request(operation: Operation, body: unknown): readonly string[] {
    return this.#check([...placeOf(operation), "requestBody"], body) ?? [];
  }

  /** The same for the body of a webhook. */
  webhook(eventType: string, body: unknown): readonly string[] {
    const problems = this.#check(["webhooks", eventType, "post", "requestBody"], body);
    return problems ?? [`${eventType}: no such webhook`];
  }

  /** Every value of the file under a name of `examples`, with where it stands. */
  requestExamples(): readonly {
    readonly operation: Operation;
    readonly name: string;
    readonly value: unknown;
  }[] {
    return this.operations.flatMap((operation) => {
      const content = Object.values(
        fieldsOf(fieldsOf(operation.definition["requestBody"] ?? {})["content"] ?? {}),
      );
      return content.flatMap((type) =>
        Object.entries(fieldsOf(fieldsOf(type)["examples"] ?? {})).map(([name, example]) => ({
          operation,
          name,
          value: fieldsOf(example)["value"],
        })),
      );
    });
  }

  /** What the file says of operations that no page gives a path for. */
  unlocated(): readonly Fields[] {
    const list = this.#document["x-unlocated-operations"];
    return Array.isArray(list) ? list.map(fieldsOf) : [];
  }

  /** @returns null when there is no JSON schema at a place */
  #check(place: readonly string[], body: unknown): readonly string[] | null {
    const reference = fieldsOf(resolve(this.#document, place) ?? {})["$ref"];
    const target = typeof reference === "string" ? reference.slice(2).split("/") : place;
    const schema = [...target, "content", "application/json", "schema"];
    if (resolve(this.#document, schema) === undefined) return null;
    const validate = this.#validator(schema);
    return validate(body) ? [] : (validate.errors ?? []).map(sentence);
  }
}

/** @throws Error when a value is no object */
export function fieldsOf(value: unknown): Fields {
  if (!isFields(value)) throw new Error(`no object: ${JSON.stringify(value)}`);
  return value;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function operationsOf(document: Fields): Operation[] {
  const methods = ["get", "post", "patch", "put", "delete"];
  return Object.entries(fieldsOf(document["paths"])).flatMap(([path, item]) =>
    Object.entries(fieldsOf(item))
      .filter(([method]) => methods.includes(method))
      .map(([method, value]) => {
        const definition = fieldsOf(value);
        const id = String(definition["operationId"]);
        const guide = fieldsOf(item)["x-guide-path"];
        const guidePath = typeof guide === "string" ? guide : undefined;
        return { id, method: method.toUpperCase(), path, guidePath, definition };
      }),
  );
}

function placeOf({ path, method }: Operation): readonly string[] {
  return ["paths", path, method.toLowerCase()];
}

/** Gives the validator of a schema by its place in the document. */
function validatorOf(document: Fields): (place: readonly string[]) => ValidateFunction {
  // Beside a reference stand the keyword that closes a place and further required names, which say nothing of types.
  const options = {
    strict: true,
    strictTypes: false,
    strictRequired: false,
    allErrors: true,
    verbose: true,
  };
  const ajv = new Ajv2020(options);
  addFormats.default(ajv);
  ajv.addVocabulary(extensionsIn(document));
  // A document of OpenAPI is no JSON schema, so its schemas move to where those keep theirs.
  const moved = fieldsOf(JSON.parse(JSON.stringify(document).replaceAll(HOME, "nectar#/$defs/")));
  ajv.addSchema({ $id: "nectar", $defs: resolve(moved, ["components", "schemas"]) });
  const compiled = new Map<string, ValidateFunction>();
  return (place) => {
    const key = place.join(" ");
    const validate = compiled.get(key) ?? ajv.compile(fieldsOf(resolve(moved, place)));
    compiled.set(key, validate);
    return validate;
  };
}

/** The names that start with `x-`: the file's own remarks, which say nothing about a value. */
function extensionsIn(value: unknown): string[] {
  const found = new Set<string>();
  const visit = (node: unknown) => {
    if (Array.isArray(node)) node.forEach(visit);
    if (!isFields(node)) return;
    for (const [key, child] of Object.entries(node)) {
      if (key.startsWith("x-")) found.add(key);
      visit(child);
    }
  };
  visit(value);
  return [...found];
}

/**
 * The same document with every place closed to properties that it does not list.
 * The members of an `allOf` stay open one by one, since only together do they list everything; so do schemas that are
 * referred to, which are closed where the reference stands.
 */
function closed(document: Fields): Fields {
  const visit = (value: unknown, member: boolean): unknown => {
    if (Array.isArray(value)) return value.map((one) => visit(one, false));
    if (!isFields(value)) return value;
    const copy: Record<string, unknown> = {};
    for (const [key, child] of Object.entries(value)) {
      const open = key === "allOf" || key === "schemas";
      copy[key] = open ? eachOpen(child) : visit(child, false);
    }
    const describes = isFields(value["properties"]) || Array.isArray(value["allOf"]);
    const refers = String(value["$ref"] ?? "").startsWith(HOME);
    return !member && (describes || refers) ? { ...copy, unevaluatedProperties: false } : copy;
  };
  const eachOpen = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map((one) => visit(one, true));
    return Object.fromEntries(
      Object.entries(fieldsOf(value)).map(([key, child]) => [key, visit(child, true)]),
    );
  };
  return fieldsOf(visit(document, true));
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(/\{\w+\}/g, "[^/]+")}$`);
}

function resolve(document: Fields, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (isFields(value) ? value[key] : undefined), document);
}

function sentence({ instancePath, message, params, data }: ErrorObject): string {
  const name = params["unevaluatedProperty"] ?? JSON.stringify(data)?.slice(0, 80);
  return `${instancePath || "body"}: ${message} (${name})`;
}
