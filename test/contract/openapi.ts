/** The OpenAPI file as a judge: finds the operation behind a request and holds bodies against its schemas. Knows no emulator. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
// CommonJS, whose default export is the class itself only by name.
import { Ajv2020, type ErrorObject, type Options, type ValidateFunction } from "ajv/dist/2020.js";
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
  readonly definition: Fields;
}

/** What holding a body against the file brought. */
export interface Verdict {
  /** Each breach with its place; empty when the body keeps to the schema. */
  readonly problems: readonly string[];
  /** Properties that the schema at their place does not list, as `Schema.property`. */
  readonly unlisted: readonly string[];
}

/** The guide's forms of paths that the file, which follows the reference, has in the other order. */
const GUIDE_FORM = /^\/company\/([^/]+)\/(site|connection|usage|document)$/;

/** Where the file keeps its schemas. */
const HOME = "#/components/schemas/";

/** A place beside the file's own, with a reference to each of its schemas. */
const BY_NAME = "x-by-name";

export class Contract {
  readonly operations: readonly Operation[];
  readonly webhooks: readonly string[];
  readonly #document: Fields;
  readonly #open: Judge;
  readonly #closed: Judge;

  /** @param text of an OpenAPI 3.1 file */
  constructor(text: string = readFileSync(OPENAPI_FILE, "utf8")) {
    const open = withReferences(fieldsOf(parse(text, unstrayed)));
    this.operations = operationsOf(open);
    this.webhooks = Object.keys(fieldsOf(open["webhooks"] ?? {}));
    this.#document = open;
    this.#open = judgeOf(open, { strict: true });
    // The keyword that closes a place stands beside references, which say nothing of a type.
    this.#closed = judgeOf(closed(open), { strict: true, strictTypes: false });
  }

  /** @param path below the version prefix, without its query */
  operation(method: string, path: string): Operation | undefined {
    const wanted = path.replace(GUIDE_FORM, "/$2/company/$1");
    return this.operations.find(
      (operation) => operation.method === method && patternOf(operation.path).test(wanted),
    );
  }

  /** Whether the file lists a status for an operation, `default` included. */
  lists({ definition }: Operation, status: number): boolean {
    const responses = fieldsOf(definition["responses"]);
    return String(status) in responses || "default" in responses;
  }

  /** The body of an answer, as its operation's schema for the status; an error's as `ErrorResponse` where there is none. */
  response(operation: Operation, status: number, body: unknown): Verdict {
    const place = ["paths", operation.path, operation.method.toLowerCase(), "responses"];
    const schema = this.#schemaOf([...place, String(status)]);
    if (schema !== null) return this.#judge(schema, body);
    if (status >= 400) return this.schema("ErrorResponse", body);
    return { problems: [], unlisted: [] };
  }

  /** A value as one of the file's schemas by its name. */
  schema(name: string, value: unknown): Verdict {
    return this.#judge([BY_NAME, name], value);
  }

  /** The body of a request, as its operation's schema; an operation without one takes anything. */
  request(operation: Operation, body: unknown): Verdict {
    const place = ["paths", operation.path, operation.method.toLowerCase(), "requestBody"];
    const schema = this.#schemaOf(place);
    return schema === null ? { problems: [], unlisted: [] } : this.#judge(schema, body);
  }

  /** The body of a webhook. */
  webhook(eventType: string, body: unknown): Verdict {
    const schema = this.#schemaOf(["webhooks", eventType, "post", "requestBody"]);
    if (schema === null) return { problems: [`${eventType}: no such webhook`], unlisted: [] };
    return this.#judge(schema, body);
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

  /** What the file marks as inferred in an operation, such as `createCompany 201`; the operation itself by its ID alone. */
  inferred(): readonly string[] {
    return this.operations.flatMap(({ id, definition }) => {
      const responses = Object.entries(fieldsOf(definition["responses"]));
      return [
        ...(definition["x-evidence"] === "inferred" ? [id] : []),
        ...responses
          .filter(([, response]) => marks(response).includes("inferred"))
          .map(([status]) => `${id} ${status}`),
      ];
    });
  }

  #judge(place: readonly string[], body: unknown): Verdict {
    const open = this.#open(place);
    if (!open(body)) return { problems: (open.errors ?? []).map(sentence), unlisted: [] };
    const strict = this.#closed(place);
    if (strict(body)) return { problems: [], unlisted: [] };
    const unlisted = (strict.errors ?? []).map((error) =>
      error.keyword === "unevaluatedProperties"
        ? `${placeOf(error)}${String(error.params["unevaluatedProperty"])}`
        : sentence(error),
    );
    return { problems: [], unlisted: [...new Set(unlisted)] };
  }

  /** @returns where the JSON schema of a response or a request stands; null when it has none */
  #schemaOf(place: readonly string[]): readonly string[] | null {
    let path = place;
    let value = resolve(this.#document, path);
    const reference = fieldsOf(value ?? {})["$ref"];
    if (typeof reference === "string") {
      path = reference.replace("#/", "").split("/");
      value = resolve(this.#document, path);
    }
    const schema = resolve(fieldsOf(value ?? {}), ["content", "application/json", "schema"]);
    if (schema === undefined) return null;
    return [...path, "content", "application/json", "schema"];
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

/** A comma in an unquoted description makes a key without value of what follows it. */
function unstrayed(_key: unknown, value: unknown): unknown {
  if (!isFields(value)) return value;
  return Object.fromEntries(
    Object.entries(value).filter(([name, one]) => !(one === null && name.includes(" "))),
  );
}

function operationsOf(document: Fields): Operation[] {
  const methods = ["get", "post", "patch", "put", "delete"];
  return Object.entries(fieldsOf(document["paths"])).flatMap(([path, item]) =>
    Object.entries(fieldsOf(item))
      .filter(([method]) => methods.includes(method))
      .map(([method, value]) => {
        const definition = fieldsOf(value);
        const id = String(definition["operationId"]);
        return { id, method: method.toUpperCase(), path, definition };
      }),
  );
}

function withReferences(document: Fields): Fields {
  const names = Object.keys(fieldsOf(resolve(document, ["components", "schemas"])));
  const references = names.map((name) => [name, { $ref: `${HOME}${name}` }]);
  return { ...document, [BY_NAME]: Object.fromEntries(references) };
}

/** Gives the validator of a schema by its place in the document. */
type Judge = (place: readonly string[]) => ValidateFunction;

function judgeOf(document: Fields, options: Options): Judge {
  const ajv = new Ajv2020({ ...options, allErrors: true, allowUnionTypes: true, verbose: true });
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

function marks(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(marks);
  if (!isFields(value)) return [];
  return Object.entries(value).flatMap(([key, child]) =>
    key === "x-evidence" ? [String(child)] : marks(child),
  );
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(/\{\w+\}/g, "[^/]+")}$`);
}

function resolve(document: Fields, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (isFields(value) ? value[key] : undefined), document);
}

function sentence(error: ErrorObject): string {
  return `${error.instancePath || "body"}: ${error.message} (${JSON.stringify(error.data)?.slice(0, 80)})`;
}

/** Where in a body something stands, whatever its place in a list. */
function placeOf({ instancePath }: ErrorObject): string {
  const path = instancePath.replaceAll(/\/\d+(?=\/|$)/g, "[]").replace(/^\//, "");
  return path === "" ? "" : `${path.replaceAll("/", ".")}.`;
}
