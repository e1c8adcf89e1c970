/** Formats each event that `nectar webhooks listen` receives as one line. Received text is sanitized. */
import type { Palette } from "../../terminal/palette.ts";
import { jsonText, printable } from "../../terminal/sanitize.ts";
import type { Received } from "../../webhooks/receiver.ts";

/** A line of NDJSON, without the line end. */
export function ndjsonLine(received: Received): string {
  const { receivedAt, id, verified, reason, duplicate, forwarded, payload } = received;
  return jsonText({
    ...{ receivedAt, id, eventType: textOf(payload, "eventType"), verified, reason, duplicate },
    ...{ forwarded, payload },
  });
}

/** Tab-separated: time, event, object ID, summary, verification, forwarding, message ID. */
export function plainLine(received: Received): string {
  return cellsOf(received)
    .map((cell) => printable(cell))
    .join("\t");
}

/** For a terminal: the same without empty cells and the message ID. */
export function humanLine(received: Received, { green, red, yellow, dim, bold }: Palette): string {
  const [time = "", event = "", object = "", summary = "", check = "", forwarding = ""] = cellsOf(
    received,
  ).map((cell) => printable(cell));
  const isFailed = received.forwarded !== null && !isSuccess(received.forwarded.status);
  return [
    dim(time),
    bold(event),
    object,
    summary,
    !received.verified ? red(check) : received.duplicate ? yellow(check) : green(check),
    isFailed ? red(forwarding) : forwarding,
  ]
    .filter((cell) => cell !== "")
    .join("  ");
}

function cellsOf(received: Received): readonly string[] {
  const { receivedAt, id, verified, reason, duplicate, payload } = received;
  if (!verified) return [receivedAt, "rejected", "", "", `not verified: ${reason}`, "", id ?? ""];
  return [
    receivedAt,
    textOf(payload, "eventType") ?? "no event type",
    textOf(payload, "id") ?? "",
    summaryOf(payload),
    duplicate ? "verified, again" : "verified",
    forwardingText(received),
    id ?? "",
  ];
}

/** The most useful part of an event: the changed fields, the status, or the date and amount of a bill. */
function summaryOf(payload: unknown): string {
  const old = fieldOf(payload, "old");
  if (typeof old === "object" && old !== null) {
    const changed = [...Object.keys(old), ...namesIn(fieldOf(payload, "protectedChanges"))];
    return changed.length === 0 ? "" : `changed ${changed.join(", ")}`;
  }
  if (textOf(payload, "eventType")?.startsWith("connection.")) {
    return textOf(payload, "status") ?? "";
  }
  const names = ["billDate", "totalCharges", "chargesUnits"] as const;
  return names.flatMap((name) => textOf(payload, name) ?? []).join(" ");
}

function namesIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((name) => typeof name === "string") : [];
}

function forwardingText({ forwarded }: Received): string {
  if (forwarded === null) return "";
  return forwarded.status === null ? `not forwarded: ${forwarded.error}` : `→ ${forwarded.status}`;
}

function isSuccess(status: number | null): boolean {
  return status !== null && status >= 200 && status < 300;
}

function fieldOf(payload: unknown, name: string): unknown {
  return typeof payload === "object" && payload !== null ? Reflect.get(payload, name) : undefined;
}

function textOf(payload: unknown, name: string): string | null {
  const value = fieldOf(payload, name);
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : null;
}
