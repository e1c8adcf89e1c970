/** Writes an emulator's state as a seed. Pure. */
import type { View } from "../state/collections.ts";
import { at } from "../statuses/timeline.ts";

/**
 * The seed of a state. Its objects keep their IDs and statuses; what a seed can't express is left out: invitations, jobs,
 * webhooks, and which statuses a connection had before.
 *
 * @param now the emulator's time, in milliseconds since 1970
 */
export function seedOf(view: View, now: number): object {
  return {
    ...(view.clockOffset() === 0 ? {} : { clock: new Date(now).toISOString() }),
    companies: view.companies().map(({ id, name, externalId, dataCollectionStartDate }) => ({
      ...{ id, name, ...optional({ externalId }), dataCollectionStartDate },
      sites: view.sitesOf(id).map((site) => ({
        ...{ id: site.id, name: site.name },
        ...optional({ address: site.address || null, externalId: site.externalId }),
      })),
      connections: view.connectionsOf(id).map((stored) => {
        const { url, username, country, siteIds, status, created } = at(stored, now);
        const login = { url, username, country, sites: siteIds };
        return { id: stored.id, ...login, status, createdAt: created };
      }),
    })),
  };
}

/** Without the members that are null. */
function optional<Key extends string>(
  members: Readonly<Record<Key, string | null>>,
): { readonly [Name in Key]?: string } {
  const known = Object.entries(members).filter(([, value]) => value !== null);
  return Object.fromEntries(known) as { readonly [Name in Key]?: string };
}
