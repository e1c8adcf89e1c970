/** What an invitation allows at a time: its status, who may use it, how often. Pure; knows neither HTTP nor pages. */
import type { InvitationOptions, InvitationPrefill } from "../../api/resources/invitation.ts";
import type { InvitationEvent, InvitationRecord, InvitationUse } from "../state/entities.ts";

export type InvitationStatus = "ACTIVE" | "EXPIRED" | "REVOKED" | "FULFILLED";

/**
 * Our choice of names. The page of the event log speaks of views, e-mail verifications, uses and revocations; how they
 * are called could not be read.
 */
type EventType = "VIEWED" | "EMAIL_VERIFIED" | "USED" | "LOGIN_REFUSED" | "REVOKED";

/** Our choice: opening the page again within this time, in milliseconds, is no further view. */
const SAME_VIEW_MS = 60_000;

/** Our choice: 100 years, in seconds. No limit is documented, and a date needs one. */
export const LONGEST_EXPIRY_S = 100 * 365.25 * 24 * 3600;

/**
 * A new invitation.
 *
 * @param of the company, and the connection that is to be renewed or null
 * @param now the emulator's time, in milliseconds since 1970
 * @param ids gives a new UUID each time
 */
export function makeInvitation(
  of: { readonly companyId: string; readonly connectionId: string | null },
  given: InvitationOptions & { readonly prefill?: InvitationPrefill | undefined },
  now: number,
  ids: () => string,
): InvitationRecord {
  const { expiresInSeconds, prefill = {} } = given;
  return {
    id: ids(),
    companyId: of.companyId,
    connectionId: of.connectionId,
    token: newToken(ids),
    created: iso(now),
    allowedEmails: given.allowedEmails ?? [],
    expiresAt: expiresInSeconds === undefined ? null : iso(now + expiresInSeconds * 1000),
    maxUses: given.maxUses ?? null,
    sendEmail: given.sendEmail ?? false,
    prefill: keptPrefill(prefill),
    revokedAt: null,
    uses: [],
    events: [],
  };
}

/** Two random UUIDs: 244 random bits in 43 characters that a URL carries as they are. */
function newToken(ids: () => string): string {
  return Buffer.from(`${ids()}${ids()}`.replaceAll("-", ""), "hex").toString("base64url");
}

/** Without fields that are not documented, and without those that were not given. */
function keptPrefill(given: InvitationPrefill): InvitationRecord["prefill"] {
  const { url, datasourceId, initialSites, utilityTypes } = given;
  const { country, connectionOwnerEmail, dataCollectionStartDate } = given;
  return {
    ...(url === undefined ? {} : { url }),
    ...(datasourceId === undefined ? {} : { datasourceId }),
    ...(initialSites === undefined
      ? {}
      : { initialSites: initialSites.map((id) => id.toLowerCase()) }),
    ...(utilityTypes === undefined ? {} : { utilityTypes }),
    ...(country === undefined ? {} : { country: country.toUpperCase() }),
    ...(connectionOwnerEmail === undefined ? {} : { connectionOwnerEmail }),
    ...(dataCollectionStartDate === undefined ? {} : { dataCollectionStartDate }),
  };
}

/**
 * Its status.
 * Our choice where several are true: what a person did comes first, then time, then use. None of it is documented.
 *
 * @param now the emulator's time, in milliseconds since 1970
 */
export function statusOf(invitation: InvitationRecord, now: number): InvitationStatus {
  const { revokedAt, expiresAt, maxUses } = invitation;
  if (revokedAt !== null) return "REVOKED";
  if (expiresAt !== null && now >= Date.parse(expiresAt)) return "EXPIRED";
  return maxUses !== null && useCount(invitation) >= maxUses ? "FULFILLED" : "ACTIVE";
}

export function useCount({ uses }: InvitationRecord): number {
  return uses.filter(({ counts }) => counts).length;
}

/** The address as it stands on the list, or null. Our choice: letter case and outer spaces make no difference. */
export function admitted(invitation: InvitationRecord, email: string): string | null {
  const wanted = email.trim().toLowerCase();
  return invitation.allowedEmails.find((one) => one.toLowerCase() === wanted) ?? null;
}

/** Our choice: revoking twice is revoking once, and an invitation that can't be used any more can still be revoked. */
export function revoked(invitation: InvitationRecord, now: number): InvitationRecord {
  if (invitation.revokedAt !== null) return invitation;
  return { ...withEvent(invitation, "REVOKED", null, now), revokedAt: iso(now) };
}

export function viewed(invitation: InvitationRecord, now: number): InvitationRecord {
  const last = invitation.events.at(-1);
  const again = last?.type === "VIEWED" && now - Date.parse(last.at) < SAME_VIEW_MS;
  return again ? invitation : withEvent(invitation, "VIEWED", null, now);
}

/** Our choice: no mail is sent from this machine, so an address on the list counts as verified when it is given. */
export function verified(
  invitation: InvitationRecord,
  email: string,
  now: number,
): InvitationRecord {
  const last = invitation.events.at(-1);
  const again = last?.type === "EMAIL_VERIFIED" && last.email === email;
  return again ? invitation : withEvent(invitation, "EMAIL_VERIFIED", email, now);
}

/**
 * An invitation through which a login was sent.
 * Our choice: only a login that is accepted counts, so that a wrong password does not use the link up.
 *
 * @param connectionId the connection that the login made or renewed
 */
export function used(
  invitation: InvitationRecord,
  connectionId: string,
  by: Pick<InvitationUse, "nonce" | "email" | "counts">,
  now: number,
): InvitationRecord {
  const others = invitation.uses.filter(({ nonce }) => nonce !== by.nonce);
  const event = by.counts ? "USED" : "LOGIN_REFUSED";
  const noted = withEvent(invitation, event, by.email, now);
  return { ...noted, uses: [...others, { at: iso(now), connectionId, ...by }] };
}

/** The login that was sent in a walk, if there was one. */
export function useOf(invitation: InvitationRecord, nonce: string): InvitationUse | undefined {
  return invitation.uses.find((use) => use.nonce === nonce);
}

function withEvent(
  invitation: InvitationRecord,
  type: EventType,
  email: string | null,
  now: number,
): InvitationRecord {
  const event: InvitationEvent = { type, at: iso(now), email };
  return { ...invitation, events: [...invitation.events, event] };
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
