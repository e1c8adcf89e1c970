/** One connection in full, its status explained: what `get`, `wait` and `create` show. */
import type { Connection } from "../../api/resources/connection.ts";
import { readStatus } from "../../api/status.ts";
import { recordView } from "../../cli/view.ts";
import type { StatusError } from "../../errors.ts";
import { nextBlock } from "./explain.ts";
import { connectionJson } from "./view.ts";

export interface ConnectionDetail {
  readonly connection: Connection & { readonly outcome?: string };
  /** What the run ends with after this is shown; it explains the status then. */
  readonly failure: StatusError | null;
}

export const detailView = recordView<ConnectionDetail>({
  fields: ({ connection, failure }, place) => {
    const { label, meaning, advice } = readStatus(connection.status);
    const { statusDetail, provider, company, outcome } = connection;
    // A person reads the error right below.
    const isExplained = failure !== null && place === "terminal";
    const detail = statusDetail === null ? [] : ([["Detail", statusDetail]] as const);
    const sentence = `${meaning[0]?.toUpperCase() ?? ""}${meaning.slice(1)}`;
    return [
      ["Connection", connection.id],
      ["Status", label],
      ["API status", connection.status ?? ""],
      ...(isExplained ? [] : [...detail, ["Meaning", sentence] as const]),
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
  more: ({ connection, failure }, screen, commandLine) =>
    failure === null ? nextBlock(connection, screen, commandLine) : null,
});
