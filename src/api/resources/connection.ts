/** A connection: a login at a utility provider. */
import * as z from "zod/mini";
import { readStatus } from "../status.ts";
import { countryCode, id, pageEnvelope, reference, text, time, uuid } from "./wire.ts";

/**
 * The body of `POST /company/{id}/connection`.
 * The sandbox page shows only `url` and `username` as keys; `password`, `sites`, `country` are inferred from its table.
 * @see https://docs.nectarclimate.com/developer-guide/sandbox-testing
 */
export const connectionCreate = z.object({
  url: z.string().check(z.minLength(1)),
  username: z.string().check(z.minLength(1)),
  password: z.string().check(z.minLength(1)),
  sites: z.array(uuid),
  country: z.optional(countryCode),
});
export type ConnectionCreate = z.infer<typeof connectionCreate>;

/** The sandbox utility account that the vendor documents; any other login fails in the sandbox. */
export const SANDBOX_LOGIN = {
  url: "https://nectarclimate.com",
  username: "nectar-sandbox-username",
  password: "nectar-sandbox-password",
  country: "US",
} as const;

/** The sandbox login allows one to three sites; no limit is documented for other logins. */
export const MAX_SANDBOX_SITES = 3;

/**
 * A connection. The create call is only guaranteed to return `id` and `status`. A secret that the API also sends
 * (`connectionMagicLinkSecret`) is dropped here, so no caller can show or store it.
 * @see https://docs.nectarclimate.com/api-reference/connections/get-connection-details
 */
export const Connection = z.pipe(
  z.looseObject({
    id,
    status: text,
    statusErrorDetail: text,
    created: time,
    updated: time,
    url: text,
    username: text,
    country: text,
    initialSites: z.nullish(z.array(id)),
    company: reference,
    datasource: z.nullish(z.looseObject({ name: text, url: text })),
  }),
  z.transform((wire) => ({
    id: wire.id,
    status: wire.status,
    state: readStatus(wire.status).state,
    statusDetail: wire.statusErrorDetail,
    url: wire.url,
    username: wire.username,
    country: wire.country,
    siteIds: wire.initialSites ?? null,
    company: wire.company,
    provider: wire.datasource ? { name: wire.datasource.name, url: wire.datasource.url } : null,
    createdAt: wire.created,
    updatedAt: wire.updated,
  })),
);
export type Connection = z.infer<typeof Connection>;

/** @see https://docs.nectarclimate.com/developer-guide/pagination */
export const ConnectionPage = z.extend(pageEnvelope, { connections: z.array(Connection) });
