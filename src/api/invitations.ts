/** The invitations' endpoints. */
import type { Call } from "./call.ts";
import type { Http, HttpRequest } from "./http.ts";
import { eachItem, type Page } from "./pages.ts";
import {
  Invitation,
  type InvitationCreate,
  type InvitationOptions,
  Invitations,
} from "./resources/invitation.ts";
import {
  companyInvitationsPath,
  connectionInvitationsPath,
  invitationPath,
  revocationPath,
} from "./routes.ts";

/**
 * What a client can do with invitations. Every method throws a NectarError and nothing else.
 * @see https://docs.nectarclimate.com/developer-guide/connection-invitations
 */
export interface InvitationsApi {
  /** Invites somebody to add a connection. Never sent again after an answer that was lost. */
  createInvitation(companyId: string, body: InvitationCreate): Promise<Invitation>;
  /** Invites somebody to renew the login of a connection. */
  createReconnectInvitation(connectionId: string, body: InvitationOptions): Promise<Invitation>;
  /** Every invitation of a company, on however many pages. */
  listInvitations(companyId: string): AsyncIterable<Invitation>;
  /** One invitation with its event log. */
  getInvitation(id: string): Promise<Invitation>;
  /** The answer is not documented, so any success will do. */
  revokeInvitation(id: string): Promise<void>;
}

/** The methods over one way to call the API. */
export function invitationsOver(call: Call, http: Pick<Http, "send">): InvitationsApi {
  const one = (request: HttpRequest) => call(request, Invitation);

  async function page(companyId: string, number: number): Promise<Page<Invitation>> {
    const found = await call(
      {
        method: "GET",
        path: companyInvitationsPath(companyId),
        query: [["page", String(number)]],
      },
      Invitations,
    );
    return Array.isArray(found)
      ? { envelope: { ...ONLY_PAGE, perPage: found.length }, items: found }
      : { envelope: found, items: found.invitations };
  }

  return {
    createInvitation: (companyId, body) =>
      one({ method: "POST", path: companyInvitationsPath(companyId), body }),
    createReconnectInvitation: (connectionId, body) =>
      one({ method: "POST", path: connectionInvitationsPath(connectionId), body }),
    listInvitations: (companyId) => eachItem((number) => page(companyId, number)),
    getInvitation: (id) => one({ method: "GET", path: invitationPath(id) }),
    async revokeInvitation(id) {
      await http.send({ method: "POST", path: revocationPath(id) });
    },
  };
}

const ONLY_PAGE = { totalPages: 1, currentPage: 1, hasNext: false, hasPrevious: false } as const;
