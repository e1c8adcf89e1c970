/** Stored objects, and short ways to put them into a store, for the tests of the store. */
import { join } from "node:path";
import type {
  AccountRecord,
  Change,
  CompanyRecord,
  ConnectionRecord,
  DeliveryRecord,
  EndpointRecord,
  InvitationRecord,
  JobRecord,
  MessageRecord,
  SiteRecord,
} from "../../../src/emulator/state/entities.ts";
import type { EmulatorStore } from "../../../src/emulator/store.ts";

export function companyRecord(id: string, name = `Company ${id}`): CompanyRecord {
  return {
    id,
    publicId: `public-${id}`,
    name,
    externalId: null,
    dataCollectionStartDate: "2024-01-01",
    isImpliedMeteringEnabled: false,
    impliedMeteringFraction: "1.00",
    isDemandEnabled: false,
    isBasicIdentifierMappingEnabled: false,
    isLowAccuracyModeEnabled: false,
    users: [],
  };
}

export function siteRecord(id: string, companyId: string, name = `Site ${id}`): SiteRecord {
  return {
    id,
    companyId,
    name,
    externalId: null,
    address: "",
    path: [],
    occupancyPercent: null,
  };
}

export function connectionRecord(
  id: string,
  companyId: string,
  username = "someone",
): ConnectionRecord {
  const time = "2025-03-04T05:06:07.000Z";
  return {
    id,
    companyId,
    created: time,
    updated: time,
    magicLinkSecret: `secret-${id}`,
    status: "CONNECTED",
    statusErrorDetail: null,
    statusLastUpdateTime: time,
    statusFirstSeenTime: time,
    url: "https://nectarclimate.com",
    username,
    country: "US",
    siteIds: [],
    ownerEmail: "you@nectar.local",
    dataCollectionStartDate: "2024-01-01",
    datasourceTypes: [],
    script: [],
    collecting: [{ from: time, until: null }],
    dataDelayMs: 2000,
    announcedUntil: time,
  };
}

const TIME = "2025-03-04T05:06:07.000Z";

export function accountRecord(id: string, companyId: string): AccountRecord {
  return {
    ...{ id, companyId, connectionId: `connection of ${id}` },
    ...{ isTracked: false, meterIsTracked: true, updated: TIME },
    untracked: [{ from: TIME, until: null }],
  };
}

export function invitationRecord(id: string, companyId: string): InvitationRecord {
  return {
    ...{ id, companyId, connectionId: null, token: `token-${id}`, created: TIME },
    ...{ allowedEmails: [], expiresAt: null, maxUses: 2, sendEmail: false },
    prefill: { country: "US" },
    revokedAt: null,
    uses: [{ at: TIME, connectionId: "c", nonce: "n", email: null, counts: true }],
    events: [{ type: "opened", at: TIME, email: null }],
  };
}

export function jobRecord(id: string, companyId: string): JobRecord {
  return {
    ...{ id, companyId, siteId: null, fileName: "bill.pdf", digest: "00", created: TIME },
    ...{ completed: TIME, documentId: `document-${id}`, isDuplicate: false },
    announcedUntil: TIME,
  };
}

export function endpointRecord(id: string): EndpointRecord {
  return {
    ...{ id, url: `http://127.0.0.1:1/${id}`, secret: "whsec_c2VjcmV0" },
    ...{ eventTypes: [], created: TIME, listenerPid: null },
  };
}

export function messageRecord(id: string): MessageRecord {
  return { id, eventType: "connection.created.v2", created: TIME, payload: `{"id":"${id}"}` };
}

export function deliveryRecord(id: string, messageId = "message"): DeliveryRecord {
  return {
    ...{ id, messageId, endpointId: "endpoint", created: TIME },
    ...{ state: "waiting", nextAttempt: TIME, attempts: [] },
  };
}

export const put = (id: string, name?: string): Change => ({
  op: "put",
  kind: "company",
  value: companyRecord(id, name),
});

export function commit(store: EmulatorStore, ...wanted: Change[]): Promise<void> {
  return store.write((_, changes) => {
    changes.push(...wanted);
  });
}

export async function names(store: EmulatorStore): Promise<string[]> {
  return (await store.read((view) => view.companies())).map(({ id }) => id);
}

export function dataOf(stateDir: string): string {
  return join(stateDir, "emulator", "data.json");
}
