/** Wraps the API client so that a 404 for an ID suggests the command that lists such objects. */
import type { NectarApi } from "../api/client.ts";
import type { UsageScope } from "../api/data.ts";
import { pluralOf } from "../cli/list-view.ts";
import { type NextCommand, NotFoundError } from "../errors.ts";

type Kind = UsageScope["kind"] | "invitation";

const UUID = "A UUID is taken for an ID, never for an external ID.";
const HINTS: Readonly<Partial<Record<Kind, string>>> = { company: UUID, site: UUID };

/**
 * Wraps an API client.
 *
 * @param hasCompany whether the profile has a company, which list commands use by default
 */
export function namingLists(api: NectarApi, hasCompany: boolean): NectarApi {
  const named = (error: unknown, kind: Kind): unknown =>
    // An error that already suggests a command is left as it is.
    error instanceof NotFoundError && error.next.length === 0
      ? error.with({ hint: HINTS[kind], next: [listOf(kind, hasCompany)] })
      : error;
  const one =
    <Args extends readonly unknown[], Value>(
      kind: Kind,
      call: (...args: Args) => Promise<Value>,
    ): ((...args: Args) => Promise<Value>) =>
    async (...args) => {
      try {
        return await call(...args);
      } catch (error) {
        throw named(error, kind);
      }
    };
  async function* each<Item>(kind: Kind, items: AsyncIterable<Item>) {
    try {
      yield* items;
    } catch (error) {
      throw named(error, kind);
    }
  }
  return {
    ...api,
    getCompany: one("company", api.getCompany),
    updateCompany: one("company", api.updateCompany),
    deleteCompany: one("company", api.deleteCompany),
    getSite: one("site", api.getSite),
    updateSite: one("site", api.updateSite),
    listConnections: (id, filter) => each("company", api.listConnections(id, filter)),
    allConnections: one("company", api.allConnections),
    getConnection: one("connection", api.getConnection),
    createInvitation: one("company", api.createInvitation),
    createReconnectInvitation: one("connection", api.createReconnectInvitation),
    listInvitations: (id) => each("company", api.listInvitations(id)),
    getInvitation: one("invitation", api.getInvitation),
    revokeInvitation: one("invitation", api.revokeInvitation),
    listDocuments: (scope, filter) => each(scope.kind, api.listDocuments(scope, filter)),
    getDocument: one("document", api.getDocument),
    listUsage: (scope, filter) => each(scope.kind, api.listUsage(scope, filter)),
  };
}

/** The command that shows the objects of a kind. */
export function listOf(kind: Kind, hasCompany: boolean): NextCommand {
  const noun = pluralOf(kind);
  const company = kind === "connection" ? ["--all-companies"] : ["--company", "ID"];
  const hasDefault = hasCompany || kind === "company";
  return {
    words: ["nectar", noun, "list", ...(hasDefault ? [] : company)],
    why: `the ${noun} and their IDs`,
  };
}
