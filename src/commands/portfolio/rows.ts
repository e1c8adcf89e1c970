/** One line of `apply` for each company, and the counts of all. */

import type { Connection } from "../../api/resources/connection.ts";
import { type ConnectionState, readStatus, STATES } from "../../api/status.ts";
import { jsonOf, noun } from "../../cli/noun.ts";
import { nectarError } from "../../cli/run.ts";
import { listOf, objectOf, orNull, text, whole, wordOf, yesNo } from "../../cli/shape.ts";
import {
  AuthError,
  type ExitName,
  exitCode,
  InterruptedError,
  type NectarError,
  type NextCommand,
} from "../../errors.ts";
import type { Applied } from "../../onboarding/portfolio.ts";
import type { WithOutcome } from "../../onboarding/ports.ts";
import { outcome } from "../companies/companies.ts";
import { statusFailure } from "../connections/explain.ts";

/** With more companies than this the rest is only counted. */
const MOST_NAMED = 20;

/** The lines of an error that names companies. */
export function firstLines(lines: readonly string[]): readonly string[] {
  const more = lines.length - MOST_NAMED;
  return more <= 0 ? lines : [...lines.slice(0, MOST_NAMED), `and ${more} more`];
}

/** `2 failed, 1 left`: how many of each there are, without those that there are none of. */
export function tally(counts: readonly (readonly [count: number, what: string])[]): string {
  return counts.flatMap(([count, what]) => (count === 0 ? [] : [`${count} ${what}`])).join(", ");
}

/** What went wrong, on one line. */
export function errorLine({ message, lines }: NectarError): string {
  return lines.length === 0 ? message : `${message}: ${lines.join("; ")}`;
}

/** How `--json` has a row's error; see `rowError`. */
export function errorJson(error: NectarError | null): object | null {
  if (error === null) return null;
  const { code, message, hint, lines: details, retryable } = error;
  return { code, message, hint, details, retryable };
}

type Found = Pick<Applied, "company" | "sites"> & {
  readonly connection: WithOutcome<
    Pick<Connection, "id" | "state" | "status" | "statusDetail">
  > | null;
};

export interface Row extends Found {
  readonly key: string;
  readonly line: number;
  readonly name: string;
  /** What to do about its status; null if that is healthy, or unknown. */
  readonly remedy: NextCommand | null;
  readonly error: NectarError | null;
  readonly exit: ExitName;
  readonly kind: RowKind;
}

type RowKind = ConnectionState | "failed" | "stopped";

/** @param waited whether the command waited; without waiting, pending is not a failure */
export function rowOf(applied: Applied, waited: boolean): Row {
  const { entry, error: thrown, ...found } = applied;
  const { key, line, plan } = entry;
  const error = thrown === null ? null : nectarError(thrown);
  const base = { key, line, name: plan.company.name, ...withCreated(found, error) };
  if (error !== null) {
    const kind = error instanceof InterruptedError ? "stopped" : "failed";
    return { ...base, error, exit: error.exit, kind, remedy: null };
  }
  const { connection } = found;
  const failure = connection === null ? null : statusFailure(connection, waited);
  const exit = connection === null ? "bug" : (failure?.exit ?? "done");
  const kind = connection?.state ?? "failed";
  return { ...base, error: null, exit, kind, remedy: failure?.next[0] ?? null };
}

const object = objectOf(
  { id: text, name: text, outcome },
  { externalId: orNull(text), address: orNull(text) },
);

/** The shape of `errorJson`. */
export const rowError = orNull(
  objectOf({
    ...{ code: text, message: text, hint: orNull(text) },
    ...{ details: listOf(text), retryable: yesNo },
  }),
);

export const rows = noun<Row>()({
  fields: {
    key: { shape: text },
    line: { shape: whole },
    name: { shape: text },
    outcome: { value: outcomeOf, shape: orNull(outcome) },
    state: { value: ({ connection }) => connection?.state ?? null, shape: orNull(wordOf(STATES)) },
    status: { value: ({ connection }) => connection?.status ?? null },
    statusDetail: { value: ({ connection }) => connection?.statusDetail ?? null },
    company: { shape: orNull(object) },
    companyId: { value: ({ company }) => company?.id },
    sites: { shape: listOf(object) },
    siteIds: { value: ({ sites }) => sites.map(({ id }) => id) },
    connection: {
      value: ({ connection }) => connection && { id: connection.id, outcome: connection.outcome },
      shape: orNull(objectOf({ id: text, outcome })),
    },
    connectionId: { value: ({ connection }) => connection?.id },
    error: { value: ({ error }) => errorJson(error), shape: rowError },
    errorCode: { value: ({ error }) => error?.code },
    message: { value: messageOf },
    exit: { value: ({ exit }) => exitCode(exit), shape: whole },
  },
  json: [
    ...(["key", "line", "name", "outcome", "state", "status", "statusDetail"] as const),
    ...(["company", "sites", "connection", "error", "exit"] as const),
  ],
  table: [
    ...(["key", "name", "outcome", "state", "status", "companyId", "siteIds"] as const),
    ...(["connectionId", "exit", "errorCode", "message"] as const),
  ],
});

export const rowJson = (row: Row): object => jsonOf(rows, row);

/** What went wrong, or the status, in words; empty if it is connected. */
export function messageOf({ error, connection }: Row): string {
  if (error !== null) return errorLine(error);
  const status = connection === null ? null : readStatus(connection.status);
  return status === null || status.state === "connected" ? "" : status.label;
}

/** `created` if this run created anything of it; null if nothing is known to exist. */
export function outcomeOf({ company, sites, connection }: Row): "created" | "existing" | null {
  const all = [company, ...sites, connection].filter((one) => one !== null);
  if (all.some(({ outcome }) => outcome === "created")) return "created";
  return all.length === 0 ? null : "existing";
}

/** Adds what was created right before the failure. */
function withCreated(found: Found, error: NectarError | null): Found {
  if (error === null) return found;
  const { companyId, siteIds, connectionId } = error.created;
  const more = siteIds.filter((id) => !found.sites.some((site) => site.id === id));
  const unread = {
    state: "unknown",
    status: null,
    statusDetail: null,
    outcome: "created",
  } as const;
  const unnamed = { name: "", externalId: null, outcome: "created" } as const;
  return {
    ...found,
    company: found.company ?? (companyId === null ? null : { id: companyId, ...unnamed }),
    sites: [...found.sites, ...more.map((id) => ({ id, ...unnamed }))],
    connection:
      found.connection ?? (connectionId === null ? null : { id: connectionId, ...unread }),
  };
}

/** Without the key nothing else can succeed either. */
export function isKeyRefused(error: unknown): error is AuthError {
  return error instanceof AuthError && error.httpStatus === 401;
}
