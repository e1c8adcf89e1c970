/** The endpoints of invitations: links that let others enter a login. */
import { type ApiRequest, anySuccess, type Call } from "./call.ts";
import { eachItem, type Page } from "./pages.ts";
import type { Invitation, InvitationCreate, InvitationOptions } from "./resources/invitation.ts";
import { pathOf } from "./routes.ts";

/**
 * The invitation endpoints. Every method throws only NectarErrors. The paths have one form: the sandbox guide does not
 * mention invitations.
 *
 * @see https://docs.nectarclimate.com/developer-guide/connection-invitations
 */
export function createInvitationsApi(call: Call) {
  async function page(companyId: string, number: number): Promise<Page<Invitation>> {
    const { Invitations } = await import("./resources/invitation.ts");
    const found = await call(
      {
        method: "GET",
        path: pathOf`/invitation/company/${companyId}`,
        query: [["page", String(number)]],
      },
      Invitations,
    );
    return Array.isArray(found)
      ? { envelope: { hasNext: false }, items: found }
      : { envelope: found, items: found.invitations };
  }

  async function one(request: ApiRequest): Promise<Invitation> {
    const { Invitation } = await import("./resources/invitation.ts");
    return call(request, Invitation);
  }

  return {
    /** Invites someone to add a connection. Never retried after a lost response. */
    createInvitation: (companyId: string, body: InvitationCreate) =>
      one({ method: "POST", path: pathOf`/invitation/company/${companyId}`, body }),
    /** Invites someone to renew a connection's login. */
    createReconnectInvitation: (connectionId: string, body: InvitationOptions) =>
      one({ method: "POST", path: pathOf`/invitation/connection/${connectionId}`, body }),
    /** All invitations of a company, with pages fetched lazily. */
    listInvitations: (companyId: string): AsyncIterable<Invitation> =>
      eachItem((number) => page(companyId, number)),
    /** One invitation with its event log. */
    getInvitation: (id: string) => one({ method: "GET", path: pathOf`/invitation/${id}` }),
    /** The response is not documented, so any success is accepted. */
    async revokeInvitation(id: string) {
      await call({ method: "POST", path: pathOf`/invitation/${id}/revoke` }, anySuccess);
    },
  };
}
