/** How a connection is shown. */
import type { Connection } from "../../api/resources/connection.ts";
import { readStatus } from "../../api/status.ts";
import type { Palette } from "../../terminal/palette.ts";
import type { Column } from "../../terminal/table.ts";
import { formatAge } from "./age.ts";

/** The connection as `onboard` prints it. */
export function onboardedJson(connection: Connection & { readonly outcome?: string }): object {
  const { id, status, state, statusDetail, url, username, country, siteIds, outcome } = connection;
  return {
    id,
    status,
    state,
    statusDetail,
    url,
    username,
    country,
    siteIds: siteIds ?? [],
    ...(outcome === undefined ? {} : { outcome }),
  };
}

/** The connection as the connection commands print it. */
export function connectionJson(connection: Connection & { readonly outcome?: string }): object {
  const { company, provider, createdAt, updatedAt } = connection;
  return { ...onboardedJson(connection), company, provider, createdAt, updatedAt };
}

/** Green for healthy, yellow for waiting, red for what needs someone; an echo of the word, never more. */
export function paintStatus(text: string, connection: Connection, palette: Palette): string {
  if (connection.state === "connected") return palette.green(text);
  return connection.state === "pending" ? palette.yellow(text) : palette.red(text);
}

/** The columns of a connection list. */
export function connectionColumns(
  now: number,
  withCompany: boolean,
): readonly Column<Connection>[] {
  return [
    {
      header: "STATUS",
      value: ({ status }) => readStatus(status).label,
      plain: ({ status }) => status ?? "",
      paint: paintStatus,
    },
    ...(withCompany
      ? [
          {
            header: "COMPANY",
            value: ({ company }: Connection) => company?.name ?? company?.id ?? "",
            shrink: true,
          },
        ]
      : []),
    {
      header: "PROVIDER",
      value: ({ provider, url }) => provider?.name ?? url ?? "",
      shrink: true,
      optional: true,
    },
    { header: "USERNAME", value: ({ username }) => username ?? "", shrink: true },
    {
      header: "SITES",
      value: ({ siteIds }) => (siteIds === null ? "" : String(siteIds.length)),
      align: "right",
      optional: true,
    },
    {
      header: "UPDATED",
      value: ({ updatedAt, createdAt }) => formatAge(updatedAt ?? createdAt, now),
      plain: ({ updatedAt, createdAt }) => updatedAt ?? createdAt ?? "",
      optional: true,
    },
    { header: "ID", value: ({ id }) => id },
  ];
}
