/** Views of the connection commands. */
import type { Connection } from "../../api/resources/connection.ts";
import { readStatus, STATES } from "../../api/status.ts";
import { jsonOf, noun, recordOf, shapeOf } from "../../cli/noun.ts";
import { listOf, objectOf, orNull, text, wordOf } from "../../cli/shape.ts";
import { nounJson, recordView } from "../../cli/view.ts";
import type { StatusError } from "../../errors.ts";
import { outcome } from "../companies/companies.ts";
import { nextBlock, paintStatus, sentence } from "./explain.ts";

/** `outcome` is set after a create. */
type Shown = Connection & { readonly outcome?: string };

const OWN = [
  ...(["id", "status", "state", "statusDetail"] as const),
  ...(["url", "username", "country", "siteIds"] as const),
] as const;

export const connections = noun<Shown>()({
  fields: {
    id: { label: "Connection", header: "ID", shape: text },
    status: {
      label: "Status",
      header: "STATUS",
      text: ({ status }) => readStatus(status).label,
      paint: paintStatus,
    },
    apiStatus: { label: "API status", value: ({ status }) => status },
    state: { shape: wordOf(STATES) },
    statusDetail: { label: "Detail", sparse: true },
    meaning: { label: "Meaning", text: ({ status }) => sentence(readStatus(status).meaning) },
    advice: { label: "What to do", text: ({ status }) => readStatus(status).advice },
    provider: {
      label: "Provider",
      text: ({ provider }) => provider?.name ?? "",
      shape: orNull(objectOf({ name: orNull(text), url: orNull(text) })),
    },
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
      shape: orNull(objectOf({ id: text, name: orNull(text) })),
      shrink: true,
    },
    companyOrId: {
      header: "COMPANY",
      value: ({ company }) => company?.name ?? company?.id,
      shrink: true,
    },
    companyId: { label: "Company ID", value: ({ company }) => company?.id },
    siteIds: {
      label: "Site ID",
      value: ({ siteIds }) => siteIds ?? [],
      shape: listOf(text),
      sparse: true,
    },
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
    outcome: { label: "Outcome", shape: outcome, sparse: true },
  },
  json: [...OWN, "company", "provider", "createdAt", "updatedAt"],
  table: ["status", "companyOrId", "utility", "username", "siteCount", "changedAt", "id"],
});

/** The connection as `onboard` prints it. */
const ONBOARDED = [...OWN, "outcome"] as const;
export const onboardedJson = (connection: Shown) => jsonOf(connections, connection, ONBOARDED);
export const onboardedShape = shapeOf(connections, ONBOARDED);

/** One connection in full, with its status explained; the result of `get`, `wait` and `create`. */
export interface ConnectionDetail {
  readonly connection: Shown;
  /** The error reported after the connection is shown; it then explains the status. */
  readonly failure: StatusError | null;
}

export const detailView = recordView<ConnectionDetail>({
  fields({ connection, failure }, place) {
    // On a terminal the error is printed right below.
    const isExplained = failure !== null && place === "terminal";
    const without = isExplained ? (["statusDetail", "meaning"] as const) : [];
    return recordOf(connections, connection, without);
  },
  ids: ({ connection }) => [connection.id],
  ...nounJson(connections, ({ connection }: ConnectionDetail) => connection),
  more: ({ connection, failure }, screen, commandLine) =>
    failure === null ? nextBlock(connection, screen, commandLine) : null,
});
