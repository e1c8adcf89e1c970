/** Options and views of the invitation commands. */
import type { Invitation } from "../../api/resources/invitation.ts";
import { readStatus } from "../../api/status.ts";
import type { View } from "../../cli/define.ts";
import { noun, recordOf } from "../../cli/noun.ts";
import { listOf, mapOf, objectOf, orNull, text, whole } from "../../cli/shape.ts";
import { nounJson, recordView } from "../../cli/view.ts";
import type { Palette } from "../../terminal/palette.ts";
import { printable } from "../../terminal/sanitize.ts";
import type { Screen } from "../../terminal/streams.ts";

const LABELS: Readonly<Record<string, string>> = {
  ACTIVE: "Active",
  EXPIRED: "Expired",
  REVOKED: "Revoked",
  FULFILLED: "Fulfilled",
};

export const STATUSES = Object.keys(LABELS);

const TYPES: Readonly<Record<string, string>> = {
  CREATE_CONNECTION: "connect",
  EDIT_CONNECTION: "reconnect",
};

/** The JSON includes the link, although it is a secret: it is what the command is for. */
export const invitations = noun<Invitation>()({
  fields: {
    id: { label: "Invitation", header: "ID", shape: text },
    status: {
      label: "Status",
      header: "STATUS",
      text: ({ status }) => labelOf(LABELS, status),
      paint(text, { status }, { green, dim }) {
        if (status === "ACTIVE") return green(text);
        return status === "FULFILLED" ? text : dim(text);
      },
    },
    type: {
      label: "Type",
      header: "TYPE",
      text: ({ type }) => labelOf(TYPES, type),
      optional: true,
    },
    url: { label: "URL" },
    companyId: { label: "Company ID" },
    connectionId: { label: "Connection ID", sparse: true },
    emails: {
      label: "For",
      text: ({ emails }) => (emails.length === 0 ? "anyone with the link" : emails.join(", ")),
      shape: listOf(text),
    },
    /** `1/3`, or just the count when there is no limit. */
    uses: {
      label: "Uses",
      header: "USES",
      value: ({ useCount, maxUses }) => (maxUses === null ? useCount : `${useCount}/${maxUses}`),
      align: "right",
    },
    expiresAt: { label: "Expires", text: ({ expiresAt }) => expiresAt ?? "never" },
    expires: {
      header: "EXPIRES",
      value: ({ expiresAt }) => expiresAt,
      text: ({ expiresAt }) => (expiresAt === null ? "never" : minuteOf(expiresAt)),
    },
    maxUses: { shape: orNull(whole) },
    useCount: { shape: whole },
    createdAt: { label: "Created", header: "CREATED", age: true, optional: true },
    /** By the API's names. */
    prefill: { shape: mapOf({ anyOf: [text, listOf(text)] }) },
    connections: {
      shape: listOf(
        objectOf({
          ...{ id: text, provider: orNull(text), status: orNull(text) },
          createdAt: orNull(text),
        }),
      ),
    },
    events: {
      shape: orNull(
        listOf(objectOf({ type: orNull(text), createdAt: orNull(text), email: orNull(text) })),
      ),
    },
  },
  json: [
    ...(["id", "type", "status", "url", "companyId", "connectionId", "emails"] as const),
    ...(["expiresAt", "maxUses", "useCount", "createdAt", "prefill", "connections"] as const),
  ],
  table: ["status", "type", "uses", "expires", "createdAt", "id"],
});

/**
 * An invitation in full, with its event log if the response has one. On a terminal the link is on a line of its own, easy
 * to copy.
 */
export const invitationView: View<Invitation> = recordView({
  fields: (invitation, place) =>
    place === "terminal"
      ? fieldsOf(invitation, ["url"])
      : [
          ...fieldsOf(invitation),
          ...eventsOf(invitation).map((event) => ["Event", event.join(" ")] as const),
        ],
  ids: ({ id }) => [id],
  ...nounJson(invitations, (invitation: Invitation) => invitation, [...invitations.json, "events"]),
  async more(invitation, screen) {
    const link = linkLines(invitation, screen.palette);
    const events = await eventLines(invitation, screen);
    return link === null && events === null ? null : [link, events].filter(Boolean).join("\n");
  },
});

function fieldsOf(invitation: Invitation, without: readonly string[] = []) {
  return [
    ...recordOf(invitations, invitation, without),
    // Under the API's names, as in the vendor's documentation.
    ...Object.entries(invitation.prefill).map(
      ([name, value]) => [`Prefill ${name}`, [value].flat().join(", ")] as const,
    ),
    ...invitation.connections.map(
      ({ id, status }) => ["Connection", `${id} ${readStatus(status).label}`] as const,
    ),
  ];
}

function linkLines({ url, status }: Invitation, { dim }: Palette): string | null {
  if (url === null) return null;
  const hint = status === "ACTIVE" ? "Send this link, or open it:" : "The link:";
  return `${dim(hint)}\n${printable(url, Number.POSITIVE_INFINITY)}\n`;
}

async function eventLines(invitation: Invitation, screen: Screen): Promise<string | null> {
  const events = eventsOf(invitation);
  if (events.length === 0) return null;
  const { renderFields } = await import("../../terminal/fields.ts");
  const pairs = events.map(([time = "", ...rest]) => [time, rest.join(" ")] as const);
  return `${screen.palette.bold("Events")}\n${await renderFields(pairs, { ...screen, indent: 2 })}`;
}

/** Time, type, and e-mail address if there is one. */
function eventsOf({ events }: Invitation): readonly (readonly string[])[] {
  return (events ?? []).map(({ createdAt, type, email }) => [
    createdAt ?? "",
    type ?? "",
    ...(email === null ? [] : [email]),
  ]);
}

function minuteOf(iso: string): string {
  return Number.isNaN(Date.parse(iso)) ? iso : `${iso.slice(0, 16).replace("T", " ")} UTC`;
}

function labelOf(labels: Readonly<Record<string, string>>, text: string | null): string {
  return text === null ? "" : Object.hasOwn(labels, text) ? (labels[text] ?? text) : text;
}
