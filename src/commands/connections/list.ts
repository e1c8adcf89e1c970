/** `nectar connections list`: all connections of one company or of every company. */

import * as z from "zod/mini";
import type { ConnectionFilter, NectarApi } from "../../api/client.ts";
import { takeFirst } from "../../api/pages.ts";
import type { Connection } from "../../api/resources/connection.ts";
import { DOCUMENTED_STATUSES, isFilterable, KNOWN_STATUSES, sameStatus } from "../../api/status.ts";
import type { Context } from "../../app/context.ts";
import { defineCommand, type InputOf, list, option, toggle } from "../../cli/define.ts";
import { countText, emptyLine, type FoundRows, foundView } from "../../cli/list-view.ts";
import { by, constantCase, limitFlag } from "../../cli/values.ts";
import { nearest } from "../../words/nearest.ts";
import { shorten } from "../../words/shorten.ts";
import { companyFlag, companyOf, idOf, requireProfile, siteList } from "../profiles/ids.ts";
import { connections } from "./connections.ts";

const fields = {
  company: companyFlag,
  allCompanies: toggle("--all-companies", { help: "of every company that the key can access" }),
  status: list("--status <STATUS>", {
    help: "only this status, such as CONNECTED or PASSWORD_INCORRECT (repeatable)",
    read: readStatusFilter,
    allowed: `one of ${DOCUMENTED_STATUSES.join(", ")}`,
    suggests: DOCUMENTED_STATUSES,
  }),
  site: siteList("--site <ID>", "only connections with this site (repeatable)"),
  owner: option("--owner <EMAIL>", {
    help: "only connections of this owner",
    read: by(z.email()),
    allowed: "an e-mail address",
  }),
  limit: limitFlag,
} as const;

type Input = InputOf<typeof fields>;

interface ConnectionList extends FoundRows<Connection> {
  readonly withCompany: boolean;
}

const FILTERS = ["status", "site", "owner"] as const;

export const command = defineCommand({
  description:
    "Lists connections, following every page. --status PASSWORD_INCORRECT also finds INCORRECT_PASSWORD,\nthe other spelling that the vendor's pages use.",
  fields,
  examples: {
    "nectar connections list": "of the profile's company",
    "nectar connections list --status PASSWORD_INCORRECT --all-companies":
      "every login with a wrong password",
    "nectar connections list --json --limit 10": "as JSON",
  },
  exclusive: [["company", "allCompanies"]],
  async run(given, context: Context): Promise<ConnectionList> {
    const profile = await context.profileName();
    const companyId = given.allCompanies ? undefined : await companyOf(given.company, context);
    const site = await Promise.all(given.site.map((one) => idOf("site", one, context, companyId)));
    const input = { ...given, site };
    if (companyId === undefined) await requireProfile(context);
    const { api } = await context.session();
    const companies =
      companyId === undefined ? await api.listCompanies() : [{ id: companyId, name: null }];
    const perCompany = await Promise.all(
      companies.map(async ({ id, name }) => {
        const { items, isCut } = await takeFirst(matching(api, id, input), input.limit);
        return {
          rows: items.map((one) => ({ ...one, company: one.company ?? { id, name } })),
          isCut,
        };
      }),
    );
    const all = perCompany.flatMap(({ rows }) => rows);
    const rows = all.slice(0, input.limit);
    const isCut = all.length > rows.length || perCompany.some((one) => one.isCut);
    const name = rows.find(({ company }) => company?.name)?.company?.name;
    const [only] = companies.length === 1 ? companies : [];
    const of =
      only === undefined ? countText(companies.length, "company") : (name ?? only.name ?? only.id);
    const none = async () => {
      const owner = companyId === undefined ? of : (await api.getCompany(companyId)).name;
      return emptyLine("connections", owner, [fields, input, FILTERS], async function* () {
        for (const { id } of companies) yield* api.listConnections(id);
      });
    };
    const withCompany = companyId === undefined;
    return { rows, isCut, of: `${of} · profile ${profile}`, withCompany, none };
  },
  view: foundView(connections, "connection", ({ withCompany }: ConnectionList) =>
    connections.table.filter((name) => withCompany || name !== "companyOrId"),
  ),
});

/** @throws Error for an unknown status, with a suggestion if there is a similar one */
function readStatusFilter(text: string): string {
  const status = constantCase(text);
  if (KNOWN_STATUSES.includes(status)) return status;
  const near = nearest(status, KNOWN_STATUSES);
  const meant =
    near === null ? `it takes ${DOCUMENTED_STATUSES.join(", ")}` : `did you mean ${near}?`;
  throw new Error(`"${shorten(text)}" is not a status; ${meant}`);
}

/** The API gets only filters it certainly supports; every response is also filtered here, so the result is the same. */
async function* matching(
  api: NectarApi,
  companyId: string,
  input: Input,
): AsyncGenerator<Connection, void, undefined> {
  const [status, another] = input.status;
  const filter: ConnectionFilter = {
    ...(status !== undefined && another === undefined && isFilterable(status) ? { status } : {}),
    ...(input.site.length > 0 ? { siteIds: input.site } : {}),
    ...(input.owner === undefined ? {} : { ownerEmail: input.owner }),
  };
  for await (const connection of api.listConnections(companyId, filter)) {
    const wanted = input.status.some((one) => sameStatus(one, connection.status ?? ""));
    if (input.status.length === 0 || wanted) yield connection;
  }
}
