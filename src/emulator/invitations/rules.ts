/** What an invitation allows at a given time: its status, who may use it, how often. Pure; knows nothing of HTTP or pages. */

import type { InvitationOptions, InvitationPrefill } from "../../api/resources/invitation.ts";
import { isoOf, type Time } from "../clock.ts";
import type {
  ConnectionRecord,
  InvitationEvent,
  InvitationRecord,
  InvitationUse,
} from "../state/entities.ts";

export type InvitationStatus = "ACTIVE" | "EXPIRED" | "REVOKED" | "FULFILLED";

/**
 * Our choice of names. The page about the event log mentions views, e-mail verifications, uses and revocations; their
 * names could not be read.
 */
type EventType = "VIEWED" | "EMAIL_VERIFIED" | "USED" | "LOGIN_REFUSED" | "REVOKED";

/** Our choice: opening the page again within this time, in milliseconds, does not count as another view. */
const SAME_VIEW_MS = 60_000;

/** The company of an invitation, and the connection to renew or null. */
export type Target = Pick<InvitationRecord, "companyId" | "connectionId">;

export function makeInvitation(
  target: Target,
  given: InvitationOptions & { readonly prefill?: InvitationPrefill | undefined },
  now: Time,
  ids: () => string,
): InvitationRecord {
  const { expiresInSeconds } = given;
  return {
    id: ids(),
    ...target,
    token: newToken(ids),
    created: isoOf(now),
    allowedEmails: given.allowedEmails ?? [],
    expiresAt: expiresInSeconds === undefined ? null : isoOf(now + expiresInSeconds * 1000),
    maxUses: given.maxUses ?? null,
    sendEmail: given.sendEmail ?? false,
    prefill: given.prefill ?? {},
    revokedAt: null,
    uses: [],
    events: [],
  };
}

/** Two random UUIDs: 244 random bits in 43 URL-safe characters. */
function newToken(ids: () => string): string {
  return Buffer.from(`${ids()}${ids()}`.replaceAll("-", ""), "hex").toString("base64url");
}

/**
 * The status of an invitation.
 * Our choice where several apply: revocation first, then expiry, then use. The order is not documented.
 */
export function statusOf(invitation: InvitationRecord, now: Time): InvitationStatus {
  const { revokedAt, expiresAt, maxUses } = invitation;
  if (revokedAt !== null) return "REVOKED";
  if (expiresAt !== null && now >= Date.parse(expiresAt)) return "EXPIRED";
  return maxUses !== null && useCount(invitation, now) >= maxUses ? "FULFILLED" : "ACTIVE";
}

/**
 * How many logins count against the limit. Our choice: one that is still being tested does, whatever its outcome will be.
 */
export function useCount({ uses }: InvitationRecord, now: Time): number {
  return uses.filter(({ counts, at, checkedAt = at }) => counts || Date.parse(checkedAt) > now)
    .length;
}

/** What has happened so far, oldest first. The outcome of a login is not told before it was tested. */
export function eventsOf({ events }: InvitationRecord, now: Time): readonly InvitationEvent[] {
  return events
    .filter(({ at }) => Date.parse(at) <= now)
    .toSorted((one, other) => Date.parse(one.at) - Date.parse(other.at));
}

/** The email address as spelled in the list, or null. Our choice: case and surrounding spaces are ignored. */
export function admitted(invitation: InvitationRecord, email: string): string | null {
  const normalized = email.trim().toLowerCase();
  return invitation.allowedEmails.find((one) => one.toLowerCase() === normalized) ?? null;
}

/** Our choice: revoking again changes nothing, and an invitation that can no longer be used can still be revoked. */
export function revoked(invitation: InvitationRecord, now: Time): InvitationRecord {
  if (invitation.revokedAt !== null) return invitation;
  return { ...withEvent(invitation, "REVOKED", null, now), revokedAt: isoOf(now) };
}

export function viewed(invitation: InvitationRecord, now: Time): InvitationRecord {
  const last = invitation.events.at(-1);
  const again = last?.type === "VIEWED" && now - Date.parse(last.at) < SAME_VIEW_MS;
  return again ? invitation : withEvent(invitation, "VIEWED", null, now);
}

/** Our choice: no email is sent from this machine, so entering an address on the list counts as verification. */
export function verified(invitation: InvitationRecord, email: string, now: Time): InvitationRecord {
  const last = invitation.events.at(-1);
  const again = last?.type === "EMAIL_VERIFIED" && last.email === email;
  return again ? invitation : withEvent(invitation, "EMAIL_VERIFIED", email, now);
}

/**
 * An invitation after a login was submitted through it.
 * Our choice: only accepted logins count, so that a wrong password does not use up the link.
 *
 * @param connection the one that the login created or renewed
 */
export function used(
  invitation: InvitationRecord,
  connection: Pick<ConnectionRecord, "id" | "script" | "status">,
  by: Pick<InvitationUse, "nonce" | "email" | "counts">,
  now: Time,
): InvitationRecord {
  const others = invitation.uses.filter(({ nonce }) => nonce !== by.nonce);
  const event = by.counts ? "USED" : "LOGIN_REFUSED";
  const { id: connectionId, status, script } = connection;
  const checkedAt = (status === "PENDING" ? script[0]?.at : undefined) ?? isoOf(now);
  const logged = withEvent(invitation, event, by.email, Date.parse(checkedAt));
  return { ...logged, uses: [...others, { at: isoOf(now), checkedAt, connectionId, ...by }] };
}

export function useOf(invitation: InvitationRecord, nonce: string): InvitationUse | undefined {
  return invitation.uses.find((use) => use.nonce === nonce);
}

function withEvent(
  invitation: InvitationRecord,
  type: EventType,
  email: string | null,
  now: Time,
): InvitationRecord {
  const event: InvitationEvent = { type, at: isoOf(now), email };
  return { ...invitation, events: [...invitation.events, event] };
}
