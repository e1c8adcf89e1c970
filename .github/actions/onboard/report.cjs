/** Writes the outputs and the summary of the step from what `nectar onboard --json` printed; an error is an annotation. */
"use strict";

const { randomUUID } = require("node:crypto");
const { appendFileSync, readFileSync } = require("node:fs");

const { GITHUB_OUTPUT, GITHUB_STEP_SUMMARY, NECTAR_EXIT } = process.env;
const [result, said] = process.argv.slice(2).map((path) => readFileSync(path, "utf8"));
const done = result === "" ? null : JSON.parse(result);
const error = errorIn(said);

const { companyId, siteIds = [], connectionId } = error?.created ?? {};
const outputs = {
  "company-id": done?.company.id ?? companyId,
  "site-ids": (done?.sites.map(({ id }) => id) ?? siteIds).join(","),
  "connection-id": done?.connection.id ?? connectionId,
  status: done?.connection.status,
  outcome: done?.connection.outcome,
};
for (const [name, value] of Object.entries(outputs)) {
  const end = randomUUID();
  appendFileSync(GITHUB_OUTPUT, `${name}<<${end}\n${value ?? ""}\n${end}\n`);
}

const isDone = NECTAR_EXIT === "0";
const title = `nectar onboard: ${isDone ? "done" : `exit ${NECTAR_EXIT}`}`;
const lines = isDone ? [] : problemLines();
if (!isDone)
  process.stdout.write(`::error title=${title.replace(":", "")}::${escaped(lines.join("\n"))}\n`);

const rows = done
  ? [
      ["", "Name", "ID", "Outcome"],
      ["---", "---", "---", "---"],
      ["Company", cell(done.company.name), done.company.id, done.company.outcome],
      ...done.sites.map(({ name, id, outcome }) => ["Site", cell(name), id, outcome]),
      ["Connection", cell(done.connection.status), done.connection.id, done.connection.outcome],
    ]
  : [];
const table = rows.map((row) => `| ${row.join(" | ")} |\n`).join("");
const problem = lines.map((line) => `${cell(line)}<br>\n`).join("");
appendFileSync(GITHUB_STEP_SUMMARY, `### ${title}\n\n${problem}\n${table}`);

/** What went wrong, and what to do. */
function problemLines() {
  if (error === null) return [said.trim() || "it ended without a message"];
  const { message, details = [], hint, next } = error;
  const commands = next.map(({ command, why }) => `${command}   ${why}`);
  return [message, ...details, ...(hint === null ? [] : [hint]), ...commands];
}

/** The error object; null where there is none. Notes may stand before it. */
function errorIn(text) {
  const start = text.search(/^\{$/m);
  return start === -1 ? null : JSON.parse(text.slice(start)).error;
}

/** A workflow command is one line. */
function escaped(text) {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

/** Text of others within Markdown. */
function cell(text) {
  return text
    .replaceAll(/\s+/g, " ")
    .replaceAll(/[^\w .,:/-]/gu, (mark) => `&#${mark.codePointAt(0)};`);
}
