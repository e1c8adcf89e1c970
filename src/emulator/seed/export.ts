/** Writes an emulator's state as a seed. Pure. */
import type { View } from "../state/collections.ts";
import { at } from "../statuses/timeline.ts";

/**
 * The seed of a state, to be written as JSON, which leaves out what is undefined. Its objects keep their IDs and statuses; what a seed can't express is left out: invitations, jobs,
 * webhooks, and which statuses a connection had before.
 *
 * @param now the emulator's time, in milliseconds since 1970
 */
export function seedOf(view: View, now: number): object {
  return {
    ...(view.clockOffset() === 0 ? {} : { clock: new Date(now).toISOString() }),
    companies: view.companies().map(({ id, name, externalId, dataCollectionStartDate }) => ({
      ...{ id, name, externalId: externalId ?? undefined, dataCollectionStartDate },
      sites: view.sitesOf(id).map((site) => ({
        ...{ id: site.id, name: site.name, address: site.address || undefined },
        externalId: site.externalId ?? undefined,
      })),
      connections: view.connectionsOf(id).map((stored) => {
        const { url, username, country, siteIds, status, created } = at(stored, now);
        const login = { url, username, country, sites: siteIds };
        return { id: stored.id, ...login, status, createdAt: created };
      }),
    })),
  };
}
