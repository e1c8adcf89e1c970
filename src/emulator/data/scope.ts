/** Whose data a list is about: a company's, a site's or a connection's. */
import { found } from "../http/routing.ts";
import type { View } from "../state/collections.ts";
import type { ConnectionRecord } from "../state/entities.ts";

/**
 * @param id of the company, site or connection
 * @returns the connections that bring the data, and the site that it is limited to, or null
 * @throws {Refusal} 404 when there is no such object
 */
export type Scope = (
  view: View,
  id: string,
) => { readonly connections: readonly ConnectionRecord[]; readonly siteId: string | null };

export const ofCompany: Scope = (view, id) => ({
  connections: view.connectionsOf(found(view.company(id)).id),
  siteId: null,
});

export const ofSite: Scope = (view, id) => {
  const { companyId } = found(view.site(id));
  return { connections: view.connectionsOf(companyId), siteId: id };
};

export const ofConnection: Scope = (view, id) => ({
  connections: [found(view.connection(id))],
  siteId: null,
});
