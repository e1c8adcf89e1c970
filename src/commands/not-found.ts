/** Where the API knows no object of an ID, the error says which command lists those that it knows. */
import type { NectarApi } from "../api/client.ts";
import type { DataScope, UsageScope } from "../api/data.ts";
import { type NextCommand, NotFoundError } from "../errors.ts";

type Kind = UsageScope["kind"] | "invitation";

/**
 * The same API; the errors of its methods that take the ID of one object name the command that lists such objects.
 *
 * @param hasCompany whether the profile has a company, which lists then take when none is named
 */
export function namingLists(api: NectarApi, hasCompany: boolean): NectarApi {
  const one = async <Value>(kind: Kind, asked: Promise<Value>): Promise<Value> => {
    try {
      return await asked;
    } catch (error) {
      throw withList(error, kind, hasCompany);
    }
  };
  async function* each<Item>(
    kind: Kind,
    items: AsyncIterable<Item>,
  ): AsyncGenerator<Item, void, undefined> {
    try {
      yield* items;
    } catch (error) {
      throw withList(error, kind, hasCompany);
    }
  }
  return {
    ...api,
    getCompany: (id) => one("company", api.getCompany(id)),
    updateCompany: (id, body) => one("company", api.updateCompany(id, body)),
    deleteCompany: (id) => one("company", api.deleteCompany(id)),
    getSite: (id) => one("site", api.getSite(id)),
    updateSite: (id, body) => one("site", api.updateSite(id, body)),
    listConnections: (id, filter) => each("company", api.listConnections(id, filter)),
    allConnections: (id) => one("company", api.allConnections(id)),
    getConnection: (id) => one("connection", api.getConnection(id)),
    createInvitation: (id, body) => one("company", api.createInvitation(id, body)),
    createReconnectInvitation: (id, body) =>
      one("connection", api.createReconnectInvitation(id, body)),
    listInvitations: (id) => each("company", api.listInvitations(id)),
    getInvitation: (id) => one("invitation", api.getInvitation(id)),
    revokeInvitation: (id) => one("invitation", api.revokeInvitation(id)),
    listDocuments: (scope: DataScope, filter) => each(scope.kind, api.listDocuments(scope, filter)),
    getDocument: (id) => one("document", api.getDocument(id)),
    listUsage: (scope, filter) => each(scope.kind, api.listUsage(scope, filter)),
  };
}

/** An error that names a next command already keeps it. */
function withList(error: unknown, kind: Kind, hasCompany: boolean): unknown {
  if (!(error instanceof NotFoundError) || error.next.length > 0) return error;
  return error.with({ next: [listOf(kind, hasCompany)] });
}

function listOf(kind: Kind, hasCompany: boolean): NextCommand {
  const noun = kind === "company" ? "companies" : `${kind}s`;
  const company =
    hasCompany || kind === "company"
      ? []
      : kind === "connection"
        ? ["--all-companies"]
        : ["--company", "ID"];
  return { words: ["nectar", noun, "list", ...company], why: `the ${noun} and their IDs` };
}
