/** Stored objects, and short ways to put them into a store, for the tests of the store. */
import { join } from "node:path";
import type {
  Change,
  CompanyRecord,
  ConnectionRecord,
  SiteRecord,
} from "../../../src/emulator/state/entities.ts";
import type { EmulatorStore } from "../../../src/emulator/state/store.ts";

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
  return join(stateDir, "emulator", "data.ndjson");
}
