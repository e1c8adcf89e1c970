/**
 * The emulator's objects as one JSON value: in the form of a seed, companies with their sites and connections, and beside
 * them what a seed can't say. Data in, data out; touches no file.
 */
import * as z from "zod/mini";
import { isObject } from "../../disk/json-file.ts";
import { Collections } from "./collections.ts";
import type {
  AccountRecord,
  CompanyRecord,
  ConnectionRecord,
  DeletedCompanyRecord,
  DeliveryRecord,
  EndpointRecord,
  InvitationRecord,
  JobRecord,
  MessageRecord,
  SiteRecord,
} from "./entities.ts";

/** The version of the form below. A file with a higher one is refused, never guessed at. */
export const STATE_VERSION = 1;

/** An object inside of its company. */
type Inside<T> = Omit<T, "companyId">;

/** What stands inside of a company. */
const INSIDE = ["sites", "connections", "accounts", "invitations", "jobs"] as const;

interface CompanyEntry extends CompanyRecord {
  readonly sites: readonly Inside<SiteRecord>[];
  readonly connections: readonly Inside<ConnectionRecord>[];
  readonly accounts: readonly Inside<AccountRecord>[];
  readonly invitations: readonly Inside<InvitationRecord>[];
  readonly jobs: readonly Inside<JobRecord>[];
}

// Only what the collections rest on is checked: this file has one writer, this program, and every start reads all of it.
const listOf = <T>() => z.array(z.custom<T>(hasId));

/** What is in the file. */
export const stateSchema = z.object({
  schemaVersion: z.int(),
  /** How far the emulator's time is ahead of the machine's, in milliseconds. */
  clockOffsetMs: z.number(),
  companies: z.array(z.custom<CompanyEntry>(isCompany)),
  deletedCompanies: listOf<DeletedCompanyRecord>(),
  webhooks: z.object({
    endpoints: listOf<EndpointRecord>(),
    messages: listOf<MessageRecord>(),
    deliveries: listOf<DeliveryRecord>(),
  }),
});

type StateFile = z.infer<typeof stateSchema>;

/** How many companies are made into text at once: all at once, a large file would be in memory several times over. */
const AT_ONCE = 100;

/** The file's text, piece by piece. */
export function* toText(state: Collections): Generator<string> {
  const rest: Omit<StateFile, "companies"> = {
    schemaVersion: STATE_VERSION,
    clockOffsetMs: state.clockOffset(),
    deletedCompanies: [...state.deletedCompanies()],
    webhooks: {
      endpoints: [...state.endpoints()],
      messages: [...state.messages()],
      deliveries: [...state.deliveries()],
    },
  };
  let text = `${JSON.stringify(rest).slice(0, -1)},"companies":[`;
  const all = state.companies();
  for (let from = 0; from < all.length; from += AT_ONCE) {
    const entries = all.slice(from, from + AT_ONCE).map((company) => entryOf(company, state));
    const separator = from === 0 ? "" : ",";
    yield `${text}${separator}${JSON.stringify(entries).slice(1, -1)}`;
    text = "";
  }
  yield `${text}]}\n`;
}

function entryOf(company: CompanyRecord, state: Collections): CompanyEntry {
  return {
    ...company,
    sites: state.sitesOf(company.id).map(inside),
    connections: state.connectionsOf(company.id).map(inside),
    accounts: state.accountsOf(company.id).map(inside),
    invitations: state.invitationsOf(company.id).map(inside),
    jobs: state.jobsOf(company.id).map(inside),
  };
}

/** The objects of a file that was checked. */
export function toState({ clockOffsetMs, companies, ...rest }: StateFile): Collections {
  const state = new Collections();
  const { deletedCompanies, webhooks } = rest;
  state.apply({ op: "put", kind: "clock", value: { id: "clock", offsetMs: clockOffsetMs } });
  for (const { sites, connections, accounts, invitations, jobs, ...company } of companies) {
    const companyId = company.id;
    state.apply({ op: "put", kind: "company", value: company });
    for (const one of sites) {
      state.apply({ op: "put", kind: "site", value: { ...one, companyId } });
    }
    for (const one of connections) {
      state.apply({ op: "put", kind: "connection", value: { ...one, companyId } });
    }
    for (const one of accounts) {
      state.apply({ op: "put", kind: "account", value: { ...one, companyId } });
    }
    for (const one of invitations) {
      state.apply({ op: "put", kind: "invitation", value: { ...one, companyId } });
    }
    for (const one of jobs) {
      state.apply({ op: "put", kind: "job", value: { ...one, companyId } });
    }
  }
  for (const value of deletedCompanies) state.apply({ op: "put", kind: "deletedCompany", value });
  for (const value of webhooks.endpoints) state.apply({ op: "put", kind: "endpoint", value });
  for (const value of webhooks.messages) state.apply({ op: "put", kind: "message", value });
  for (const value of webhooks.deliveries) state.apply({ op: "put", kind: "delivery", value });
  return state;
}

function inside<T extends { readonly companyId: string }>({ companyId: _, ...rest }: T) {
  return rest;
}

function hasId(value: unknown): boolean {
  return isObject(value) && typeof value["id"] === "string";
}

function isCompany(value: unknown): boolean {
  return (
    isObject(value) &&
    hasId(value) &&
    INSIDE.every((name) => {
      const list = value[name];
      return Array.isArray(list) && list.every(hasId);
    })
  );
}
