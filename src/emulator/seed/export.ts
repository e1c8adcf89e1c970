/** Writes an emulator's state as a seed. Pure. */
import { isoOf, type Time } from "../clock.ts";
import { fieldsIn } from "../given.ts";
import type { View } from "../state/collections.ts";
import { seedOfConnection } from "./connections.ts";
import { SEED_COMPANY, SEED_SITE } from "./schema.ts";

/**
 * The seed of a state, to be written as JSON. Loaded into an empty emulator, it gives the same companies, sites,
 * connections and data. Left out are secrets, which the emulator makes anew, and invitations, jobs and webhooks.
 */
export function seedOf(view: View, now: Time): object {
  return {
    ...(view.clockOffset() === 0 ? {} : { clock: isoOf(now) }),
    companies: view.companies().map((company) => {
      const accounts = view.accountsOf(company.id);
      return {
        ...fieldsIn(SEED_COMPANY, company),
        sites: view.sitesOf(company.id).map((site) => fieldsIn(SEED_SITE, site)),
        connections: view.connectionsOf(company.id).map((connection) =>
          seedOfConnection(
            connection,
            accounts.filter(({ connectionId }) => connectionId === connection.id),
            now,
          ),
        ),
      };
    }),
  };
}
