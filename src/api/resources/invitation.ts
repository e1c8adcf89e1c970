/** An invitation: a link through which someone without an API key can provide a login. */
import * as z from "zod/mini";
import { DATASOURCE_TYPES } from "./usage.ts";
import { countryCode, id, listOf, pageEnvelope, text, time, uuid } from "./wire.ts";

/**
 * The options that both kinds of create share.
 * @see https://docs.nectarclimate.com/api-reference/v2-2/invitations/create-reconnect-invitation
 */
export const invitationOptions = z.object({
  /** Anyone is allowed if empty or omitted. */
  allowedEmails: z.optional(z.array(z.email())),
  /** Never expires if omitted. */
  expiresInSeconds: z.optional(z.int().check(z.minimum(60))),
  /** Unlimited if omitted. */
  maxUses: z.optional(z.int().check(z.minimum(1))),
  sendEmail: z.optional(z.boolean()),
});
export type InvitationOptions = z.infer<typeof invitationOptions>;

/** Initial values for the page behind the link. The keys come from a sample; only the guide mentions `datasourceId`. */
export const invitationPrefill = z.object({
  url: z.optional(z.string().check(z.minLength(1))),
  datasourceId: z.optional(z.string().check(z.minLength(1))),
  initialSites: z.optional(z.array(uuid)),
  utilityTypes: z.optional(z.array(z.enum(DATASOURCE_TYPES))),
  country: z.optional(countryCode),
  connectionOwnerEmail: z.optional(z.email()),
  dataCollectionStartDate: z.optional(z.iso.date()),
});
export type InvitationPrefill = z.infer<typeof invitationPrefill>;

/**
 * The body of `POST /invitation/company/{id}`.
 * @see https://docs.nectarclimate.com/api-reference/v2-0/invitations/create-connection-invitation
 */
export const invitationCreate = z.extend(invitationOptions, {
  prefill: z.optional(invitationPrefill),
});
export type InvitationCreate = z.infer<typeof invitationCreate>;

const CreatedConnection = z.pipe(
  z.looseObject({ id: z.string(), datasourceName: text, status: text, created: time }),
  z.transform(({ id, datasourceName, status, created }) => ({
    ...{ id, provider: datasourceName, status, createdAt: created },
  })),
);

const Event = z.pipe(
  z.looseObject({ type: text, createdAt: time, email: text }),
  z.transform(({ type, createdAt, email }) => ({ type, createdAt, email })),
);

/** Drops undocumented members, which may hold anything: the others are shown one by one. */
const prefill = z.object(
  Object.fromEntries(
    Object.keys(invitationPrefill.shape).map((name) => [
      name,
      z.nullish(z.union([z.string(), z.array(z.string())])),
    ]),
  ),
);

/**
 * An invitation. Accepts fields that are not listed here.
 * The name `events` and the format of an event are the emulator's choice: the page could not be read so far.
 */
export const Invitation = z.pipe(
  z.looseObject({
    id,
    invitationType: text,
    status: text,
    invitationUrl: text,
    companyId: text,
    connectionId: text,
    allowedEmails: listOf(z.string()),
    expiresAt: time,
    maxUses: z.nullish(z.number()),
    useCount: z.nullish(z.number()),
    createdAt: time,
    prefill: z.catch(z.nullish(prefill), null),
    createdConnections: listOf(CreatedConnection),
    events: z.catch(z.nullish(z.array(Event)), null),
  }),
  z.transform((wire) => ({
    id: wire.id,
    type: wire.invitationType,
    status: wire.status,
    /** Contains the link's secret. */
    url: wire.invitationUrl,
    companyId: wire.companyId,
    /** Null if the invitation creates a new connection. */
    connectionId: wire.connectionId,
    /** Anyone is allowed if empty. */
    emails: wire.allowedEmails,
    /** Null if it never expires. */
    expiresAt: wire.expiresAt,
    /** Null if unlimited. */
    maxUses: wire.maxUses ?? null,
    useCount: wire.useCount ?? 0,
    createdAt: wire.createdAt,
    /** Initial values for the page, by the API's names, without empty ones. */
    prefill: Object.fromEntries(
      Object.entries(wire.prefill ?? {}).flatMap(([name, value]) =>
        value === null || value === undefined ? [] : [[name, value]],
      ),
    ),
    connections: wire.createdConnections,
    /** In chronological order; null if the response has no event log in the expected format. */
    events: wire.events ?? null,
  })),
);
export type Invitation = z.infer<typeof Invitation>;

/** The list's format is not documented: a page envelope like other lists, or a bare array like companies. */
export const Invitations = z.union([
  z.array(Invitation),
  z.extend(pageEnvelope, { invitations: z.array(Invitation) }),
]);
