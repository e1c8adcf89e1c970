/**
 * The emulator's objects as one JSON value, shaped like a seed: companies with their sites and connections, plus what a
 * seed can't express. Must not touch files.
 */
import * as z from "zod/mini";
import { isObject, type JsonObject } from "../../disk/json-file.ts";
import { HUNDRED_YEARS_MS } from "../../words/duration.ts";
import { LAST_TIME } from "../clock.ts";
import { isKeyOf } from "../given.ts";
import { Collections, OWNED } from "./collections.ts";
import type { CompanyRecord, Kind, Records } from "./entities.ts";

/** The version of the format below. A file with a higher version is refused. */
export const STATE_VERSION = 1;

/** The lists nested in a company. */
const NESTED = Object.keys(OWNED).filter((name) => isKeyOf(OWNED, name));

/** The members of an object that every request relies on: its texts, its times, its lists. */
type Members = readonly (readonly string[])[];

const COMPANY: Members = [["name", "impliedMeteringFraction"], ["dataCollectionStartDate"], NESTED];
const IN_COMPANY: Readonly<Record<keyof typeof OWNED, Members>> = {
  sites: [["name", "address"], [], ["path"]],
  connections: [
    ["status", "url", "username", "country"],
    ["created", "updated", "statusLastUpdateTime", "dataCollectionStartDate"],
    ["siteIds", "datasourceTypes", "script", "collecting"],
  ],
  accounts: [["connectionId"], ["updated"], ["untracked"]],
  invitations: [["token"], ["created"], ["allowedEmails", "uses", "events"]],
  jobs: [["fileName", "documentId"], ["created", "completed"], []],
};

type CompanyEntry = CompanyRecord & {
  readonly [List in keyof typeof OWNED]: readonly Records[(typeof OWNED)[List]][];
};

// Validates only what the collections rely on and what users edit: only this program writes the file, and every start
// reads all of it.
const listOf = <K extends Kind>() => z.array(z.custom<Records[K]>(hasId));

export const stateSchema = z.object({
  schemaVersion: z.int(),
  /** How far the emulator's time is ahead of the machine's, in milliseconds. */
  clockOffsetMs: z.number().check(z.gte(-LAST_TIME), z.lte(HUNDRED_YEARS_MS)),
  companies: z
    .array(z.custom<CompanyEntry>(isCompany))
    .check(z.refine((all) => new Set(all.map(({ id }) => id)).size === all.length)),
  deletedCompanies: listOf<"deletedCompany">(),
  webhooks: z.object({
    endpoints: listOf<"endpoint">(),
    messages: listOf<"message">(),
    deliveries: listOf<"delivery">(),
  }),
});

type StateFile = z.infer<typeof stateSchema>;

/** In characters: short enough that building a chunk is cheap, and long enough that writing it is. */
const CHUNK_LENGTH = 50_000;

/** The list that comes last, with each company on a line of its own. */
export const COMPANIES = "companies";

export function* toText(state: Collections): Generator<string> {
  let text = headOf(state);
  let separator = "\n";
  for (const company of state.companies()) {
    text += separator + lineOf(company, state);
    separator = ",\n";
    if (text.length < CHUNK_LENGTH) continue;
    yield text;
    text = "";
  }
  yield `${text}\n]}\n`;
}

function headOf(state: Collections): string {
  const head: Omit<StateFile, "companies"> = {
    schemaVersion: STATE_VERSION,
    clockOffsetMs: state.clockOffset(),
    deletedCompanies: [...state.deletedCompanies()],
    webhooks: {
      endpoints: [...state.endpoints()],
      messages: [...state.messages()],
      deliveries: [...state.deliveries()],
    },
  };
  return `${JSON.stringify(head).slice(0, -1)},"${COMPANIES}":[`;
}

function lineOf(company: CompanyRecord, state: Collections): string {
  const lists = NESTED.map(
    (name) => `,"${name}":${JSON.stringify(state[`${name}Of`](company.id))}`,
  );
  return `${JSON.stringify(company).slice(0, -1)}${lists.join("")}}`;
}

export function toState(file: StateFile): Collections {
  const { clockOffsetMs, companies, deletedCompanies, webhooks } = file;
  const state = new Collections();
  state.apply({ op: "put", kind: "clock", value: { id: "clock", offsetMs: clockOffsetMs } });
  for (const { sites, connections, accounts, invitations, jobs, ...company } of companies) {
    const own = <T extends { readonly companyId?: string }>(value: T) =>
      // Files of an earlier build leave it out.
      value.companyId === undefined ? { ...value, companyId: company.id } : value;
    state.apply({ op: "put", kind: "company", value: company });
    for (const one of sites) state.apply({ op: "put", kind: "site", value: own(one) });
    for (const one of connections) state.apply({ op: "put", kind: "connection", value: own(one) });
    for (const one of accounts) state.apply({ op: "put", kind: "account", value: own(one) });
    for (const one of invitations) state.apply({ op: "put", kind: "invitation", value: own(one) });
    for (const one of jobs) state.apply({ op: "put", kind: "job", value: own(one) });
  }
  for (const value of deletedCompanies) state.apply({ op: "put", kind: "deletedCompany", value });
  for (const value of webhooks.endpoints) state.apply({ op: "put", kind: "endpoint", value });
  for (const value of webhooks.messages) state.apply({ op: "put", kind: "message", value });
  for (const value of webhooks.deliveries) state.apply({ op: "put", kind: "delivery", value });
  return state;
}

function hasId(value: unknown): boolean {
  return isObject(value) && typeof value["id"] === "string";
}

function hasMembers(
  value: unknown,
  [texts = [], times = [], lists = []]: Members,
): value is JsonObject {
  return (
    isObject(value) &&
    hasId(value) &&
    texts.every((name) => typeof value[name] === "string") &&
    times.every((name) => !Number.isNaN(Date.parse(String(value[name])))) &&
    lists.every((name) => Array.isArray(value[name]))
  );
}

function isCompany(value: unknown): boolean {
  if (!hasMembers(value, COMPANY)) return false;
  return NESTED.every((name) =>
    [value[name]]
      .flat()
      .every(
        (one) =>
          hasMembers(one, IN_COMPANY[name]) && [undefined, value["id"]].includes(one["companyId"]),
      ),
  );
}
