/** What a connection command shows. */
import type { Connection } from "../../api/resources/connection.ts";
import { readStatus } from "../../api/status.ts";
import { jsonOf, noun, recordOf } from "../../cli/noun.ts";
import { recordView } from "../../cli/view.ts";
import type { StatusError } from "../../errors.ts";
import { nextBlock, paintStatus } from "./explain.ts";

/** `outcome` is there after a create. */
type Shown = Connection & { readonly outcome?: string };

export const connections = noun<Shown>()({
  fields: {
    id: { label: "Connection", header: "ID" },
    status: {
      label: "Status",
      header: "STATUS",
      text: ({ status }) => readStatus(status).label,
      paint: paintStatus,
    },
    apiStatus: { label: "API status", value: ({ status }) => status },
    state: {},
    statusDetail: { label: "Detail", sparse: true },
    meaning: { label: "Meaning", text: ({ status }) => sentence(readStatus(status).meaning) },
    advice: { label: "What to do", text: ({ status }) => readStatus(status).advice },
    provider: { label: "Provider", text: ({ provider }) => provider?.name ?? "" },
    utility: {
      header: "PROVIDER",
      value: ({ provider, url }) => provider?.name ?? url,
      shrink: true,
      optional: true,
    },
    url: { label: "URL" },
    username: { label: "Username", header: "USERNAME", shrink: true },
    country: { label: "Country" },
    company: {
      label: "Company",
      header: "COMPANY",
      text: ({ company }) => company?.name ?? "",
      shrink: true,
    },
    companyOrId: {
      header: "COMPANY",
      value: ({ company }) => company?.name ?? company?.id,
      shrink: true,
    },
    companyId: { label: "Company ID", value: ({ company }) => company?.id },
    siteIds: { label: "Site ID", value: ({ siteIds }) => siteIds ?? [], sparse: true },
    siteCount: {
      header: "SITES",
      value: ({ siteIds }) => siteIds?.length,
      align: "right",
      optional: true,
    },
    createdAt: { label: "Created" },
    updatedAt: { label: "Updated" },
    changedAt: {
      header: "UPDATED",
      value: ({ updatedAt, createdAt }) => updatedAt ?? createdAt,
      age: true,
      optional: true,
    },
    outcome: { label: "Outcome", sparse: true },
  },
  json: [
    ...(["id", "status", "state", "statusDetail", "url", "username", "country"] as const),
    ...(["siteIds", "outcome", "company", "provider", "createdAt", "updatedAt"] as const),
  ],
  table: ["status", "companyOrId", "utility", "username", "siteCount", "changedAt", "id"],
});

/** The connection as `onboard` prints it. */
export function onboardedJson(connection: Shown): object {
  const { company, provider, createdAt, updatedAt, ...own } = jsonOf(connections, connection);
  return own;
}

/** One connection in full, its status explained: what `get`, `wait` and `create` show. */
export interface ConnectionDetail {
  readonly connection: Shown;
  /** What the run ends with after this is shown; it explains the status then. */
  readonly failure: StatusError | null;
}

export const detailView = recordView<ConnectionDetail>({
  fields({ connection, failure }, place) {
    // A person reads the error right below.
    const isExplained = failure !== null && place === "terminal";
    const said = isExplained ? (["statusDetail", "meaning"] as const) : [];
    return recordOf(connections, connection, said);
  },
  ids: ({ connection }) => [connection.id],
  json: ({ connection }) => jsonOf(connections, connection),
  more: ({ connection, failure }, screen, commandLine) =>
    failure === null ? nextBlock(connection, screen, commandLine) : null,
});

function sentence(text: string): string {
  return `${text[0]?.toUpperCase() ?? ""}${text.slice(1)}`;
}
