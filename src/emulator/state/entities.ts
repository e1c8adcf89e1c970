/** The stored form of each of the emulator's objects, and changes to them. Must not depend on HTTP or disk. */
import type { InvitationPrefill } from "../../api/resources/invitation.ts";
import type { PostOutcome } from "../../webhooks/post.ts";

export interface CompanyRecord {
  readonly id: string;
  /** The deprecated public ID in magic links. */
  readonly publicId: string;
  readonly name: string;
  readonly externalId: string | null;
  readonly dataCollectionStartDate: string;
  readonly isImpliedMeteringEnabled: boolean;
  readonly impliedMeteringFraction: string;
  readonly isDemandEnabled: boolean;
  readonly isBasicIdentifierMappingEnabled: boolean;
  readonly isLowAccuracyModeEnabled: boolean;
  readonly users: readonly string[];
  /** ISO 8601, UTC; missing on objects from an older release. */
  readonly created?: string;
}

/** A deleted company as it was, because a lagging list still shows it. */
export interface DeletedCompanyRecord {
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly deleted: string;
  readonly company: CompanyRecord;
  readonly sites: readonly SiteRecord[];
}

export interface SiteRecord {
  readonly id: string;
  readonly companyId: string;
  readonly name: string;
  readonly externalId: string | null;
  readonly address: string;
  readonly path: readonly string[];
  readonly occupancyPercent: string | null;
  /** ISO 8601, UTC; missing on objects from an older release. */
  readonly created?: string;
}

/** A connection. The password is never stored, only the outcome of the login, in `status`. */
export interface ConnectionRecord {
  readonly id: string;
  readonly companyId: string;
  /** ISO 8601, UTC; the same for all times below. */
  readonly created: string;
  readonly updated: string;
  readonly magicLinkSecret: string;
  readonly status: string;
  readonly statusErrorDetail: string | null;
  readonly statusLastUpdateTime: string;
  readonly statusFirstSeenTime: string;
  readonly url: string;
  readonly username: string;
  readonly country: string;
  readonly siteIds: readonly string[];
  readonly ownerEmail: string;
  readonly dataCollectionStartDate: string;
  /** The types that the invitation asked for; empty means every type. */
  readonly datasourceTypes: readonly string[];
  /** Scripted status changes, next one first. Readers must apply those that are due. */
  readonly script: readonly ScriptStep[];
  /** When data was collected, including now if the last span is open. All data is computed from this; none is stored. */
  readonly collecting: readonly Span[];
  /** How long after a login data appears, in milliseconds. */
  readonly dataDelayMs: number;
  /** Events up to this time have been queued for webhooks. */
  readonly announcedUntil: string;
}

export interface StatusWithDetail {
  readonly status: string;
  /** A sentence for error statuses, else null. */
  readonly detail: string | null;
}

export interface ScriptStep extends StatusWithDetail {
  readonly at: string;
}

/** A period in which data is collected; `until` is null while it is ongoing. */
export interface Span {
  readonly from: string;
  readonly until: string | null;
}

/** The settings of an account. The account itself is computed. */
export interface AccountRecord {
  readonly id: string;
  readonly companyId: string;
  readonly connectionId: string;
  readonly isTracked: boolean;
  readonly meterIsTracked: boolean;
  /** When it was not tracked, so no data was collected; the last span is open while it is untracked. */
  readonly untracked: readonly Span[];
  readonly updated: string;
}

/** A link for entering a login without an API key. */
export interface InvitationRecord {
  readonly id: string;
  readonly companyId: string;
  /** The connection to reconnect; null creates a new one. */
  readonly connectionId: string | null;
  /** The secret of the link. */
  readonly token: string;
  readonly created: string;
  /** Empty allows anyone. */
  readonly allowedEmails: readonly string[];
  /** Null never expires. */
  readonly expiresAt: string | null;
  /** Null means unlimited. */
  readonly maxUses: number | null;
  readonly sendEmail: boolean;
  /** As given; empty for a reconnect. */
  readonly prefill: InvitationPrefill;
  readonly revokedAt: string | null;
  readonly uses: readonly InvitationUse[];
  /** In the order they were recorded; the outcome of a login that is tested later is recorded with that time. */
  readonly events: readonly InvitationEvent[];
}

/** One login submitted through a link. */
export interface InvitationUse {
  readonly at: string;
  readonly connectionId: string;
  /** Identifies the form, so that submitting it twice counts once. */
  readonly nonce: string;
  readonly email: string | null;
  /** Whether the login is accepted, so that it counts against the limit. */
  readonly counts: boolean;
  /** When the login is tested, if that is later than `at`. */
  readonly checkedAt?: string;
}

export interface InvitationEvent {
  readonly type: string;
  readonly at: string;
  readonly email: string | null;
}

/** An uploaded bill. Only the file's name and digest are stored. */
export interface JobRecord {
  readonly id: string;
  readonly companyId: string;
  /** Null for a bill that was not assigned to a site. */
  readonly siteId: string | null;
  readonly fileName: string;
  /** Recognizes a duplicate upload. */
  readonly digest: string;
  readonly created: string;
  /** When the job finishes and its document is available. */
  readonly completed: string;
  /** The document that it creates, or the existing one when the same file was uploaded before. */
  readonly documentId: string;
  readonly isDuplicate: boolean;
  /** Its events up to this time have been queued for webhooks. */
  readonly announcedUntil: string;
}

/** Where webhooks are sent. */
export interface EndpointRecord {
  readonly id: string;
  readonly url: string;
  /** Starts with `whsec_`. */
  readonly secret: string;
  /** Empty means every event. */
  readonly eventTypes: readonly string[];
  readonly created: string;
  /** The listening process, which removes the endpoint when it exits; null for a permanent endpoint. */
  readonly listenerPid: number | null;
}

/** An event as it is sent; stored once, whatever the number of endpoints and attempts. */
export interface MessageRecord {
  readonly id: string;
  readonly eventType: string;
  /** When the event happened. */
  readonly created: string;
  /** The exact body. */
  readonly payload: string;
}

/** One message for one endpoint, and its delivery attempts. */
export interface DeliveryRecord {
  readonly id: string;
  readonly messageId: string;
  readonly endpointId: string;
  readonly created: string;
  readonly state: "waiting" | "delivered" | "failed";
  /** The time of the next attempt; null when there is none. */
  readonly nextAttempt: string | null;
  readonly attempts: readonly DeliveryAttempt[];
}

export interface DeliveryAttempt extends PostOutcome {
  readonly at: string;
  /** In milliseconds. */
  readonly took: number;
}

/** How far the emulator's time is ahead of the machine's. */
export interface ClockRecord {
  readonly id: "clock";
  readonly offsetMs: number;
}

export interface Records {
  readonly company: CompanyRecord;
  readonly deletedCompany: DeletedCompanyRecord;
  readonly site: SiteRecord;
  readonly connection: ConnectionRecord;
  readonly account: AccountRecord;
  readonly invitation: InvitationRecord;
  readonly job: JobRecord;
  readonly endpoint: EndpointRecord;
  readonly message: MessageRecord;
  readonly delivery: DeliveryRecord;
  readonly clock: ClockRecord;
}

export type Kind = keyof Records;

export type Put<K extends Kind = Kind> = {
  [P in K]: { readonly op: "put"; readonly kind: P; readonly value: Records[P] };
}[K];

/** A change to the objects. Deleting a company deletes what belongs to it. */
export type Change = Put | { readonly op: "delete"; readonly kind: Kind; readonly id: string };

export interface Counts {
  readonly companies: number;
  readonly sites: number;
  readonly connections: number;
}
