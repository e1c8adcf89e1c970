/** The emulator's objects in memory, indexed so that nothing is searched. Each kind keeps the order of creation. */
import type { Change, CompanyRecord, ConnectionRecord, Counts, SiteRecord } from "./entities.ts";

/** What a query may see of the objects. */
export interface View {
  companies(): readonly CompanyRecord[];
  company(id: string): CompanyRecord | undefined;
  site(id: string): SiteRecord | undefined;
  connection(id: string): ConnectionRecord | undefined;
  sitesOf(companyId: string): readonly SiteRecord[];
  connectionsOf(companyId: string): readonly ConnectionRecord[];
}

interface Owned {
  readonly id: string;
  readonly companyId: string;
}

/** Objects that belong to a company: by their own ID, and by the company's. A replaced object keeps its place. */
class OwnedObjects<T extends Owned> {
  readonly #byId = new Map<string, T>();
  readonly #byCompany = new Map<string, Map<string, T>>();

  get size(): number {
    return this.#byId.size;
  }

  get(id: string): T | undefined {
    return this.#byId.get(id);
  }

  all(): Iterable<T> {
    return this.#byId.values();
  }

  of(companyId: string): readonly T[] {
    const group = this.#byCompany.get(companyId);
    return group === undefined ? [] : [...group.values()];
  }

  put(value: T): void {
    const before = this.#byId.get(value.id);
    if (before !== undefined && before.companyId !== value.companyId) this.#ungroup(before);
    this.#byId.set(value.id, value);
    const group = this.#byCompany.get(value.companyId);
    if (group === undefined) this.#byCompany.set(value.companyId, new Map([[value.id, value]]));
    else group.set(value.id, value);
  }

  delete(id: string): void {
    const before = this.#byId.get(id);
    if (before === undefined) return;
    this.#byId.delete(id);
    this.#ungroup(before);
  }

  #ungroup(value: T): void {
    const group = this.#byCompany.get(value.companyId);
    group?.delete(value.id);
    if (group?.size === 0) this.#byCompany.delete(value.companyId);
  }
}

/** All objects of one emulator. */
export class Collections implements View {
  readonly #companies = new Map<string, CompanyRecord>();
  readonly #sites = new OwnedObjects<SiteRecord>();
  readonly #connections = new OwnedObjects<ConnectionRecord>();

  companies(): readonly CompanyRecord[] {
    return [...this.#companies.values()];
  }

  company(id: string): CompanyRecord | undefined {
    return this.#companies.get(id);
  }

  site(id: string): SiteRecord | undefined {
    return this.#sites.get(id);
  }

  connection(id: string): ConnectionRecord | undefined {
    return this.#connections.get(id);
  }

  sitesOf(companyId: string): readonly SiteRecord[] {
    return this.#sites.of(companyId);
  }

  connectionsOf(companyId: string): readonly ConnectionRecord[] {
    return this.#connections.of(companyId);
  }

  counts(): Counts {
    return {
      companies: this.#companies.size,
      sites: this.#sites.size,
      connections: this.#connections.size,
    };
  }

  /** The changes that build these objects from nothing, in the order of creation. */
  asChanges(): Change[] {
    const changes: Change[] = [];
    for (const value of this.#companies.values())
      changes.push({ op: "put", kind: "company", value });
    for (const value of this.#sites.all()) changes.push({ op: "put", kind: "site", value });
    for (const value of this.#connections.all())
      changes.push({ op: "put", kind: "connection", value });
    return changes;
  }

  apply(change: Change): void {
    if (change.op === "delete") {
      if (change.kind === "company") this.#companies.delete(change.id);
      else if (change.kind === "site") this.#sites.delete(change.id);
      else this.#connections.delete(change.id);
    } else if (change.kind === "company") this.#companies.set(change.value.id, change.value);
    else if (change.kind === "site") this.#sites.put(change.value);
    else this.#connections.put(change.value);
  }
}
