/** The emulator's objects in memory, indexed so that nothing is searched. Each kind keeps the order of creation. */
import type {
  AccountRecord,
  Change,
  ClockRecord,
  CompanyRecord,
  ConnectionRecord,
  Counts,
  DeletedCompanyRecord,
  DeliveryRecord,
  EndpointRecord,
  InvitationRecord,
  Kind,
  MessageRecord,
  Records,
  SiteRecord,
} from "./entities.ts";
import { Connections, Invitations, Objects, OwnedObjects } from "./objects.ts";

/** What a query may see of the objects. */
export interface View {
  companies(): readonly CompanyRecord[];
  company(id: string): CompanyRecord | undefined;
  /** Those that were deleted not long ago. */
  deletedCompanies(): Iterable<DeletedCompanyRecord>;
  site(id: string): SiteRecord | undefined;
  connection(id: string): ConnectionRecord | undefined;
  /** The connection that IDs of accounts, meters and documents lead back to. */
  connectionByFamily(family: string): ConnectionRecord | undefined;
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
  messages(): Iterable<MessageRecord>;
  message(id: string): MessageRecord | undefined;
  /** The oldest first. */
  deliveries(): Iterable<DeliveryRecord>;
  delivery(id: string): DeliveryRecord | undefined;
  /** How far the emulator's time is ahead of the machine's, in milliseconds. */
  clockOffset(): number;
}

/** All objects of one emulator. */
export class Collections implements View {
  // In the order in which they depend on each other.
  readonly #kinds = {
    clock: new Objects<ClockRecord>(),
    company: new Objects<CompanyRecord>(),
    deletedCompany: new Objects<DeletedCompanyRecord>(),
    site: new OwnedObjects<SiteRecord>(),
    connection: new Connections(),
    account: new OwnedObjects<AccountRecord>(),
    invitation: new Invitations(),
    endpoint: new Objects<EndpointRecord>(),
    message: new Objects<MessageRecord>(),
    delivery: new Objects<DeliveryRecord>(),
  } satisfies { [K in Kind]: Objects<Records[K]> };

  companies(): readonly CompanyRecord[] {
    return [...this.#kinds.company.all()];
  }

  company(id: string): CompanyRecord | undefined {
    return this.#kinds.company.get(id);
  }

  deletedCompanies(): Iterable<DeletedCompanyRecord> {
    return this.#kinds.deletedCompany.all();
  }

  site(id: string): SiteRecord | undefined {
    return this.#kinds.site.get(id);
  }

  connection(id: string): ConnectionRecord | undefined {
    return this.#kinds.connection.get(id);
  }

  connectionByFamily(family: string): ConnectionRecord | undefined {
    return this.#kinds.connection.byFamily(family);
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

  messages(): Iterable<MessageRecord> {
    return this.#kinds.message.all();
  }

  message(id: string): MessageRecord | undefined {
    return this.#kinds.message.get(id);
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

  /** How many objects there are, of all kinds. */
  get size(): number {
    return Object.values(this.#kinds).reduce((sum, { size }) => sum + size, 0);
  }

  /** The changes that build these objects from nothing, in the order of creation. */
  asChanges(): Change[] {
    const put = <K extends Kind>(kind: K, objects: Objects<Records[K]>) =>
      [...objects.all()].map((value) => ({ op: "put", kind, value }) as Change);
    const kinds = this.#kinds;
    return [
      ...put("clock", kinds.clock),
      ...put("company", kinds.company),
      ...put("deletedCompany", kinds.deletedCompany),
      ...put("site", kinds.site),
      ...put("connection", kinds.connection),
      ...put("account", kinds.account),
      ...put("invitation", kinds.invitation),
      ...put("endpoint", kinds.endpoint),
      ...put("message", kinds.message),
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
    else if (change.kind === "deletedCompany") kinds.deletedCompany.put(change.value);
    else if (change.kind === "site") kinds.site.put(change.value);
    else if (change.kind === "connection") kinds.connection.put(change.value);
    else if (change.kind === "account") kinds.account.put(change.value);
    else if (change.kind === "invitation") kinds.invitation.put(change.value);
    else if (change.kind === "endpoint") kinds.endpoint.put(change.value);
    else if (change.kind === "message") kinds.message.put(change.value);
    else if (change.kind === "delivery") kinds.delivery.put(change.value);
    else kinds.clock.put(change.value);
  }
}
