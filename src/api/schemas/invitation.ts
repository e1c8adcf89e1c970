/** An invitation: a link by which somebody without a key gives a login. */
import * as z from "zod/mini";
import { toUtc } from "./connection.ts";
import { pageEnvelope } from "./page.ts";
import { DATASOURCE_TYPES } from "./usage.ts";

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

const createdConnectionWire = z.looseObject({
  id: z.string(),
  datasourceName: z.nullish(z.string()),
  status: z.nullish(z.string()),
  created: z.nullish(z.string()),
});

const eventWire = z.looseObject({
  type: z.nullish(z.string()),
  createdAt: z.nullish(z.string()),
  email: z.nullish(z.string()),
});

/** What is not documented falls away here: it is shown member by member, and may be anything. */
const prefillWire = z.object({
  url: z.nullish(z.string()),
  datasourceId: z.nullish(z.string()),
  initialSites: z.nullish(z.array(z.string())),
  utilityTypes: z.nullish(z.array(z.string())),
  country: z.nullish(z.string()),
  connectionOwnerEmail: z.nullish(z.string()),
  dataCollectionStartDate: z.nullish(z.string()),
});

/**
 * An invitation as the API answers it. Open to fields that are not listed here.
 * That the event log is called `events`, and what one of them looks like, is the emulator's choice: the page could not be read so far.
 */
export const invitationWire = z.looseObject({
  id: z.string().check(z.minLength(1)),
  invitationType: z.nullish(z.string()),
  status: z.nullish(z.string()),
  invitationUrl: z.nullish(z.string()),
  companyId: z.nullish(z.string()),
  connectionId: z.nullish(z.string()),
  allowedEmails: z.nullish(z.array(z.string())),
  expiresAt: z.nullish(z.string()),
  maxUses: z.nullish(z.number()),
  useCount: z.nullish(z.number()),
  createdAt: z.nullish(z.string()),
  prefill: z.catch(z.nullish(prefillWire), null),
  createdConnections: z.nullish(z.array(createdConnectionWire)),
  events: z.catch(z.nullish(z.array(eventWire)), null),
});
type InvitationWire = z.infer<typeof invitationWire>;

/** The list's shape is not documented: a page envelope as other lists have, or a bare array as companies come. */
export const invitationListWire = z.union([
  z.array(invitationWire),
  z.extend(pageEnvelope, { invitations: z.array(invitationWire) }),
]);

/** An invitation as this tool knows it. */
export interface Invitation {
  readonly id: string;
  readonly type: string | null;
  readonly status: string | null;
  /** Holds the secret of the link. */
  readonly url: string | null;
  readonly companyId: string | null;
  /** Null for one that makes a new connection. */
  readonly connectionId: string | null;
  /** Empty admits anyone. */
  readonly emails: readonly string[];
  /** ISO 8601, UTC; null never expires. The same for all times below. */
  readonly expiresAt: string | null;
  /** Null is without limit. */
  readonly maxUses: number | null;
  readonly useCount: number;
  readonly createdAt: string | null;
  /** What the page starts with, by the API's own names; none that is empty. */
  readonly prefill: Readonly<Record<string, string | readonly string[]>>;
  readonly connections: readonly InvitedConnection[];
  /** In the order of time; null where the answer had no event log that is known here. */
  readonly events: readonly InvitationEvent[] | null;
}

export interface InvitedConnection {
  readonly id: string;
  readonly provider: string | null;
  readonly status: string | null;
  readonly createdAt: string | null;
}

export interface InvitationEvent {
  readonly type: string | null;
  readonly createdAt: string | null;
  readonly email: string | null;
}

export function toInvitation(wire: InvitationWire): Invitation {
  return {
    id: wire.id,
    type: wire.invitationType ?? null,
    status: wire.status ?? null,
    url: wire.invitationUrl ?? null,
    companyId: wire.companyId ?? null,
    connectionId: wire.connectionId ?? null,
    emails: wire.allowedEmails ?? [],
    expiresAt: toUtc(wire.expiresAt),
    maxUses: wire.maxUses ?? null,
    useCount: wire.useCount ?? 0,
    createdAt: toUtc(wire.createdAt),
    prefill: Object.fromEntries(
      Object.entries(wire.prefill ?? {}).flatMap(([name, value]) =>
        value === null || value === undefined ? [] : [[name, value]],
      ),
    ),
    connections: (wire.createdConnections ?? []).map((one) => ({
      id: one.id,
      provider: one.datasourceName ?? null,
      status: one.status ?? null,
      createdAt: toUtc(one.created),
    })),
    events:
      wire.events?.map((one) => ({
        type: one.type ?? null,
        createdAt: toUtc(one.createdAt),
        email: one.email ?? null,
      })) ?? null,
  };
}
