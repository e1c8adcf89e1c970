/** Connections: created by trying a login, listed with pagination, read by ID. Passwords are never stored. */
import type { Hono } from "hono";
import * as z from "zod/mini";
import { connectionCreate } from "../../api/resources/connection.ts";
import { uuid } from "../../api/resources/wire.ts";
import type { Time } from "../clock.ts";
import { accountBodies } from "../data/account-body.ts";
import { answerPage, limited } from "../http/lists.ts";
import { readQuery } from "../http/query.ts";
import { found } from "../http/refusal.ts";
import {
  addBothForms,
  addRoute,
  changing,
  json,
  listing,
  type RouteParts,
  reading,
} from "../http/routing.ts";
import type { View } from "../state/collections.ts";
import type { CompanyRecord, ConnectionRecord } from "../state/entities.ts";
import { makeConnection } from "../statuses/connecting.ts";
import { providerOf } from "../statuses/login.ts";
import { STATUSES } from "../statuses/statuses.ts";
import { at } from "../statuses/timeline.ts";

/** Our choice: a single status, matched exactly; the reference shows a single value. */
const filters = z.object({
  ...limited,
  connectionOwnerEmail: z.optional(z.string().check(z.minLength(1))),
  sites: z._default(z.array(uuid), []),
  status: z.optional(z.enum(STATUSES)),
});

/**
 * @see https://docs.nectarclimate.com/api-reference/v2-2/connections/get-company-utility-account-connections
 * @see https://docs.nectarclimate.com/developer-guide/sandbox-testing
 */
export function addConnections(app: Hono, parts: RouteParts): void {
  const path = { guide: "/company/:id/connection", reference: "/connection/company/:id" };
  addBothForms(app, parts.paths, path, {
    GET: listing(parts, (c, view, id, { time, shows }) => {
      const { limit, sites, status, connectionOwnerEmail } = readQuery(c, filters, ["sites"]);
      const company = found(view.company(id));
      // Our choice: in the order of creation; no order is documented.
      const connections = view
        .connectionsOf(id)
        .filter(
          (one) =>
            shows(one) &&
            (connectionOwnerEmail === undefined || one.ownerEmail === connectionOwnerEmail) &&
            (sites.length === 0 || one.siteIds.some((site) => sites.includes(site))) &&
            (status === undefined || at(one, time).status === status),
        );
      const bodyOf = (one: ConnectionRecord) => connectionBody(at(one, time), company, view, time);
      return answerPage(c, "connections", connections, bodyOf, limit);
    }),
    // Inferred: the 201. The ID and the validated status are documented; returning the rest as well is our choice.
    POST: changing(parts, json(connectionCreate), 201, ({ view, id, now }, given, changes) => {
      const company = found(view.company(id));
      // Our choice: the same login may be connected twice; no rule about it is documented.
      const value = makeConnection({ ...given, siteIds: given.sites }, company, view, now, parts);
      changes.push({ op: "put", kind: "connection", value });
      return connectionBody(value, company, view, now);
    }),
  });
  addRoute(app, "/connection/:id/details", { GET: connectionDetails(parts) });
}

/** Answers the connection that the path names. */
export function connectionDetails(parts: RouteParts) {
  return reading(parts, (view, id, now) => {
    const connection = at(found(view.connection(id)), now);
    return connectionBody(connection, found(view.company(connection.companyId)), view, now);
  });
}

/** Every field of a connection that is documented or shown in a sample. */
function connectionBody(
  connection: ConnectionRecord,
  company: CompanyRecord,
  view: View,
  now: Time,
) {
  return {
    id: connection.id,
    created: connection.created,
    updated: connection.updated,
    publicCompanyId: company.publicId,
    connectionMagicLinkSecret: connection.magicLinkSecret,
    status: connection.status,
    statusLastUpdateTime: connection.statusLastUpdateTime,
    statusFirstSeenTime: connection.statusFirstSeenTime,
    statusErrorDetail: connection.statusErrorDetail,
    externalId: null,
    isActive: true,
    datasource: providerOf(connection.url),
    accounts: accountBodies(view, connection, now),
    company: { id: company.id, name: company.name, externalId: company.externalId },
    url: connection.url,
    country: connection.country,
    initialSites: connection.siteIds,
    initialDatasourceTypes: connection.datasourceTypes,
    username: connection.username,
    workflowOwnerEmail: connection.ownerEmail,
    dataCollectionStartDate: connection.dataCollectionStartDate,
    multiplyByOccupancy: false,
  };
}
