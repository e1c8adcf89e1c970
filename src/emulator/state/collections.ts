/** The emulator's objects in memory, indexed so that nothing is searched. Each kind keeps the order of creation. */
import type {
  AccountRecord,
  Change,
  ClockRecord,
  CompanyRecord,
  ConnectionRecord,
  Counts,
  DeliveryRecord,
  EndpointRecord,
  InvitationRecord,
  Kind,
  Records,
  SiteRecord,
} from "./entities.ts";

/** What a query may see of the objects. */
export interface View {
  companies(): readonly CompanyRecord[];
  company(id: string): CompanyRecord | undefined;
  site(id: string): SiteRecord | undefined;
  connection(id: string): ConnectionRecord | undefined;
  /** All connections, of all companies. */
  connections(): Iterable<ConnectionRecord>;
  sitesOf(companyId: string): readonly SiteRecord[];
  connectionsOf(companyId: string): readonly ConnectionRecord[];
  account(id: string): AccountRecord | undefined;
  accountsOf(companyId: string): readonly AccountRecord[];
  invitation(id: string): InvitationRecord | undefined;
  invitationByToken(token: string): InvitationRecord | undefined;
  invitationsOf(companyId: string): readonly InvitationRecord[];
  endpoints(): readonly EndpointRecord[];
  endpoint(id: string): EndpointRecord | undefined;
  /** The oldest first. */
  deliveries(): Iterable<DeliveryRecord>;
  delivery(id: string): DeliveryRecord | undefined;
  /** How far the emulator's time is ahead of the machine's, in milliseconds. */
  clockOffset(): number;
}

interface Identified {
  readonly id: string;
}

interface Owned extends Identified {
  readonly companyId: string;
}

/** Objects by their own ID. A replaced object keeps its place. */
class Objects<T extends Identified> {
  protected readonly byId = new Map<string, T>();

  get size(): number {
    return this.byId.size;
  }

  get(id: string): T | undefined {
    return this.byId.get(id);
  }

  all(): Iterable<T> {
    return this.byId.values();
  }

  put(value: T): void {
    this.byId.set(value.id, value);
  }

  delete(id: string): void {
    this.byId.delete(id);
  }
}

/** Objects that belong to a company: by the company's ID as well. */
class OwnedObjects<T extends Owned> extends Objects<T> {
  readonly #byCompany = new Map<string, Map<string, T>>();

  of(companyId: string): readonly T[] {
    const group = this.#byCompany.get(companyId);
    return group === undefined ? [] : [...group.values()];
  }

  override put(value: T): void {
    const before = this.get(value.id);
    if (before !== undefined && before.companyId !== value.companyId) this.#ungroup(before);
    super.put(value);
    const group = this.#byCompany.get(value.companyId);
    if (group === undefined) this.#byCompany.set(value.companyId, new Map([[value.id, value]]));
    else group.set(value.id, value);
  }

  override delete(id: string): void {
    const before = this.get(id);
    if (before === undefined) return;
    super.delete(id);
    this.#ungroup(before);
  }

  #ungroup(value: T): void {
    const group = this.#byCompany.get(value.companyId);
    group?.delete(value.id);
    if (group?.size === 0) this.#byCompany.delete(value.companyId);
  }
}

/** Invitations are looked up by the secret of their link, too. */
class Invitations extends OwnedObjects<InvitationRecord> {
  readonly #byToken = new Map<string, string>();

  byToken(token: string): InvitationRecord | undefined {
    return this.get(this.#byToken.get(token) ?? "");
  }

  override put(value: InvitationRecord): void {
    super.put(value);
    this.#byToken.set(value.token, value.id);
  }

  override delete(id: string): void {
    this.#byToken.delete(this.get(id)?.token ?? "");
    super.delete(id);
  }
}

/** All objects of one emulator. */
export class Collections implements View {
  // In the order in which they depend on each other.
  readonly #kinds = {
    clock: new Objects<ClockRecord>(),
    company: new Objects<CompanyRecord>(),
    site: new OwnedObjects<SiteRecord>(),
    connection: new OwnedObjects<ConnectionRecord>(),
    account: new OwnedObjects<AccountRecord>(),
    invitation: new Invitations(),
    endpoint: new Objects<EndpointRecord>(),
    delivery: new Objects<DeliveryRecord>(),
  } satisfies { [K in Kind]: Objects<Records[K]> };

  companies(): readonly CompanyRecord[] {
    return [...this.#kinds.company.all()];
  }

  company(id: string): CompanyRecord | undefined {
    return this.#kinds.company.get(id);
  }

  site(id: string): SiteRecord | undefined {
    return this.#kinds.site.get(id);
  }

  connection(id: string): ConnectionRecord | undefined {
    return this.#kinds.connection.get(id);
  }

  connections(): Iterable<ConnectionRecord> {
    return this.#kinds.connection.all();
  }

  sitesOf(companyId: string): readonly SiteRecord[] {
    return this.#kinds.site.of(companyId);
  }

  connectionsOf(companyId: string): readonly ConnectionRecord[] {
    return this.#kinds.connection.of(companyId);
  }

  account(id: string): AccountRecord | undefined {
    return this.#kinds.account.get(id);
  }

  accountsOf(companyId: string): readonly AccountRecord[] {
    return this.#kinds.account.of(companyId);
  }

  invitation(id: string): InvitationRecord | undefined {
    return this.#kinds.invitation.get(id);
  }

  invitationByToken(token: string): InvitationRecord | undefined {
    return this.#kinds.invitation.byToken(token);
  }

  invitationsOf(companyId: string): readonly InvitationRecord[] {
    return this.#kinds.invitation.of(companyId);
  }

  endpoints(): readonly EndpointRecord[] {
    return [...this.#kinds.endpoint.all()];
  }

  endpoint(id: string): EndpointRecord | undefined {
    return this.#kinds.endpoint.get(id);
  }

  deliveries(): Iterable<DeliveryRecord> {
    return this.#kinds.delivery.all();
  }

  delivery(id: string): DeliveryRecord | undefined {
    return this.#kinds.delivery.get(id);
  }

  clockOffset(): number {
    return this.#kinds.clock.get("clock")?.offsetMs ?? 0;
  }

  counts(): Counts {
    return {
      companies: this.#kinds.company.size,
      sites: this.#kinds.site.size,
      connections: this.#kinds.connection.size,
    };
  }

  /** The changes that build these objects from nothing, in the order of creation. */
  asChanges(): Change[] {
    const put = <K extends Kind>(kind: K, objects: Objects<Records[K]>) =>
      [...objects.all()].map((value) => ({ op: "put", kind, value }) as Change);
    const kinds = this.#kinds;
    return [
      ...put("clock", kinds.clock),
      ...put("company", kinds.company),
      ...put("site", kinds.site),
      ...put("connection", kinds.connection),
      ...put("account", kinds.account),
      ...put("invitation", kinds.invitation),
      ...put("endpoint", kinds.endpoint),
      ...put("delivery", kinds.delivery),
    ];
  }

  apply(change: Change): void {
    if (change.op === "delete") {
      this.#kinds[change.kind].delete(change.id);
      return;
    }
    const kinds = this.#kinds;
    // Kind by kind, so that the type of each value is known to fit.
    if (change.kind === "company") kinds.company.put(change.value);
    else if (change.kind === "site") kinds.site.put(change.value);
    else if (change.kind === "connection") kinds.connection.put(change.value);
    else if (change.kind === "account") kinds.account.put(change.value);
    else if (change.kind === "invitation") kinds.invitation.put(change.value);
    else if (change.kind === "endpoint") kinds.endpoint.put(change.value);
    else if (change.kind === "delivery") kinds.delivery.put(change.value);
    else kinds.clock.put(change.value);
  }
}
