/** Connections: created by trying a login, listed with pagination, read by ID. Passwords are never stored. */
import type { Context, Hono } from "hono";
import { connectionCreate } from "../../api/resources/connection.ts";
import { emulatorTime, type Time } from "../clock.ts";
import { accountBodies } from "../data/account-body.ts";
import { readJson } from "../http/body.ts";
import { answerPage, listMoment, readLimit } from "../http/lists.ts";
import { badField } from "../http/refusal.ts";
import { addBothForms, addRoute, found, idOf, type RouteParts } from "../http/routing.ts";
import { parseFields, toUuid } from "../http/validation.ts";
import type { View } from "../state/collections.ts";
import type { CompanyRecord, ConnectionRecord } from "../state/entities.ts";
import { makeConnection } from "../statuses/connecting.ts";
import { providerOf } from "../statuses/login.ts";
import { STATUSES } from "../statuses/statuses.ts";
import { at } from "../statuses/timeline.ts";

/**
 * Adds the routes.
 * @see https://docs.nectarclimate.com/api-reference/v2-2/connections/get-company-utility-account-connections
 * @see https://docs.nectarclimate.com/developer-guide/sandbox-testing
 */
export function addConnections(app: Hono, parts: RouteParts): void {
  const { store, clock } = parts;
  const path = { guide: "/company/:id/connection", reference: "/connection/company/:id" };
  addBothForms(app, parts.paths, path, {
    GET: async (c) => {
      const companyId = idOf(c);
      const matches = readFilters(c);
      const limit = readLimit(c);
      return store.read((view) => {
        const company = found(view.company(companyId));
        // Our choice: in the order of creation; no order is documented.
        const moment = listMoment(c, view, clock);
        const { time: now } = moment;
        const connections = view
          .connectionsOf(companyId)
          .filter((one) => moment.shows(one) && matches(one, now));
        const bodyOf = (one: ConnectionRecord) => connectionBody(at(one, now), company, view, now);
        return answerPage(c, "connections", connections, bodyOf, limit);
      });
    },
    POST: async (c) => {
      const companyId = idOf(c);
      const given = parseFields(connectionCreate, await readJson(c));
      const siteIds = given.sites.map((id) => id.toLowerCase());
      const body = await store.write((view, changes) => {
        const company = found(view.company(companyId));
        const now = emulatorTime(view, clock);
        // Our choice: the same login may be connected twice; no rule about it is documented.
        const value = makeConnection({ ...given, siteIds }, company, view, now, parts);
        changes.push({ op: "put", kind: "connection", value });
        return connectionBody(value, company, view, now);
      });
      // Inferred: the 201. The ID and the validated status are documented; returning the rest as well is our choice.
      return c.json(body, 201);
    },
  });
  addRoute(app, "/connection/:id/details", { GET: connectionDetails(parts) });
}

/** Answers the connection that the path names. */
export function connectionDetails({ store, clock }: RouteParts) {
  return async (c: Context) => {
    const id = idOf(c);
    const body = await store.read((view) => {
      const now = emulatorTime(view, clock);
      const connection = at(found(view.connection(id)), now);
      return connectionBody(connection, found(view.company(connection.companyId)), view, now);
    });
    return c.json(body);
  };
}

function readFilters(c: Context): (stored: ConnectionRecord, now: Time) => boolean {
  const statuses = c.req.queries("status") ?? [];
  // Our choice: a single status, matched exactly; the reference shows a single value.
  if (statuses.length > 1) throw badField("status", "can be given once");
  const [status] = statuses;
  if (status !== undefined && !STATUSES.includes(status)) {
    throw badField("status", `must be one of ${STATUSES.join(", ")}`);
  }
  const owner = c.req.query("connectionOwnerEmail");
  if (owner === "") throw badField("connectionOwnerEmail", "must not be empty");
  const sites = (c.req.queries("sites") ?? []).map((text) => {
    const id = toUuid(text);
    if (id === null) throw badField("sites", "must be a UUID");
    return id;
  });
  return (stored, now) =>
    (owner === undefined || stored.ownerEmail === owner) &&
    (sites.length === 0 || stored.siteIds.some((id) => sites.includes(id))) &&
    (status === undefined || at(stored, now).status === status);
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
