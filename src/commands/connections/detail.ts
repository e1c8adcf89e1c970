/** One connection in full, its status explained: what `get`, `wait` and `create` show. */
import type { Connection } from "../../api/schemas/connection.ts";
import { readStatus } from "../../api/status.ts";
import { recordView } from "../../cli/view.ts";
import { explanation } from "./explain.ts";
import { connectionJson } from "./view.ts";

export interface ConnectionDetail {
  readonly connection: Connection & { readonly outcome?: string };
  /** What to add to a command so that it speaks of the same profile, such as ` --profile acme`. */
  readonly profileFlag: string;
}

export const detailView = recordView<ConnectionDetail>({
  fields: ({ connection }) => {
    const { label, meaning, advice } = readStatus(connection.status);
    const { statusDetail, provider, company, outcome } = connection;
    return [
      ["Connection", connection.id],
      ["Status", label],
      ["API status", connection.status ?? ""],
      ...(statusDetail === null ? [] : ([["Detail", statusDetail]] as const)),
      ["Meaning", `${meaning[0]?.toUpperCase() ?? ""}${meaning.slice(1)}`],
      ["What to do", advice],
      ["Provider", provider?.name ?? ""],
      ["URL", connection.url ?? ""],
      ["Username", connection.username ?? ""],
      ["Country", connection.country ?? ""],
      ["Company", company?.name ?? ""],
      ["Company ID", company?.id ?? ""],
      ...(connection.siteIds ?? []).map((id): [string, string] => ["Site ID", id]),
      ["Created", connection.createdAt ?? ""],
      ["Updated", connection.updatedAt ?? ""],
      ...(outcome === undefined ? [] : ([["Outcome", outcome]] as const)),
    ];
  },
  ids: ({ connection }) => [connection.id],
  json: ({ connection }) => connectionJson(connection),
  more: ({ connection, profileFlag }, screen) => explanation(connection, profileFlag, screen),
});
