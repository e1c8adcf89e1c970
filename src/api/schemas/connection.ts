/** A connection: the login at a utility provider. */
import * as z from "zod/mini";
import { type ConnectionState, readStatus } from "../status.ts";

/**
 * What `POST /company/{id}/connection` takes.
 * Only `url` and `username` are seen as keys on the sandbox page; `password`, `sites` and `country` are inferred from its table.
 * @see https://docs.nectarclimate.com/developer-guide/sandbox-testing
 */
export const connectionCreate = z.looseObject({
  url: z.string().check(z.minLength(1)),
  username: z.string().check(z.minLength(1)),
  password: z.string().check(z.minLength(1)),
  sites: z.array(z.uuid()).check(z.minLength(1)),
  country: z.optional(z.string().check(z.regex(/^[A-Za-z]{2}$/))),
});
export type ConnectionCreate = z.infer<typeof connectionCreate>;

/** A connection as the API answers it. The create call is only promised to return `id` and `status`. */
export const connectionWire = z.looseObject({
  id: z.string().check(z.minLength(1)),
  status: z.nullish(z.string()),
  statusErrorDetail: z.nullish(z.string()),
  created: z.nullish(z.string()),
  updated: z.nullish(z.string()),
  url: z.nullish(z.string()),
  username: z.nullish(z.string()),
  country: z.nullish(z.string()),
  initialSites: z.nullish(z.array(z.string())),
  workflowOwnerEmail: z.nullish(z.string()),
  company: z.nullish(z.looseObject({ id: z.string(), name: z.nullish(z.string()) })),
  datasource: z.nullish(z.looseObject({ name: z.nullish(z.string()), url: z.nullish(z.string()) })),
});
export type ConnectionWire = z.infer<typeof connectionWire>;

/** The sandboxed utility account that the vendor documents; every other login fails in the sandbox. */
export const SANDBOX_LOGIN = {
  url: "https://nectarclimate.com",
  username: "nectar-sandbox-username",
  password: "nectar-sandbox-password",
  country: "US",
} as const;

/** The sandbox takes from one to three sites. */
export const MAX_SANDBOX_SITES = 3;

/**
 * A connection as this tool knows it. A secret that the API sends along
 * (`connectionMagicLinkSecret`) has no place here, so nothing above this file can show or store it.
 */
export interface Connection {
  readonly id: string;
  readonly status: string | null;
  readonly state: ConnectionState;
  readonly statusDetail: string | null;
  readonly url: string | null;
  readonly username: string | null;
  readonly country: string | null;
  readonly siteIds: readonly string[] | null;
  readonly company: { readonly id: string; readonly name: string | null } | null;
  readonly provider: { readonly name: string | null; readonly url: string | null } | null;
  /** ISO 8601, UTC. */
  readonly createdAt: string | null;
  /** ISO 8601, UTC. */
  readonly updatedAt: string | null;
}

export function toConnection(wire: ConnectionWire): Connection {
  const status = wire.status ?? null;
  return {
    id: wire.id,
    status,
    state: readStatus(status).state,
    statusDetail: wire.statusErrorDetail || null,
    url: wire.url ?? null,
    username: wire.username ?? null,
    country: wire.country ?? null,
    siteIds: wire.initialSites ?? null,
    company: wire.company ? { id: wire.company.id, name: wire.company.name ?? null } : null,
    provider: wire.datasource
      ? { name: wire.datasource.name ?? null, url: wire.datasource.url ?? null }
      : null,
    createdAt: toUtc(wire.created),
    updatedAt: toUtc(wire.updated),
  };
}

/** The API's times may lack a zone; those are read as UTC. What is no time at all is passed on as it came. */
export function toUtc(text: string | null | undefined): string | null {
  if (text === null || text === undefined || text === "") return null;
  const zoned = /(?:Z|[+-]\d\d:?\d\d)$/i.test(text) || !text.includes("T") ? text : `${text}Z`;
  const time = Date.parse(zoned);
  return Number.isNaN(time) ? text : new Date(time).toISOString();
}
