/** Accounts: listed by company and within their connection; tracking can be switched. No route to read one is documented. */

import type { Hono } from "hono";
import * as z from "zod/mini";
import { isoOf } from "../clock.ts";
import { accountBody } from "../data/account-body.ts";
import { ofCompany } from "../data/listing.ts";
import { isMeterTracked } from "../data/meter-body.ts";
import { type Account, resolveId } from "../data/source.ts";
import { spansWith } from "../data/windows.ts";
import { answerPage, listMoment } from "../http/lists.ts";
import { found, notFound } from "../http/refusal.ts";
import { addRoute, changing, idOf, type RouteParts } from "../http/routing.ts";
import type { AccountRecord } from "../state/entities.ts";

/** The body of `PATCH /account/{id}`. */
const accountUpdate = z.object({
  isTracked: z.optional(z.boolean()),
  updateMeters: z.optional(z.boolean()),
});

type AccountUpdate = z.infer<typeof accountUpdate>;

/**
 * Adds the routes.
 * Our choice: method and pagination of the list; the data model only names it.
 *
 * @see https://docs.nectarclimate.com/api-reference/accounts/update-an-account
 * @see https://docs.nectarclimate.com/developer-guide/data-model/overview
 */
export function addAccounts(app: Hono, parts: RouteParts): void {
  const { store, clock } = parts;
  addRoute(app, "/company/:id/account", {
    GET: async (c) => {
      const companyId = idOf(c);
      return store.read((view) => {
        const accounts = ofCompany(view, companyId, listMoment(c, view, clock).time);
        return answerPage(c, "accounts", accounts, accountBody);
      });
    },
  });
  addRoute(app, "/account/:id", {
    PATCH: changing(parts, accountUpdate, 200, ({ view, id, now }, given, changes) => {
      const { account } = found(resolveId(view, id, now));
      if (account.id !== id) throw notFound();
      // Our choice: without `isTracked` there is nothing to change.
      if (given.isTracked === undefined) return accountBody(account);
      const record = recordWith(account, given.isTracked, given, now);
      changes.push({ op: "put", kind: "account", value: record });
      return accountBody({ ...account, record });
    }),
  });
}

/** Documented: the meter follows unless `updateMeters` is false. Our choice: then it stays unchanged. */
function recordWith(
  account: Account,
  isTracked: boolean,
  { updateMeters = true }: AccountUpdate,
  now: number,
): AccountRecord {
  const { source, record } = account;
  const when = isoOf(now);
  return {
    id: account.id,
    companyId: source.connection.companyId,
    connectionId: source.connection.id,
    isTracked,
    meterIsTracked: updateMeters ? isTracked : isMeterTracked(account),
    untracked: spansWith(record?.untracked ?? [], !isTracked, when),
    updated: when,
  };
}
