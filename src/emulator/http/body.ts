/** Reads request bodies: never more than the limit, and only the documented media types. */
import type { Context } from "hono";
import { isObject } from "../../disk/json-file.ts";
import { Refusal } from "./refusal.ts";

/** Our choice: 1 MiB, in bytes. Only uploads have a documented limit, and no other body comes near this one. */
const BODY_LIMIT = 1024 * 1024;

/** How many bytes beyond the limit are read and discarded when the length is unknown, so that the sender sees the response. */
const DRAIN_LIMIT = 16 * BODY_LIMIT;

type Fields = Record<string, unknown>;

declare module "hono" {
  interface ContextVariableMap {
    /** The body, if it was read before the route runs. */
    received?: Uint8Array<ArrayBuffer>;
  }
}

/** Reads the whole body now, so that the route can still use it after the client disconnects. @throws {Refusal} 413 */
export async function receive(c: Context): Promise<void> {
  c.set("received", await readBytes(c));
}

/**
 * Reads a JSON object.
 * @param limit in bytes
 * @throws {Refusal} 400 malformed, 413 too large, 415 another media type
 */
export async function readJson(c: Context, limit = BODY_LIMIT): Promise<Fields> {
  const type = mediaType(c);
  // Our choice: a body without a type is treated as JSON.
  if (type !== "" && type !== "application/json" && !type.endsWith("+json")) {
    throw new Refusal(415, `Unsupported media type "${type}": send application/json.`);
  }
  return parseJson(await readBytes(c, limit));
}

/**
 * Reads a JSON object or a form; a field that a form repeats becomes a list.
 * @param lists the fields that are lists even when they occur only once in a form
 * @throws {Refusal} 400 malformed, 413 too large, 415 another media type
 */
export async function readJsonOrForm(c: Context, lists: readonly string[]): Promise<Fields> {
  const type = mediaType(c);
  if (type === "application/x-www-form-urlencoded") {
    const text = new TextDecoder().decode(await readBytes(c));
    return toFields(new URLSearchParams(text), lists);
  }
  if (type === "multipart/form-data") return toFields(await readMultipart(c, BODY_LIMIT), lists);
  return readJson(c);
}

/**
 * Reads a form that may contain files.
 * @param limit in bytes
 * @throws {Refusal} 400 malformed, 413 too large, 415 another media type
 */
export async function readFiles(c: Context, limit: number): Promise<FormData> {
  const type = mediaType(c);
  if (type === "multipart/form-data") return readMultipart(c, limit);
  throw new Refusal(415, `Unsupported media type "${type}": send multipart/form-data.`);
}

async function readMultipart(c: Context, limit: number): Promise<FormData> {
  const bytes = await readBytes(c, limit);
  const headers = { "content-type": c.req.header("content-type") ?? "" };
  try {
    return await new Response(bytes, { headers }).formData();
  } catch {
    throw new Refusal(400, "The body is not well-formed multipart/form-data.");
  }
}

function toFields(entries: Iterable<[string, unknown]>, lists: readonly string[]): Fields {
  const fields = new Map<string, unknown>();
  for (const [name, value] of entries) {
    const before = fields.get(name);
    if (Array.isArray(before)) before.push(value);
    else if (before !== undefined) fields.set(name, [before, value]);
    else fields.set(name, lists.includes(name) ? [value] : value);
  }
  return Object.fromEntries(fields);
}

function parseJson(bytes: Uint8Array<ArrayBuffer>): Fields {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new Refusal(400, "The body is not well-formed JSON.");
  }
  if (!isObject(value)) throw new Refusal(400, "The body must be a JSON object.");
  return value;
}

function mediaType(c: Context): string {
  return (c.req.header("content-type") ?? "").split(";", 1).join("").trim().toLowerCase();
}

async function readBytes(c: Context, limit = BODY_LIMIT): Promise<Uint8Array<ArrayBuffer>> {
  const received = c.get("received");
  if (received !== undefined) return received;
  const announced = Number(c.req.header("content-length") ?? Number.NaN);
  if (announced > limit) throw tooLarge(limit);
  // Node never passes on more than the announced length.
  if (announced <= limit) return new Uint8Array(await c.req.arrayBuffer());
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of c.req.raw.body ?? []) {
    length += chunk.byteLength;
    if (length <= limit) chunks.push(chunk);
    if (length > limit + DRAIN_LIMIT) break;
  }
  if (length > limit) throw tooLarge(limit);
  return new Uint8Array(Buffer.concat(chunks));
}

function tooLarge(limit: number): Refusal {
  return new Refusal(413, `The body is larger than ${limit} bytes.`);
}
