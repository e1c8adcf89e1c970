/** Accounts: listed by company and within their connection; tracking can be switched. No route to read one is documented. */

import type { Hono } from "hono";
import * as z from "zod/mini";
import { isoOf } from "../clock.ts";
import { accountBody, isMeterTracked } from "../data/account-body.ts";
import { ofCompany } from "../data/listing.ts";
import { type Account, resolveId } from "../data/source.ts";
import { spansWith } from "../data/windows.ts";
import { answerPage } from "../http/lists.ts";
import { found, notFound } from "../http/refusal.ts";
import { addRoute, changing, json, listing, type RouteParts } from "../http/routing.ts";
import type { AccountRecord } from "../state/entities.ts";

const accountUpdate = z.object({
  isTracked: z.optional(z.boolean()),
  updateMeters: z.optional(z.boolean()),
});

/**
 * Our choice: method and pagination of the list; the data model only names it.
 *
 * @see https://docs.nectarclimate.com/api-reference/accounts/update-an-account
 * @see https://docs.nectarclimate.com/developer-guide/data-model/overview
 */
export function addAccounts(app: Hono, parts: RouteParts): void {
  addRoute(app, "/company/:id/account", {
    GET: listing(parts, (c, view, id, { time }) =>
      answerPage(c, "accounts", ofCompany(view, id, time), accountBody),
    ),
  });
  addRoute(app, "/account/:id", {
    PATCH: changing(parts, json(accountUpdate), 200, ({ view, id, now }, given, changes) => {
      const { account } = found(resolveId(view, id, now));
      if (account.id !== id) throw notFound();
      // Our choice: without `isTracked` there is nothing to change.
      if (given.isTracked === undefined) return accountBody(account);
      const record = recordWith(account, given.isTracked, given.updateMeters, now);
      changes.push({ op: "put", kind: "account", value: record });
      return accountBody({ ...account, record });
    }),
  });
}

/** Documented: the meter follows unless `updateMeters` is false. Our choice: then it stays unchanged. */
function recordWith(
  account: Account,
  isTracked: boolean,
  updateMeters: boolean | undefined,
  now: number,
): AccountRecord {
  const { source, record } = account;
  const when = isoOf(now);
  return {
    id: account.id,
    companyId: source.connection.companyId,
    connectionId: source.connection.id,
    isTracked,
    meterIsTracked: updateMeters === false ? isMeterTracked(account) : isTracked,
    untracked: spansWith(record?.untracked ?? [], !isTracked, when),
    updated: when,
  };
}
