/** What the emulator keeps: the stored form of each object, and a change to one of them. Knows neither HTTP nor disk. */

export interface CompanyRecord {
  readonly id: string;
  /** The deprecated public ID that magic links carry. */
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
  /** ISO 8601, UTC; not there on what an older release made. */
  readonly created?: string;
}

/** A company that was deleted, as it was: a list that lags still shows it. */
export interface DeletedCompanyRecord {
  /** The company's ID. */
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
  /** ISO 8601, UTC; not there on what an older release made. */
  readonly created?: string;
}

/** A login without its password: `status` tells whether the login was right, and that is all that is kept of it. */
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
  /** What the invitation asked for; empty collects every type. */
  readonly datasourceTypes: readonly string[];
  /** The statuses that it will take by itself, the next one first. Whoever reads a connection applies those that are due. */
  readonly script: readonly ScriptStep[];
  /** When data was collected, and whether it is now: all data is computed from this, nothing of it is stored. */
  readonly collecting: readonly Span[];
  /** How long after a login data appears, in milliseconds. */
  readonly dataDelayMs: number;
  /** Up to when its events were handed to the webhooks. */
  readonly announcedUntil: string;
}

/** A status that a connection takes by itself when the time has come. */
export interface ScriptStep {
  readonly at: string;
  readonly status: string;
  /** A sentence for error statuses, else null. */
  readonly detail: string | null;
}

/** A time in which data is collected; `until` is null while it goes on. */
export interface Span {
  readonly from: string;
  readonly until: string | null;
}

/** What a person set on an account. The account itself is computed. */
export interface AccountRecord {
  /** The account's ID. */
  readonly id: string;
  readonly companyId: string;
  readonly connectionId: string;
  readonly isTracked: boolean;
  readonly meterIsTracked: boolean;
  /** When it was not tracked, so that no data came; the last one is open while it is not. */
  readonly untracked: readonly Span[];
  readonly updated: string;
}

/** A link by which somebody without a key gives a login. */
export interface InvitationRecord {
  readonly id: string;
  readonly companyId: string;
  /** The connection that is to be renewed; null makes a new one. */
  readonly connectionId: string | null;
  /** The secret of the link. */
  readonly token: string;
  readonly created: string;
  /** Empty admits anyone. */
  readonly allowedEmails: readonly string[];
  /** Null never expires. */
  readonly expiresAt: string | null;
  /** Null is without limit. */
  readonly maxUses: number | null;
  readonly sendEmail: boolean;
  /** As it was given; empty for a reconnect. */
  readonly prefill: InvitationPrefill;
  readonly revokedAt: string | null;
  readonly uses: readonly InvitationUse[];
  /** In the order of time. */
  readonly events: readonly InvitationEvent[];
}

/** What the page behind a link starts with. */
export interface InvitationPrefill {
  readonly url?: string | undefined;
  readonly datasourceId?: string | undefined;
  readonly initialSites?: readonly string[] | undefined;
  readonly utilityTypes?: readonly string[] | undefined;
  readonly country?: string | undefined;
  readonly connectionOwnerEmail?: string | undefined;
  readonly dataCollectionStartDate?: string | undefined;
}

/** One login that was sent through a link. */
export interface InvitationUse {
  readonly at: string;
  readonly connectionId: string;
  /** Of the form that was sent, so that the same form sent twice counts once. */
  readonly nonce: string;
  readonly email: string | null;
  /** Whether it counts against the limit. */
  readonly counts: boolean;
}

export interface InvitationEvent {
  readonly type: string;
  readonly at: string;
  readonly email: string | null;
}

/** A bill that was uploaded. Of the file itself only its name and its digest are kept. */
export interface JobRecord {
  readonly id: string;
  readonly companyId: string;
  /** Null for a bill of no certain site. */
  readonly siteId: string | null;
  readonly fileName: string;
  /** Tells the same file again. */
  readonly digest: string;
  readonly created: string;
  /** When the job is done, and its document there. */
  readonly completed: string;
  /** The document that it brings, or brought already when the same file was uploaded before. */
  readonly documentId: string;
  readonly isDuplicate: boolean;
}

/** Where webhooks are sent. */
export interface EndpointRecord {
  readonly id: string;
  readonly url: string;
  /** Starts with `whsec_`. */
  readonly secret: string;
  /** Empty takes every event. */
  readonly eventTypes: readonly string[];
  readonly created: string;
  /** The process that listens there and takes the endpoint away at its end; null for one that stays. */
  readonly listenerPid: number | null;
}

/** An event as it is sent; kept once, however many endpoints get it and however often it is tried. */
export interface MessageRecord {
  readonly id: string;
  readonly eventType: string;
  /** When the event happened. */
  readonly created: string;
  /** The body, to the byte. */
  readonly payload: string;
}

/** One message for one endpoint, and what became of it. */
export interface DeliveryRecord {
  readonly id: string;
  readonly messageId: string;
  readonly endpointId: string;
  readonly created: string;
  readonly state: "waiting" | "delivered" | "failed";
  /** When it is tried next; null when it is not. */
  readonly nextAttempt: string | null;
  readonly attempts: readonly DeliveryAttempt[];
}

export interface DeliveryAttempt {
  readonly at: string;
  /** In milliseconds. */
  readonly took: number;
  /** The HTTP status; null when there was no answer. */
  readonly status: number | null;
  readonly error: string | null;
}

/** How far the emulator's time is ahead of the machine's. */
export interface ClockRecord {
  readonly id: "clock";
  readonly offsetMs: number;
}

/** Every kind of object, and what is kept of one. */
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

/** One object created or replaced. */
export type Put<K extends Kind = Kind> = {
  [P in K]: { readonly op: "put"; readonly kind: P; readonly value: Records[P] };
}[K];

/** A change to the objects. What belongs to a company goes with it. `clear` removes everything, also the shift of the time. */
export type Change =
  | Put
  | { readonly op: "delete"; readonly kind: Kind; readonly id: string }
  | { readonly op: "clear" };

/** How many objects there are, or were, of each kind. */
export interface Counts {
  readonly companies: number;
  readonly sites: number;
  readonly connections: number;
}
