/** A 404 for the ID of an object: the error names the command that lists such objects. */
import type { NectarApi } from "../api/client.ts";
import type { UsageScope } from "../api/data.ts";
import { type NextCommand, NotFoundError } from "../errors.ts";

type Kind = UsageScope["kind"] | "invitation";

/**
 * The same API, with such errors.
 *
 * @param hasCompany whether the profile has a company, which lists then take when none is named
 */
export function namingLists(api: NectarApi, hasCompany: boolean): NectarApi {
  const named = (error: unknown, kind: Kind): unknown =>
    // An error that names a next command already keeps it.
    error instanceof NotFoundError && error.next.length === 0
      ? error.with({ next: [listOf(kind, hasCompany)] })
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

function listOf(kind: Kind, hasCompany: boolean): NextCommand {
  const noun = kind === "company" ? "companies" : `${kind}s`;
  const company = kind === "connection" ? ["--all-companies"] : ["--company", "ID"];
  const isAsked = hasCompany || kind === "company";
  return {
    words: ["nectar", noun, "list", ...(isAsked ? [] : company)],
    why: `the ${noun} and their IDs`,
  };
}
