/** A connection at a given time, with due status changes and weekly checks applied. Pure. */
import { isoOf, type Time, type TimeRange } from "../clock.ts";
import { spansWith } from "../data/windows.ts";
import type { ConnectionRecord, StatusWithDetail } from "../state/entities.ts";

/**
 * How often the login of a connected account is checked, in milliseconds.
 * @see https://docs.nectarclimate.com/developer-guide/connection-lifecycle.md
 */
export const CHECK_EVERY_MS = 7 * 24 * 60 * 60 * 1000;

/** A connection at a given time. Every read must use this, because statuses change without a background job. */
export function at(connection: ConnectionRecord, now: Time): ConnectionRecord {
  let current = connection;
  for (const step of connection.script) {
    const due = Date.parse(step.at);
    if (due > now) break;
    current = withStatus({ ...current, script: current.script.slice(1) }, step, due);
  }
  return checked(current, now);
}

/** The scripted status changes of a connection in a range of time, earliest first. */
export function statusChangesBetween(connection: ConnectionRecord, { after, until }: TimeRange) {
  const changes: { readonly from: string; readonly to: string; readonly at: string }[] = [];
  const { status: first, script } = at(connection, after);
  let status = first;
  for (const step of script) {
    if (Date.parse(step.at) > until) break;
    if (step.status !== status) changes.push({ from: status, to: step.status, at: step.at });
    status = step.status;
  }
  return changes;
}

/** Sets a connection's status. Data is collected while it is `CONNECTED`. */
export function withStatus(
  connection: ConnectionRecord,
  next: StatusWithDetail,
  time: Time,
): ConnectionRecord {
  const when = isoOf(time);
  const { status, statusFirstSeenTime } = connection;
  return {
    ...connection,
    status: next.status,
    statusErrorDetail: next.detail,
    statusLastUpdateTime: when,
    statusFirstSeenTime: status === next.status ? statusFirstSeenTime : when,
    updated: when,
    collecting: spansWith(connection.collecting, next.status === "CONNECTED", when),
  };
}

/** Applies the weekly checks of a connected login, which update a time even though the status stays the same. */
function checked(connection: ConnectionRecord, now: Time): ConnectionRecord {
  if (connection.status !== "CONNECTED") return connection;
  const last = Date.parse(connection.statusLastUpdateTime);
  const weeks = Math.floor((now - last) / CHECK_EVERY_MS);
  if (weeks <= 0) return connection;
  const when = isoOf(last + weeks * CHECK_EVERY_MS);
  return { ...connection, statusLastUpdateTime: when };
}
