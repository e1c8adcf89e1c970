/** Objects in memory by their own ID, and by whatever else they are looked up by. */
import { familyOf } from "../data/seed.ts";
import type { ConnectionRecord, InvitationRecord } from "./entities.ts";

interface Identified {
  readonly id: string;
}

interface Owned extends Identified {
  readonly companyId: string;
}

/** Objects by their own ID. A replaced object keeps its place. */
export class Objects<T extends Identified> {
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
export class OwnedObjects<T extends Owned> extends Objects<T> {
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

/** Connections are looked up by what the IDs of their data begin with, too. */
export class Connections extends OwnedObjects<ConnectionRecord> {
  readonly #byFamily = new Map<string, string>();

  byFamily(family: string): ConnectionRecord | undefined {
    return this.get(this.#byFamily.get(family) ?? "");
  }

  override put(value: ConnectionRecord): void {
    if (this.get(value.id) === undefined) this.#byFamily.set(familyOf(value.id), value.id);
    super.put(value);
  }

  override delete(id: string): void {
    if (this.get(id) !== undefined) this.#byFamily.delete(familyOf(id));
    super.delete(id);
  }
}

/** Invitations are looked up by the secret of their link, too. */
export class Invitations extends OwnedObjects<InvitationRecord> {
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
