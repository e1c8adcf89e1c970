/** An invitation: a link by which somebody without a key gives a login. */
import * as z from "zod/mini";
import { DATASOURCE_TYPES } from "./usage.ts";
import { id, listOf, pageEnvelope, text, time } from "./wire.ts";

/**
 * What both creates take.
 * @see https://docs.nectarclimate.com/api-reference/v2-2/invitations/create-reconnect-invitation
 */
export const invitationOptions = z.looseObject({
  /** Empty, or left out, admits anyone. */
  allowedEmails: z.optional(z.array(z.email())),
  /** Left out never expires. */
  expiresInSeconds: z.optional(z.int().check(z.minimum(60))),
  /** Left out is without limit. */
  maxUses: z.optional(z.int().check(z.minimum(1))),
  sendEmail: z.optional(z.boolean()),
});
export type InvitationOptions = z.infer<typeof invitationOptions>;

/** What the page behind the link starts with. The keys are those of a sample; only the guide names `datasourceId`. */
const invitationPrefill = z.looseObject({
  url: z.optional(z.string().check(z.minLength(1))),
  datasourceId: z.optional(z.string().check(z.minLength(1))),
  initialSites: z.optional(z.array(z.uuid())),
  utilityTypes: z.optional(z.array(z.enum(DATASOURCE_TYPES))),
  country: z.optional(z.string().check(z.regex(/^[A-Za-z]{2}$/))),
  connectionOwnerEmail: z.optional(z.email()),
  dataCollectionStartDate: z.optional(z.iso.date()),
});
export type InvitationPrefill = z.infer<typeof invitationPrefill>;

/**
 * What `POST /invitation/company/{id}` takes.
 * @see https://docs.nectarclimate.com/api-reference/v2-0/invitations/create-connection-invitation
 */
export const invitationCreate = z.extend(invitationOptions, {
  prefill: z.optional(invitationPrefill),
});
export type InvitationCreate = z.infer<typeof invitationCreate>;

const MadeConnection = z.pipe(
  z.looseObject({ id: z.string(), datasourceName: text, status: text, created: time }),
  z.transform(({ id, datasourceName, status, created }) => ({
    ...{ id, provider: datasourceName, status, createdAt: created },
  })),
);

const Event = z.pipe(
  z.looseObject({ type: text, createdAt: time, email: text }),
  z.transform(({ type, createdAt, email }) => ({ type, createdAt, email })),
);

/** What is not documented falls away here: it is shown member by member, and may be anything. */
const prefill = z.object(
  Object.fromEntries(
    Object.keys(invitationPrefill.shape).map((name) => [
      name,
      z.nullish(z.union([z.string(), z.array(z.string())])),
    ]),
  ),
);

/**
 * An invitation. Open to fields that are not listed here.
 * That the event log is called `events`, and what one of them looks like, is the emulator's choice: the page could not be read so far.
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
    createdConnections: listOf(MadeConnection),
    events: z.catch(z.nullish(z.array(Event)), null),
  }),
  z.transform((wire) => ({
    id: wire.id,
    type: wire.invitationType,
    status: wire.status,
    /** Holds the secret of the link. */
    url: wire.invitationUrl,
    companyId: wire.companyId,
    /** Null for one that makes a new connection. */
    connectionId: wire.connectionId,
    /** Empty admits anyone. */
    emails: wire.allowedEmails,
    /** Null never expires. */
    expiresAt: wire.expiresAt,
    /** Null is without limit. */
    maxUses: wire.maxUses ?? null,
    useCount: wire.useCount ?? 0,
    createdAt: wire.createdAt,
    /** What the page starts with, by the API's own names; none that is empty. */
    prefill: Object.fromEntries(
      Object.entries(wire.prefill ?? {}).flatMap(([name, value]) =>
        value === null || value === undefined ? [] : [[name, value]],
      ),
    ),
    connections: wire.createdConnections,
    /** In the order of time; null where the answer had no event log that is known here. */
    events: wire.events ?? null,
  })),
);
export type Invitation = z.infer<typeof Invitation>;

/** The list's shape is not documented: a page envelope as other lists have, or a bare array as companies come. */
export const Invitations = z.union([
  z.array(Invitation),
  z.extend(pageEnvelope, { invitations: z.array(Invitation) }),
]);
