/** The emulator's objects in memory: a typed, indexed collection for each kind. */
import { familyOf } from "../data/noise.ts";
import type { Change, Counts, Kind, Put, Records } from "./entities.ts";

/**
 * Objects of one kind, in creation order. A replaced object keeps its position. A returned list never changes, and is not
 * a copy: it is replaced when the objects change.
 */
class Collection<T extends { readonly id: string }, Index extends string = never> {
  readonly #keys: Readonly<Record<Index, (value: T) => string>>;
  readonly #byId = new Map<string, T>();
  /** For each index, the objects grouped by key. */
  readonly #groups = new Map<Index, Map<string, T[]>>();
  /** All objects, once they were asked for. */
  #all: readonly T[] | null = null;
  /** The groups that were returned. */
  readonly #returned = new WeakSet<readonly T[]>();

  /** @param keys the indexes, each with the function that returns an object's key */
  constructor(keys: Readonly<Record<Index, (value: T) => string>>) {
    this.#keys = keys;
    for (const index in keys) this.#groups.set(index, new Map());
  }

  get size(): number {
    return this.#byId.size;
  }

  get(id: string): T | undefined {
    return this.#byId.get(id);
  }

  all(): readonly T[] {
    this.#all ??= [...this.#byId.values()];
    return this.#all;
  }

  by(index: Index, key: string): readonly T[] {
    const group = this.#groups.get(index)?.get(key);
    if (group === undefined) return [];
    this.#returned.add(group);
    return group;
  }

  put(value: T): void {
    const before = this.#byId.get(value.id);
    this.#byId.set(value.id, value);
    this.#all = null;
    for (const [index, groups] of this.#groups) {
      const key = this.#keys[index](value);
      if (before !== undefined && this.#keys[index](before) !== key) this.#unindex(index, before);
      const group = this.#changeable(groups, key);
      const position = before === undefined ? -1 : group.indexOf(before);
      if (position < 0) group.push(value);
      else group[position] = value;
    }
  }

  delete(id: string): void {
    const before = this.#byId.get(id);
    if (before === undefined) return;
    this.#byId.delete(id);
    this.#all = null;
    for (const index of this.#groups.keys()) this.#unindex(index, before);
  }

  #unindex(index: Index, value: T): void {
    const groups = this.#groups.get(index);
    if (groups === undefined) return;
    const key = this.#keys[index](value);
    const group = this.#changeable(groups, key);
    const position = group.indexOf(value);
    if (position >= 0) group.splice(position, 1);
    if (group.length === 0) groups.delete(key);
  }

  #changeable(groups: Map<string, T[]>, key: string): T[] {
    const group = groups.get(key);
    if (group !== undefined && !this.#returned.has(group)) return group;
    const copy = [...(group ?? [])];
    groups.set(key, copy);
    return copy;
  }
}

const byCompany = { company: ({ companyId }: { readonly companyId: string }) => companyId };

function emptyKinds() {
  const of = <K extends Kind, Index extends string = never>(
    keys: Readonly<Record<Index, (value: Records[K]) => string>>,
  ) => new Collection<Records[K], Index>(keys);
  return {
    clock: of<"clock">({}),
    company: of<"company">({}),
    deletedCompany: of<"deletedCompany">({}),
    site: of<"site", "company">(byCompany),
    connection: of<"connection", "company" | "family">({
      ...byCompany,
      family: ({ id }) => familyOf(id),
    }),
    account: of<"account", "company">(byCompany),
    invitation: of<"invitation", "company" | "token">({
      ...byCompany,
      token: ({ token }) => token,
    }),
    job: of<"job", "company" | "document">({
      ...byCompany,
      document: ({ documentId }) => documentId,
    }),
    endpoint: of<"endpoint">({}),
    message: of<"message">({}),
    delivery: of<"delivery">({}),
  };
}

/** The lists of what belongs to a company and is deleted with it, and their kinds. */
export const OWNED = {
  sites: "site",
  connections: "connection",
  accounts: "account",
  invitations: "invitation",
  jobs: "job",
} as const;

/** The read-only interface that queries use. */
export type View = Omit<Collections, "apply" | "applyAll">;

export class Collections {
  readonly #kinds = emptyKinds();

  readonly companies = () => this.#kinds.company.all();
  readonly company = (id: string) => this.#kinds.company.get(id);
  /** Recently deleted companies. */
  readonly deletedCompanies = () => this.#kinds.deletedCompany.all();
  readonly site = (id: string) => this.#kinds.site.get(id);
  readonly sitesOf = (companyId: string) => this.#kinds.site.by("company", companyId);
  readonly connection = (id: string) => this.#kinds.connection.get(id);
  readonly connectionsOf = (companyId: string) => this.#kinds.connection.by("company", companyId);
  /** All connections, company by company, so that every process sees the same order. */
  readonly connections = () => this.companies().flatMap(({ id }) => this.connectionsOf(id));
  /** The connection that the IDs of its accounts, meters and documents are derived from. */
  readonly connectionByFamily = (family: string) =>
    this.#kinds.connection.by("family", family).at(0);
  readonly account = (id: string) => this.#kinds.account.get(id);
  readonly accountsOf = (companyId: string) => this.#kinds.account.by("company", companyId);
  readonly invitation = (id: string) => this.#kinds.invitation.get(id);
  readonly invitationsOf = (companyId: string) => this.#kinds.invitation.by("company", companyId);
  readonly invitationByToken = (token: string) => this.#kinds.invitation.by("token", token).at(0);
  readonly jobs = () => this.#kinds.job.all();
  readonly job = (id: string) => this.#kinds.job.get(id);
  /** The job that created a document. */
  readonly jobByDocument = (documentId: string) => this.#kinds.job.by("document", documentId).at(0);
  readonly jobsOf = (companyId: string) => this.#kinds.job.by("company", companyId);
  readonly endpoints = () => this.#kinds.endpoint.all();
  readonly endpoint = (id: string) => this.#kinds.endpoint.get(id);
  readonly messages = () => this.#kinds.message.all();
  readonly message = (id: string) => this.#kinds.message.get(id);
  /** Oldest first. */
  readonly deliveries = () => this.#kinds.delivery.all();
  readonly delivery = (id: string) => this.#kinds.delivery.get(id);
  /** How far the emulator's time is ahead of the machine's, in milliseconds. */
  readonly clockOffset = () => this.#kinds.clock.get("clock")?.offsetMs ?? 0;

  counts(): Counts {
    const { company, site, connection } = this.#kinds;
    return { companies: company.size, sites: site.size, connections: connection.size };
  }

  apply(change: Change): void {
    this.applyAll([change]);
  }

  /**
   * Applies all of the changes, or none.
   * @throws {Error} for an object of a company that does not exist
   */
  applyAll(changes: readonly Change[]): void {
    this.#check(changes);
    for (const change of changes) {
      if (change.op === "put") this.#put(change);
      else this.#delete(change.kind, change.id);
    }
  }

  #check(changes: readonly Change[]): void {
    /** Whether a company exists after the changes so far, if they decide that. */
    const exists = new Map<string, boolean>();
    for (const change of changes) {
      if (change.op === "delete") {
        if (change.kind === "company") exists.set(change.id, false);
      } else if (change.kind === "company") exists.set(change.value.id, true);
      else if ("companyId" in change.value) {
        const { companyId } = change.value;
        if (exists.get(companyId) ?? this.company(companyId) !== undefined) continue;
        throw new Error(`a ${change.kind} of a company that does not exist: ${companyId}`);
      }
    }
  }

  #put<K extends Kind>({ kind, value }: Put<K>): void {
    const kinds: { readonly [P in Kind]: { put(value: Records[P]): void } } = this.#kinds;
    kinds[kind].put(value);
  }

  #delete(kind: Kind, id: string): void {
    this.#kinds[kind].delete(id);
    if (kind !== "company") return;
    for (const owned of Object.values(OWNED)) {
      const objects: { by(index: "company", key: string): readonly { readonly id: string }[] } =
        this.#kinds[owned];
      for (const one of objects.by("company", id)) this.#delete(owned, one.id);
    }
  }
}
