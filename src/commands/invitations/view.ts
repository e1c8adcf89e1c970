/** How an invitation is shown. */
import type { Invitation, InvitationEvent } from "../../api/resources/invitation.ts";
import { readStatus } from "../../api/status.ts";
import type { View } from "../../cli/define.ts";
import { recordView } from "../../cli/view.ts";
import type { Palette } from "../../terminal/palette.ts";
import { printable } from "../../terminal/sanitize.ts";
import type { Column } from "../../terminal/table.ts";
import { formatAge } from "../connections/age.ts";

const STATUSES: Readonly<Record<string, string>> = {
  ACTIVE: "Active",
  EXPIRED: "Expired",
  REVOKED: "Revoked",
  FULFILLED: "Fulfilled",
};

const TYPES: Readonly<Record<string, string>> = {
  CREATE_CONNECTION: "connect",
  EDIT_CONNECTION: "reconnect",
};

/** The invitation of the machine output. It holds the link, which is a secret: it is what the command is for. */
export function invitationJson(invitation: Invitation): object {
  const { events: _, ...rest } = invitation;
  const { id, type, status, url, companyId, connectionId, ...others } = rest;
  return { id, type, status, url, companyId, connectionId, ...others };
}

export const invitationColumns = (now: number): readonly Column<Invitation>[] => [
  {
    header: "STATUS",
    value: ({ status }) => labelOf(STATUSES, status),
    plain: ({ status }) => status ?? "",
    paint: (text, { status }, palette) => painted(text, status, palette),
  },
  {
    header: "TYPE",
    value: ({ type }) => labelOf(TYPES, type),
    plain: ({ type }) => type ?? "",
    optional: true,
  },
  { header: "USES", value: usesOf, align: "right" },
  {
    header: "EXPIRES",
    value: ({ expiresAt }) => (expiresAt === null ? "never" : minuteOf(expiresAt)),
    plain: ({ expiresAt }) => expiresAt ?? "",
  },
  {
    header: "CREATED",
    value: ({ createdAt }) => formatAge(createdAt, now),
    plain: ({ createdAt }) => createdAt ?? "",
    optional: true,
  },
  { header: "ID", value: ({ id }) => id },
];

const record = recordView<Invitation>({
  fields: fieldsOf,
  ids: ({ id }) => [id],
  json: invitationJson,
});

/** After a create: the link stands alone on its line, to be copied. */
export const createdView: View<Invitation> = {
  ...record,
  async human(invitation, screen) {
    const { renderFields } = await import("../../terminal/table.ts");
    const fields = await renderFields(withoutUrl(invitation), screen);
    return `${fields}\n${linkLines(invitation, screen.palette)}`;
  },
};

/** An invitation in full, with its event log where the answer has one. */
export const detailView: View<Invitation> = {
  ...record,
  plain: async (invitation) => {
    const { renderFieldsTsv } = await import("../../terminal/table.ts");
    const events = (invitation.events ?? []).map((event): [string, string] => [
      "Event",
      [event.createdAt, event.type, event.email].filter((part) => part !== null).join(" "),
    ]);
    return renderFieldsTsv([...fieldsOf(invitation), ...events]);
  },
  json: (invitation) => ({ ...invitationJson(invitation), events: invitation.events }),
  async human(invitation, screen) {
    const { renderFields } = await import("../../terminal/table.ts");
    const fields = await renderFields(withoutUrl(invitation), screen);
    const link = linkLines(invitation, screen.palette);
    const events = invitation.events ?? [];
    if (events.length === 0) return `${fields}\n${link}`;
    const log = await renderFields(events.map(eventPair), { ...screen, indent: 2 });
    return `${fields}\n${link}\n${screen.palette.bold("Events")}\n${log}`;
  },
};

function fieldsOf(invitation: Invitation): readonly (readonly [string, string])[] {
  const { id, status, type, companyId, connectionId, emails, expiresAt, createdAt } = invitation;
  return [
    ["Invitation", id],
    ["Status", labelOf(STATUSES, status)],
    ["Type", labelOf(TYPES, type)],
    ["URL", invitation.url ?? ""],
    ["Company ID", companyId ?? ""],
    ...(connectionId === null ? [] : ([["Connection ID", connectionId]] as const)),
    ["For", emails.length === 0 ? "anyone with the link" : emails.join(", ")],
    ["Uses", usesOf(invitation)],
    ["Expires", expiresAt ?? "never"],
    ["Created", createdAt ?? ""],
    ...prefilled(invitation),
    ...invitation.connections.map(({ id: made, status: current }): [string, string] => [
      "Connection",
      `${made} ${readStatus(current).label}`,
    ]),
  ];
}

function withoutUrl(invitation: Invitation): readonly (readonly [string, string])[] {
  return fieldsOf(invitation).filter(([label]) => label !== "URL");
}

/** What the page starts with, in the API's own names: they are what a person finds in the documentation. */
function prefilled({ prefill }: Invitation): readonly (readonly [string, string])[] {
  return Object.entries(prefill).map(([name, value]) => [
    `Prefill ${name}`,
    typeof value === "string" ? value : value.join(", "),
  ]);
}

function linkLines({ url, status }: Invitation, { dim }: Palette): string {
  if (url === null) return "";
  const hint = status === "ACTIVE" ? "Send this link, or open it:" : "The link:";
  return `${dim(hint)}\n${printable(url, Number.POSITIVE_INFINITY)}\n`;
}

function eventPair({ createdAt, type, email }: InvitationEvent): readonly [string, string] {
  return [createdAt ?? "", email === null ? (type ?? "") : `${type ?? ""} ${email}`];
}

/** `1/3`; without a limit just how often. */
function usesOf({ useCount, maxUses }: Invitation): string {
  return maxUses === null ? String(useCount) : `${useCount}/${maxUses}`;
}

function minuteOf(iso: string): string {
  return Number.isNaN(Date.parse(iso)) ? iso : `${iso.slice(0, 16).replace("T", " ")} UTC`;
}

function labelOf(labels: Readonly<Record<string, string>>, text: string | null): string {
  return text === null ? "" : Object.hasOwn(labels, text) ? (labels[text] ?? text) : text;
}

function painted(text: string, status: string | null, palette: Palette): string {
  if (status === "ACTIVE") return palette.green(text);
  return status === "FULFILLED" ? text : palette.dim(text);
}
