/**
 * Finds or creates an object exactly once, over an API without idempotency keys. The only code that sends a create: it
 * is recorded on disk before it is sent and settled by its response. If the outcome is unknown, the object is looked up
 * until it can no longer appear. A run never resends a create unless the server definitely did not receive it.
 */
import type { Create } from "../api/call.ts";
import { backOff, tooLong } from "../api/http.ts";
import {
  InterruptedError,
  NectarError,
  NetworkError,
  NotFoundError,
  optionWords,
} from "../errors.ts";
import type { Intent, Kind } from "./ledger.ts";
import { MARGIN_MS, poll } from "./poll.ts";
import type { RunPorts, WithOutcome } from "./ports.ts";
import { reconcile, type Wanted } from "./reconcile.ts";

/** One object of a plan. */
export interface Planned<Thing> {
  readonly kind: Kind;
  /** Its key in the ledger. */
  readonly key: string;
  readonly companyId: string | null;
  /** As requested. */
  readonly name: string;
  readonly wanted: Wanted<Thing>;
  /** Read by a remembered ID. */
  readonly known: Thing | null;
  /** False if it can't exist yet, so that no lookup is needed. */
  readonly mayExist: boolean;
  /**
   * The candidates, each read by ID.
   *
   * @param fresh whether nothing read before this call will do: a create that may have gone through in the meantime
   */
  readonly findCandidates: (fresh: boolean) => Promise<readonly Thing[]>;
  /** The IDs of candidates that existed before and are not the wanted object. */
  readonly before: readonly string[];
  readonly request: Create<Thing>;
  /** Called before anything is sent; throws if it must not be created. */
  readonly checkCreate?: () => void;
}

/** A create whose outcome is unknown. */
interface OpenCreate extends Omit<Intent, "request"> {
  /** Of the response to this run's request, if there was one. */
  readonly httpStatus?: number | null;
}

/** In milliseconds. A server that answered with a failure has most likely stopped working on the request. */
const FATE_OF_FAILURE_MS = 10_000;
/** How often a create is resent that the server definitely did not receive. A 429 is resent until the deadline. */
const RETRIES = 4;

/**
 * Finds an object or creates it.
 *
 * @throws NotFoundError `ambiguous` (several candidates), `duplicate` (a second match appeared);
 *   NetworkError `fate_open` (it may still appear, but the deadline was reached), `create_lost` (sent, but not found by
 *   the time it could no longer appear); the error with which the create itself was rejected
 */
export async function findOrCreate<Thing extends { readonly id: string }>(
  planned: Planned<Thing>,
  ports: RunPorts,
): Promise<WithOutcome<Thing>> {
  const { ledger } = ports;
  const { wanted, known, mayExist } = planned;
  const settle = (thing: Thing, made: "created" | "adopted") =>
    ledger.settle({
      kind: planned.kind,
      key: planned.key,
      id: thing.id,
      companyId: planned.companyId ?? thing.id,
      name: planned.name,
      made,
    });

  if (known !== null && wanted.fits(known)) {
    await settle(known, "adopted");
    return { ...known, outcome: "existing" };
  }
  const sent = ledger.open(planned.kind, planned.key);
  // In another company, which no longer exists, nothing can appear any more.
  const open = sent?.companyId === planned.companyId ? onThisClock(sent, ports) : null;
  let before = planned.before;
  if (open !== null) {
    const late = await lookUntilClosed(planned, open, ports);
    if (late !== null) {
      await settle(late, open.before.includes(late.id) ? "adopted" : "created");
      return { ...late, outcome: "existing" };
    }
  } else if (mayExist) {
    const candidates = await planned.findCandidates(false);
    const step = reconcile(wanted, null, candidates);
    if (step.kind === "adopt") {
      await settle(step.existing, "adopted");
      return { ...step.existing, outcome: "existing" };
    }
    before = [...before, ...candidates.map(({ id }) => id)];
  }
  planned.checkCreate?.();
  const created = await send({ ...planned, before }, ports);
  const old = [...before, ...(open?.before ?? [])];
  // A server may answer with an object that existed before.
  if (old.includes(created.id)) {
    await settle(created, "adopted");
    return { ...created, outcome: "existing" };
  }
  // First, so that a ledger error reports it.
  ports.created(planned.kind, created.id);
  await settle(created, "created");
  if (open !== null) {
    const others = (await planned.findCandidates(true)).filter(
      (other) =>
        other.id !== created.id && !old.includes(other.id) && wanted.judge(other) !== "other",
    );
    if (others.length > 0) throw duplicate(planned, [created, ...others]);
  }
  return { ...created, outcome: "created" };
}

/** Adjusts an open create to this machine's clock: setting the clock back must not keep it open for longer. */
function onThisClock(open: Intent, { clock }: RunPorts): Intent {
  if (open.sentAt <= clock.now()) return open;
  return { ...open, sentAt: clock.now(), until: clock.now() + open.until - open.sentAt };
}

/** Sends the create until a response settles it, or its outcome can't be determined. */
async function send<Thing extends { readonly id: string }>(
  planned: Planned<Thing>,
  ports: RunPorts,
): Promise<Thing> {
  const { ledger, clock, signal } = ports;
  const { kind, key, name, companyId, before } = planned;
  for (let attempt = 0; ; attempt += 1) {
    const sent: OpenCreate[] = [];
    // Its time starts when it is sent; before that it may be queued behind other requests.
    const record = async () => {
      signal.throwIfAborted();
      ledger.check();
      const sentAt = clock.now();
      const until = sentAt + ports.fateMs;
      const intent = { kind, key, name, companyId, sentAt, until, before: [...before] };
      await ledger.intend(intent, planned.request);
      sent.push({ ...intent, failure: null });
    };
    try {
      return await ports.api.create(planned.request, record);
    } catch (error) {
      const intent = sent.at(-1);
      if (intent === undefined) throw error;
      if (error === signal.reason) throw stopped(intent, ports);
      if (!(error instanceof NectarError)) throw error;
      if (!(error instanceof NetworkError) || error.processed === "no") {
        await ledger.drop(intent);
        await pauseBeforeRetry(error, attempt, ports);
        continue;
      }
      const failed = error.httpStatus === 500 || error.httpStatus === 503;
      const open = {
        ...intent,
        until: failed ? Math.min(intent.until, clock.now() + FATE_OF_FAILURE_MS) : intent.until,
        failure: error.message,
      };
      await ledger.leaveOpen(open);
      const answered = { ...open, httpStatus: error.httpStatus };
      const late = await lookUntilClosed(planned, answered, ports);
      if (late === null) throw lost(answered);
      return late;
    }
  }
}

/** Waits before resending a create that the server definitely did not receive; throws if it must not be resent. */
async function pauseBeforeRetry(
  error: NectarError,
  attempt: number,
  { clock, random, signal, deadline }: RunPorts,
): Promise<void> {
  if (!(error instanceof NetworkError) || !error.retryable) throw error;
  if (attempt >= RETRIES && error.code !== "rate_limited") throw error;
  const wait = Math.max(backOff(attempt, random()), error.retryAfterMs ?? 0);
  if (clock.now() + wait >= deadline()) throw tooLong(error, wait);
  await clock.sleep(wait, signal);
}

/**
 * Looks up the object of an open create until it can no longer appear.
 *
 * @returns null if a lookup that began after that time found nothing
 * @throws NetworkError `fate_open` if the deadline is reached first
 */
async function lookUntilClosed<Thing extends { readonly id: string }>(
  planned: Planned<Thing>,
  open: OpenCreate,
  ports: RunPorts,
): Promise<Thing | null> {
  const { clock, signal, deadline, report } = ports;
  report({ kind: "looking", on: planned.kind, until: open.until });
  const lookUp = async (begun: number): Promise<{ readonly found: Thing | null } | null> => {
    try {
      const candidates = await planned.findCandidates(true);
      const step = reconcile(planned.wanted, null, candidates, open.before);
      if (step.kind === "adopt") return { found: step.existing };
      return begun >= open.until ? { found: null } : null;
    } catch (error) {
      // A server that can't be reached now may answer the next lookup, and what it lists may be readable by then.
      const mayPass =
        error instanceof NetworkError || (error instanceof NectarError && error.retryable);
      if (signal.aborted || !mayPass || begun >= open.until) throw error;
      return null;
    }
  };
  // Once it can no longer appear, one last lookup remains, which only the deadline itself stops.
  const until = () =>
    clock.now() < open.until ? deadline() - MARGIN_MS : Number.POSITIVE_INFINITY;
  try {
    const seen = await poll(ports, until, lookUp);
    if (seen !== null) return seen.found;
  } catch (error) {
    throw signal.aborted ? stopped(open, ports) : error;
  }
  throw fateOpen(open, ports);
}

/** The error for a run that is stopped during an open create, by the deadline or by the user. */
function stopped(open: OpenCreate, ports: RunPorts): unknown {
  const reason: unknown = ports.signal.reason;
  // Once it can no longer appear there is nothing to wait for: the next run checks and continues.
  if (ports.clock.now() >= open.until) return reason;
  if (reason instanceof NetworkError) {
    const failure = open.failure ?? "no response arrived before the deadline";
    return fateOpen({ ...open, failure }, ports);
  }
  if (!(reason instanceof InterruptedError)) return reason;
  const text = sentence(open, ports);
  return reason.with({ hint: `${text[0]?.toUpperCase()}${text.slice(1)}. ${rule(open, ports)}` });
}

function fateOpen(open: OpenCreate, ports: RunPorts): NetworkError {
  const wait = Math.max(0, Math.ceil((open.until - ports.clock.now()) / 1000)) + 10;
  return new NetworkError("fate_open", sentence(open, ports), {
    processed: "unknown",
    httpStatus: open.httpStatus,
    hint: ports.remembers
      ? `${rule(open, ports)} Run the same command then, or now with --timeout ${wait}s to wait for it.`
      : `${rule(open, ports)} Run it again after that, or without --no-save.`,
  });
}

function lost(open: OpenCreate): NetworkError {
  const message = `${describe(open)} was sent but has not appeared since: ${open.failure}`;
  return new NetworkError("create_lost", message, {
    processed: "unknown",
    httpStatus: open.httpStatus,
    hint: "It is assumed lost. Run the same command again: it checks once more, then creates it.",
  });
}

function duplicate<Thing extends { readonly id: string }>(
  { wanted, kind, companyId }: Planned<Thing>,
  twins: readonly Thing[],
): NotFoundError {
  const noun = kind === "company" ? "companies" : `${kind}s`;
  const of = companyId === null ? [] : optionWords("--company", companyId);
  return new NotFoundError("duplicate", `${twins.length} ${wanted.things} match ${wanted.by} now`, {
    lines: twins.map(({ id }) => id),
    hint: "A create that was assumed lost went through after all, or another machine created the same object. Delete the one that you don't need.",
    next: [{ words: ["nectar", noun, "list", ...of], why: "compare them" }],
  });
}

function sentence(open: OpenCreate, { clock }: RunPorts): string {
  const ago = Math.max(0, Math.round((clock.now() - open.sentAt) / 1000));
  const what = open.failure ?? "no response was received";
  return `${describe(open)} may still be under way; it was sent ${ago} s ago, and ${what}`;
}

function describe({ kind, name }: OpenCreate): string {
  return kind === "connection" ? "the connection" : `the ${kind} "${name}"`;
}

function rule({ until }: OpenCreate, { remembers }: RunPorts): string {
  const time = new Date(until).toTimeString().slice(0, 8);
  return remembers
    ? `Until ${time} nothing is created again.`
    : `With --no-save nothing is remembered: before ${time} the same command could create it twice.`;
}
