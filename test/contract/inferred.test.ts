/** What the OpenAPI file marks as inferred is marked in the code that serves it, too. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { UNSERVED } from "./additions.ts";
import { Contract } from "./openapi.ts";

/** A mark of the file → the source that serves it, and the words of its comment: inferred, or our choice where nothing is known. */
const MARKED: Readonly<Record<string, readonly [source: string, words: string]>> = {
  "ping 200": ["routes/ping.ts", "Inferred: the body."],
  "createCompany 201": ["routes/companies.ts", "Inferred: the 201"],
  "updateCompany 200": ["routes/companies.ts", "Inferred: the 200"],
  deleteCompany: ["routes/companies.ts", "Inferred: method and path"],
  "updateSite 200": ["routes/sites.ts", "Inferred: the 200"],
  "connection_company_create 201": ["routes/connections.ts", "Inferred: the 201"],
  "listInvitations 200": [
    "routes/invitations.ts",
    "Our choice: 201 for the creates, the codes and shapes of the list",
  ],
  "createInvitation 201": ["routes/invitations.ts", "Our choice: 201 for the creates"],
  "createReconnectInvitation 201": ["routes/invitations.ts", "Our choice: 201 for the creates"],
  "updateAccount 200": ["routes/accounts.ts", "Inferred: the 200"],
  getDocument: ["routes/documents.ts", "Method and path are inferred"],
};

const marks = new Contract()
  .inferred()
  .filter((mark) => !UNSERVED.has(mark.split(" ", 1).join("")));

it("knows every mark of the file that is about something served", () => {
  expect(Object.keys(MARKED).toSorted()).toEqual(marks.toSorted());
});

it.each(marks)("%s", (mark) => {
  const [source, words] = MARKED[mark] ?? ["", ""];
  const path = fileURLToPath(new URL(`../../src/emulator/${source}`, import.meta.url));
  // Comments are broken into lines.
  const text = readFileSync(path, "utf8").replaceAll(/\s+(?:\*|\/\/)?\s*/g, " ");
  expect(text).toContain(words);
});
