/** Views of the result of onboarding, or of its plan. */
import { readStatus } from "../../api/status.ts";
import type { View } from "../../cli/define.ts";
import type { CommandLine } from "../../cli/io.ts";
import { jsonOf, shapeOf } from "../../cli/noun.ts";
import { nextJson, nextLines, nextShape } from "../../cli/run.ts";
import { anything, listOf, objectOf, orNull, text, whole, wordOf } from "../../cli/shape.ts";
import { type NextCommand, optionWords, type StatusError } from "../../errors.ts";
import type { OnboardingResult } from "../../onboarding/engine.ts";
import type { FirstData } from "../../onboarding/first-data.ts";
import type { OnboardingPlan } from "../../onboarding/plan.ts";
import { renderFields } from "../../terminal/fields.ts";
import { printable } from "../../terminal/sanitize.ts";
import type { Screen } from "../../terminal/streams.ts";
import { wrapText } from "../../terminal/wrap.ts";
import { companies, createdCompany } from "../companies/companies.ts";
import { onboardedJson, onboardedShape } from "../connections/connections.ts";
import { remedies, statusSentence } from "../connections/explain.ts";
import { createdSite, sites as siteNoun } from "../sites/sites.ts";
import { monthOf } from "../usage/months.ts";
import type { PlannedRequest } from "./dry-run.ts";

interface Base {
  readonly profile: string;
  readonly target: string;
  readonly profileFile: string;
}

export type OnboardValue =
  | (Base & {
      readonly kind: "plan";
      readonly plan: OnboardingPlan;
      readonly requests: readonly PlannedRequest[];
    })
  | (Base &
      OnboardingResult & {
        readonly kind: "done";
        /** Null when the command did not wait for it, or could not read it. */
        readonly data: FirstData | null;
        /** The error reported after the result is shown; it then explains the status. */
        readonly failure: StatusError | null;
        /** The words of the non-interactive command that does the same. */
        readonly equivalent: readonly string[];
      });

type Done = Extract<OnboardValue, { kind: "done" }>;
type Planned = Extract<OnboardValue, { kind: "plan" }>;

const doneShape = objectOf({
  ...{ profile: text, target: text, company: shapeOf(companies, createdCompany) },
  sites: listOf(shapeOf(siteNoun, createdSite)),
  connection: onboardedShape,
  data: orNull(objectOf({ documents: whole, from: orNull(text), to: orNull(text) })),
  next: listOf(nextShape),
});

/** With --dry-run. */
const planShape = objectOf({
  ...{ dryRun: { const: true }, profile: text, target: text, plan: anything },
  requests: listOf(
    objectOf({
      ...{ step: wordOf(["company", "site", "connection"]), what: text },
      ...{ outcome: wordOf(["create", "existing"]), id: orNull(text) },
      ...{ method: orNull(text), path: orNull(text), body: anything },
    }),
  ),
});

export const onboardView: View<OnboardValue> = {
  human: (value, screen, _now, commandLine) =>
    value.kind === "plan" ? planText(value) : doneText(value, screen, commandLine),
  plain: async (value) => {
    const { renderTsv } = await import("../../terminal/table.ts");
    return renderTsv(rowsOf(value), TSV_COLUMNS);
  },
  ids: (value) =>
    value.kind === "plan"
      ? value.requests.flatMap(({ id }) => (id === null ? [] : [id]))
      : [value.company.id, ...value.sites.map(({ id }) => id), value.connection.id],
  json(value, commandLine) {
    if (value.kind === "done") return doneJson(value, commandLine);
    const { profile, target, plan, requests } = value;
    return { dryRun: true, profile, target, plan, requests };
  },
  shape: { anyOf: [doneShape, planShape] },
};

function doneJson(value: Done, commandLine: CommandLine): object {
  const { profile, target, company, sites, connection, data } = value;
  return {
    profile,
    target,
    company: jsonOf(companies, company, createdCompany),
    sites: sites.map((site) => jsonOf(siteNoun, site, createdSite)),
    connection: onboardedJson(connection),
    data: data && { ...data, from: monthOfDay(data.from), to: monthOfDay(data.to) },
    next: nextOf(value).map((one) => nextJson(one, commandLine)),
  };
}

function monthOfDay(day: string | null): string | null {
  return day === null ? null : monthOf(day);
}

function nextOf({ connection, data }: Done): readonly NextCommand[] {
  return [
    ...remedies(connection),
    ...dataCommands(connection.id, data),
    { words: ["nectar", "connections", "list"], why: "check the connection again" },
  ];
}

function dataCommands(connectionId: string, data: FirstData | null): readonly NextCommand[] {
  if (data === null) return [];
  if (data.documents > 0) {
    return [{ words: ["nectar", "usage", "chart"], why: "its usage by month" }];
  }
  const words = ["nectar", "documents", "list", ...optionWords("--connection", connectionId)];
  return [{ words, why: "check for its data later" }];
}

async function doneText(value: Done, screen: Screen, commandLine: CommandLine): Promise<string> {
  const { company, sites, connection, failure } = value;
  const { bold } = screen.palette;
  const { advice, remedy } = readStatus(connection.status);
  const ids = await renderFields(
    [
      ["Connection", connection.id],
      ["Company", company.id],
      ...sites.map((site, index): [string, string] => [
        index === 0 ? (sites.length === 1 ? "Site" : "Sites") : "",
        `${site.id}  ${site.name}`,
      ]),
      ["Profile", `${value.profile}  ${value.profileFile}`],
    ],
    { ...screen, indent: 2 },
  );
  const sentences = [
    statusSentence(connection, screen),
    ...(remedy === "none" ? [] : [advice]),
    ...(connection.statusDetail === null
      ? []
      : [`The API says: ${printable(connection.statusDetail)}`]),
  ];
  const inCi = [bold("In CI"), `  ${commandLine({ words: value.equivalent })}`];
  // The error printed right below says what is wrong and what to do.
  if (failure !== null) return ["", ids, ...inCi].join("\n");
  return [
    "",
    ...(await Promise.all(sentences.map((line) => wrapText(line, screen)))),
    "",
    ids,
    bold("Next"),
    ...nextOf(value).flatMap((next) => nextLines(next, screen, commandLine)),
    ...inCi,
  ].join("\n");
}

function planText(value: Planned): string {
  const lines = value.requests.flatMap(({ step, what, outcome, id, method, path, body }) => {
    const head = `${step.padEnd(10)}  ${outcome.padEnd(8)}  ${printable(what)}`;
    return outcome === "existing"
      ? [head, `  ${id}`]
      : [head, `  ${method} ${path}`, `  ${printable(JSON.stringify(body), 2000)}`];
  });
  return [
    `Plan for ${value.target}, profile ${value.profile}; nothing was written.`,
    "",
    ...lines,
  ].join("\n");
}

const TSV_COLUMNS = ["step", "id", "name", "outcome", "status"].map((header, index) => ({
  header,
  value: (row: readonly string[]) => row[index] ?? "",
}));

/** The values of the columns, a row for each object. */
function rowsOf(value: OnboardValue): readonly (readonly string[])[] {
  if (value.kind === "plan") {
    return value.requests.map(({ step, id, what, outcome, method, path }) => {
      return [step, id ?? "", what, outcome, method === null ? "" : `${method} ${path}`];
    });
  }
  const { company, sites, connection } = value;
  const { id, url, outcome, status } = connection;
  return [
    ["company", company.id, company.name, company.outcome, ""],
    ...sites.map((site) => ["site", site.id, site.name, site.outcome, ""]),
    ["connection", id, url ?? "", outcome, status ?? ""],
  ];
}
