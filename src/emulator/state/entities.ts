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
}

export interface SiteRecord {
  readonly id: string;
  readonly companyId: string;
  readonly name: string;
  readonly externalId: string | null;
  readonly address: string;
  readonly path: readonly string[];
  readonly occupancyPercent: string | null;
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
}

type Kind = "company" | "site" | "connection";

/** One object put (created or replaced) or removed. */
export type Change =
  | { readonly op: "put"; readonly kind: "company"; readonly value: CompanyRecord }
  | { readonly op: "put"; readonly kind: "site"; readonly value: SiteRecord }
  | { readonly op: "put"; readonly kind: "connection"; readonly value: ConnectionRecord }
  | { readonly op: "delete"; readonly kind: Kind; readonly id: string };

/** How many objects there are, or were, of each kind. */
export interface Counts {
  readonly companies: number;
  readonly sites: number;
  readonly connections: number;
}
