/** `nectar plan FILE`: shows what `apply` would find and create. Writes nothing. */
import type { Connection } from "../../api/resources/connection.ts";
import { openSession } from "../../app/client.ts";
import type { Context, Session } from "../../app/context.ts";
import { defineCommand, toggle, type View } from "../../cli/define.ts";
import { jsonOf, noun, shapeOf } from "../../cli/noun.ts";
import { listOf, mapOf, objectOf, orNull, text, whole, wordOf } from "../../cli/shape.ts";
import { countText, listView } from "../../cli/view.ts";
import {
  AuthError,
  type ExitName,
  exitCode,
  mostSerious,
  NectarError,
  type NextCommand,
  PartialError,
} from "../../errors.ts";
import { inspect } from "../../onboarding/look.ts";
import type { FileEntry } from "../../onboarding/plan-file.ts";
import { againIfGone, eachCompany } from "../../onboarding/portfolio.ts";
import { openSharedReads, type Reads } from "../../onboarding/reads.ts";
import type { Step, Steps } from "../../onboarding/reconcile.ts";
import type { Palette } from "../../terminal/palette.ts";
import { readingPorts } from "../onboard/ports.ts";
import { fileFields, fileWords, readSelection } from "./portfolio.ts";
import { errorOf, type RowError, rowError } from "./rows.ts";

const fields = {
  ...fileFields,
  check: toggle("--check", { help: "exit with 8 if something is left to create" }),
} as const;

/** What is planned for one company. */
interface PlanRow {
  readonly key: string;
  readonly line: number;
  readonly name: string;
  /** `waiting`: an earlier create may still appear until `waitUntil`; `apply` looks for it first. */
  readonly state: "existing" | "create" | "waiting" | "ambiguous" | "failed";
  readonly create: Objects;
  readonly companyId: string | null;
  readonly siteIds: readonly string[];
  readonly connection: Pick<Connection, "id" | "state" | "status"> | null;
  readonly waitUntil: string | null;
  readonly error: RowError | null;
  readonly exit: ExitName;
}

/** How many objects are to be created. */
interface Objects {
  readonly companies: number;
  readonly sites: number;
  readonly connections: number;
}

interface PlanValue {
  readonly profile: string | null;
  readonly target: string | null;
  readonly rows: readonly PlanRow[];
  readonly failure: NectarError | null;
}

const count = { anyOf: [whole, mapOf(whole)] };

const planRows = noun<PlanRow>()({
  fields: {
    key: { header: "KEY", shape: text, shrink: true },
    line: { header: "LINE", shape: whole, align: "right" },
    name: { header: "COMPANY", shape: text, shrink: true },
    state: {
      header: "STATE",
      shape: wordOf(["existing", "create", "waiting", "ambiguous", "failed"]),
      paint: (text, { state }, palette) => paintState(text, state, palette),
    },
    create: { shape: objectOf({ companies: whole, sites: whole, connections: whole }) },
    plan: { header: "PLAN", value: planText, shrink: true },
    companyId: {},
    siteIds: { shape: listOf(text) },
    connection: { shape: orNull(objectOf({ id: text, state: text, status: orNull(text) })) },
    connectionId: { value: ({ connection }) => connection?.id },
    status: { value: ({ connection }) => connection?.status },
    waitUntil: {},
    error: { shape: rowError },
    exit: { value: ({ exit }) => exitCode(exit), shape: whole },
  },
  json: [
    ...(["key", "line", "name", "state", "create", "companyId", "siteIds"] as const),
    ...(["connection", "waitUntil", "error", "exit"] as const),
  ],
  table: ["key", "name", "state", "plan"],
  tsv: ["key", "name", "state", "plan", "companyId", "siteIds", "connectionId", "status", "exit"],
});

const table = listView({
  noun: planRows,
  rows: ({ rows }: PlanValue) => rows,
  id: ({ companyId }) => companyId ?? "",
  none: () => "No companies.",
  footer: ({ rows }) => totalLine(rows),
});

export const command = defineCommand({
  description: `Reads what exists and shows, for each company in a plan file, what \`nectar apply\` would create. Writes nothing, and
needs no password. In a pipe: key, name, state, plan, company ID, site IDs, connection ID, status, exit status.

States: existing (nothing to do), create, waiting (an earlier create may still appear), ambiguous (exit 5), failed.`,
  fields,
  examples: [
    { command: "nectar plan companies.yaml --local", note: "on the local emulator" },
    {
      command: "nectar plan companies.yaml --check",
      note: "in CI: exit 8 if something is missing",
    },
  ],
  async run(input, context: Context): Promise<PlanValue> {
    const { entries } = await readSelection(input, context);
    if (entries.length === 0) return { profile: null, target: null, rows: [], failure: null };
    const session = await openSession(context, null, input.concurrency);
    context.progress.start("Reading what exists");
    const reads = await openSharedReads(session.api, context.clock.now);
    const rows = new Map<FileEntry, PlanRow>();
    let refused: unknown = null;
    await eachCompany(
      entries,
      input.concurrency,
      () => refused === null && !context.signal.aborted,
      async (entry) => {
        try {
          rows.set(entry, await planOne(entry, reads, session, context));
        } catch (error) {
          refused ??= error;
        }
      },
    );
    context.signal.throwIfAborted();
    if (refused !== null) throw refused;
    const inOrder = entries.flatMap((entry) => rows.get(entry) ?? []);
    const exits = inOrder.map(({ state, exit }) =>
      input.check && (state === "create" || state === "waiting") ? "pending" : exit,
    );
    const { profileName: profile, target } = session;
    const again = { words: fileWords("apply", input), why: "create what is missing" };
    const failure = failureOf(inOrder, exits, again);
    // On a terminal it stands below the table, and an error begins with it.
    if (!context.streams.stdout.isTTY && failure === null) context.note(totalLine(inOrder));
    return { profile, target: target.name, rows: inOrder, failure };
  },
  view: {
    ...table,
    footer: (value, commandLine) =>
      value.failure === null ? (table.footer?.(value, commandLine) ?? null) : null,
    ids: ({ rows }) => rows.flatMap(({ companyId }) => companyId ?? []),
    json: ({ profile, target, rows }) => ({
      ...{ profile, target, counts: countsOf(rows) },
      companies: rows.map((row) => jsonOf(planRows, row)),
    }),
    shape: objectOf({
      ...{ profile: orNull(text), target: orNull(text), counts: mapOf(count) },
      companies: listOf(shapeOf(planRows)),
    }),
  } satisfies View<PlanValue>,
  failure: ({ failure }) => failure,
});

/** @throws AuthError if the key is refused, and whatever ends the whole command */
async function planOne(
  entry: FileEntry,
  reads: Reads,
  session: Session,
  context: Context,
): Promise<PlanRow> {
  const { key, line, plan } = entry;
  const name = "id" in plan.company ? plan.company.id : plan.company.name;
  const base = { key, line, name };
  const nothing = {
    create: { companies: 0, sites: 0, connections: 0 },
    ...{ companyId: null, siteIds: [], connection: null, waitUntil: null },
  };
  try {
    const ports = await readingPorts(plan.company, session, context, reads);
    const request = { plan, profile: null, newConnection: false };
    const steps = await againIfGone(ports, (current) => inspect(request, current));
    const until = ports.ledger.openUntil() ?? 0;
    const isOpen = until > context.clock.now();
    return {
      ...base,
      ...foundOf(steps),
      state: isOpen ? "waiting" : isComplete(steps) ? "existing" : "create",
      waitUntil: isOpen ? new Date(until).toISOString() : null,
      error: null,
      exit: "done",
    };
  } catch (error) {
    if (context.signal.aborted || (error instanceof AuthError && error.httpStatus === 401)) {
      throw error;
    }
    const exit = error instanceof NectarError ? error.exit : "bug";
    const isAmbiguous = error instanceof NectarError && AMBIGUOUS.has(error.code);
    const state = isAmbiguous ? "ambiguous" : "failed";
    return { ...base, ...nothing, state, error: errorOf(error), exit };
  }
}

const AMBIGUOUS: ReadonlySet<string> = new Set(["ambiguous", "external_id_taken", "duplicate"]);

const isMissing = (step: Step<unknown>) => step.kind === "create";

function isComplete({ company, sites, connection }: Steps): boolean {
  return ![company, ...sites, connection].some(isMissing);
}

function foundOf({ company, sites, connection }: Steps) {
  return {
    create: {
      companies: isMissing(company) ? 1 : 0,
      sites: sites.filter(isMissing).length,
      connections: isMissing(connection) ? 1 : 0,
    },
    companyId: company.kind === "adopt" ? company.existing.id : null,
    siteIds: sites.flatMap((step) => (step.kind === "adopt" ? [step.existing.id] : [])),
    connection:
      connection.kind === "adopt"
        ? {
            id: connection.existing.id,
            state: connection.existing.state,
            status: connection.existing.status,
          }
        : null,
  };
}

function planText({ state, create, connection, waitUntil, error }: PlanRow): string {
  if (error !== null) return error.message;
  if (state === "existing") return connection?.status ?? "";
  const missing = objectsText(create);
  return waitUntil === null ? missing : `until ${waitUntil}: ${missing || "nothing else"}`;
}

function objectsText({ companies, sites, connections }: Objects): string {
  return [
    ...(companies > 0 ? [countText(companies, "company")] : []),
    ...(sites > 0 ? [countText(sites, "site")] : []),
    ...(connections > 0 ? [countText(connections, "connection")] : []),
  ].join(", ");
}

function countsOf(rows: readonly PlanRow[]) {
  const of = (state: PlanRow["state"]) => rows.filter((row) => row.state === state).length;
  const sum = (kind: keyof Objects) => rows.reduce((total, { create }) => total + create[kind], 0);
  return {
    ...{ total: rows.length, existing: of("existing"), create: of("create") },
    ...{ waiting: of("waiting"), ambiguous: of("ambiguous"), failed: of("failed") },
    objects: {
      companies: sum("companies"),
      sites: sum("sites"),
      connections: sum("connections"),
    },
  };
}

/** One line, such as `12 companies: 8 existing, 4 to create (4 companies, 8 sites, 4 connections)`. */
function totalLine(rows: readonly PlanRow[]): string {
  const { total, existing, create, waiting, ambiguous, failed, objects } = countsOf(rows);
  const missing = objectsText(objects);
  const parts = [
    `${existing} existing`,
    ...(create > 0 ? [`${create} to create`] : []),
    ...(waiting > 0 ? [`${waiting} waiting for an earlier create`] : []),
    ...(ambiguous > 0 ? [`${ambiguous} ambiguous`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
  ];
  const objectsPart = missing === "" ? "" : `; to create: ${missing}`;
  return `${countText(total, "company")}: ${parts.join(", ")}${objectsPart}`;
}

/** With more companies than this the rest is only counted. */
const MOST_NAMED = 20;

function failureOf(
  rows: readonly PlanRow[],
  exits: readonly ExitName[],
  again: NextCommand,
): NectarError | null {
  const exit = mostSerious(exits);
  if (exit === "done") return null;
  const bad = rows.filter(({ error }) => error !== null);
  const lines = bad
    .slice(0, MOST_NAMED)
    .map(({ name, line, error }) => `${name}, line ${line}: ${error?.message ?? ""}`);
  const more = bad.length > lines.length ? [`and ${bad.length - lines.length} more`] : [];
  const next = exit === "pending" ? [again] : [];
  return new PartialError(exit, totalLine(rows), { lines: [...lines, ...more], next });
}

function paintState(text: string, state: PlanRow["state"], palette: Palette): string {
  if (state === "existing") return palette.dim(text);
  return state === "create" || state === "waiting" ? palette.yellow(text) : palette.red(text);
}
