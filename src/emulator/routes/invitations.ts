/** Invitations: created for a company or for one of its connections, listed, read with their event log, revoked. */
import type { Context, Hono } from "hono";
import * as z from "zod/mini";
import { type InvitationPrefill, invitationCreate } from "../../api/resources/invitation.ts";
import type { Time } from "../clock.ts";
import { readJson } from "../http/body.ts";
import { answerPage } from "../http/lists.ts";
import { found } from "../http/refusal.ts";
import { addRoute, changing, listing, type RouteParts, reading } from "../http/routing.ts";
import { parseFields } from "../http/validation.ts";
import {
  eventsOf,
  makeInvitation,
  revoked,
  statusOf,
  type Target,
  useCount,
} from "../invitations/rules.ts";
import type { View } from "../state/collections.ts";
import type { InvitationRecord } from "../state/entities.ts";
import { checkProviderUrl, checkSites } from "../statuses/connecting.ts";
import { providerOf } from "../statuses/login.ts";
import { at } from "../statuses/timeline.ts";

/** Our choice: 100 years, in seconds. No limit is documented, but dates have one. */
const MAX_EXPIRY_S = 100 * 365.25 * 24 * 3600;

declare module "hono" {
  interface ContextVariableMap {
    /** The origin of an invitation's link. */
    origin: string;
  }
}

const invitation = z.extend(invitationCreate, {
  expiresInSeconds: z.optional(z.int().check(z.minimum(60), z.maximum(MAX_EXPIRY_S))),
});

/**
 * Our choice: 201 for creating, and the codes and shapes of listing and revoking; none could be read.
 * @see https://docs.nectarclimate.com/developer-guide/connection-invitations
 */
export function addInvitations(app: Hono, parts: RouteParts): void {
  app.use("/invitation/*", async (c, next) => {
    c.set("origin", await parts.originOf(c));
    await next();
  });
  const create = <Given extends z.infer<typeof invitation>>(
    schema: z.ZodMiniType<Given>,
    targetOf: (view: View, id: string, given: Given) => Target,
  ) => {
    const read = async (c: Context) => parseFields(schema, await readOptionalJson(c));
    return changing(parts, read, 201, ({ view, id, now, c }, given, changes) => {
      const value = makeInvitation(targetOf(view, id, given), given, now, parts.ids);
      changes.push({ op: "put", kind: "invitation", value });
      return invitationBody(value, view, now, c);
    });
  };
  addRoute(app, "/invitation/company/:id", {
    GET: listing(parts, (c, view, id, { time, shows }) => {
      found(view.company(id));
      const invitations = view.invitationsOf(id).filter(shows);
      return answerPage(c, "invitations", invitations, (one) => invitationBody(one, view, time, c));
    }),
    POST: create(invitation, (view, companyId, { prefill = {} }) => {
      found(view.company(companyId));
      checkPrefill(prefill, companyId, view);
      return { companyId, connectionId: null };
    }),
  });
  addRoute(app, "/invitation/connection/:id", {
    // Our choice: a prefill, which is not documented here, is ignored.
    POST: create(z.omit(invitation, { prefill: true }), (view, connectionId) => {
      const { companyId } = found(view.connection(connectionId));
      return { companyId, connectionId };
    }),
  });
  addRoute(app, "/invitation/:id", {
    GET: reading(parts, (view, id, now, c) => {
      const stored = found(view.invitation(id));
      return {
        ...invitationBody(stored, view, now, c),
        // Our choice: the key and the shape of an event; the sample was truncated.
        events: eventsOf(stored, now).map(({ type, at: createdAt, email }) => ({
          ...{ type, createdAt, email },
        })),
      };
    }),
  });
  const noBody = () => null;
  addRoute(app, "/invitation/:id/revoke", {
    POST: changing(parts, noBody, 200, ({ view, id, now, c }, _, changes) => {
      const value = revoked(found(view.invitation(id)), now);
      changes.push({ op: "put", kind: "invitation", value });
      return invitationBody(value, view, now, c);
    }),
  });
}

/** Every documented field. */
function invitationBody(invitation: InvitationRecord, view: View, now: Time, c: Context) {
  const isCreate = invitation.connectionId === null;
  return {
    id: invitation.id,
    token: invitation.token,
    invitationType: isCreate ? "CREATE_CONNECTION" : "EDIT_CONNECTION",
    status: statusOf(invitation, now),
    invitationUrl: `${c.get("origin")}/p/i/${invitation.token}`,
    companyId: invitation.companyId,
    connectionId: invitation.connectionId,
    allowedEmails: invitation.allowedEmails,
    expiresAt: invitation.expiresAt,
    maxUses: invitation.maxUses,
    useCount: useCount(invitation, now),
    createdAt: invitation.created,
    prefill: invitation.prefill,
    // Documented as empty for reconnect invitations.
    createdConnections: isCreate ? createdConnections(invitation, view, now) : [],
  };
}

function createdConnections({ uses }: InvitationRecord, view: View, now: Time) {
  return uses.flatMap(({ connectionId }) => {
    const stored = view.connection(connectionId);
    if (stored === undefined) return [];
    const { id, url, status, created } = at(stored, now);
    return [{ id, datasourceName: providerOf(url).name, status, created }];
  });
}

/** The body may be omitted: none of its fields is required. */
async function readOptionalJson(c: Context): Promise<Record<string, unknown>> {
  const none =
    c.req.header("transfer-encoding") === undefined &&
    (c.req.header("content-length") ?? "0") === "0";
  return none ? {} : readJson(c);
}

/** Our choice: a prefill that could not become a connection is rejected here, by the same rules. */
function checkPrefill(prefill: InvitationPrefill, companyId: string, view: View): void {
  if (prefill.url !== undefined) checkProviderUrl(prefill.url, "prefill.url");
  checkSites(prefill.initialSites ?? [], companyId, view, "prefill.initialSites");
}
