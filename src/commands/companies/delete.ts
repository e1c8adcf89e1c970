/** `nectar companies delete`. */
import { findTarget } from "../../app/client.ts";
import type { Context, Session } from "../../app/context.ts";
import { defineCommand } from "../../cli/define.ts";
import { countText } from "../../cli/list-view.ts";
import { text, yesNo } from "../../cli/shape.ts";
import { resultView } from "../../cli/view.ts";
import { NotFoundError } from "../../errors.ts";
import type { LedgerState } from "../../onboarding/ledger.ts";
import { companyKey } from "../../onboarding/plan.ts";
import type { Candidate } from "../../onboarding/teardown.ts";
import { ledgersAt, ledgersWith } from "../onboard/ports.ts";
import { idArgument, idOf, objectOf } from "../profiles/ids.ts";
import { deleteCompany, noteCleared } from "./removal.ts";

export const command = defineCommand({
  description:
    "Deletes a company with its sites and connections, even if it was created elsewhere. The API responds at once and deletes in the background.\nAsks for confirmation on a terminal; otherwise it needs --yes.",
  fields: { id: idArgument("company") },
  examples: {
    "nectar companies delete": "the profile's company, after a question",
    "nectar companies delete 8f1c2f3a-5d07-4c6b-9a41-2f1f6b0c9d11 --yes": "without confirmation",
  },
  async confirm(input, context: Context) {
    const { id, name } = await objectOf("company", input.id, context);
    const about = { input: { id } };
    if (!(await context.canAsk())) {
      // No further request for a question that can't be asked.
      return { ...about, message: questionOf(id, name ?? (await nameInLedger(id, context))) };
    }
    const session = await context.session();
    try {
      return { ...about, message: await questionFor(id, session) };
    } catch (error) {
      const isKnown = ledgersWith(id, ledgersAt(session, context)).length > 0;
      if (!isKnown || !(error instanceof NotFoundError)) throw error;
      // A run that was killed may have deleted it: its ledger and the profiles are brought up to date.
      const message = `The company ${id} no longer exists. Remove it from this machine's records?`;
      return { ...about, message };
    }
  },
  async run(input, context: Context) {
    const id = await idOf("company", input.id, context);
    const session = await context.session();
    const company = await found(id, session, context);
    const { removal, profiles } = await deleteCompany(company, session, context);
    if (removal === "gone") context.note("It was no longer there.");
    noteCleared(profiles, context);
    return { id, deleted: true };
  },
  view: resultView({ id: { label: "Deleted", shape: text }, deleted: { shape: yesNo } }, "id"),
});

async function questionFor(id: string, { api }: Session): Promise<string> {
  const [company, connections] = await Promise.all([api.getCompany(id), api.allConnections(id)]);
  const { name, sites } = company;
  const what = [
    ...(sites === undefined ? ["its sites"] : [countText(sites.length, "site")]),
    countText(connections.length, "connection"),
  ];
  return questionOf(company.id, name, ` with ${what.join(" and ")}`);
}

function questionOf(id: string, name: string | null, holding = ""): string {
  return `Delete the company ${name === null ? id : `"${name}" (${id})`}${holding}?`;
}

async function nameInLedger(id: string, context: Context): Promise<string | null> {
  const target = await findTarget(context);
  const ledgers = target === null ? [] : ledgersAt({ target }, context);
  return companyIn(ledgersWith(id, ledgers), id)?.name ?? null;
}

function companyIn(ledgers: readonly LedgerState[], id: string) {
  return ledgers
    .flatMap(({ objects }) => objects)
    .find((one) => one.kind === "company" && one.id.toLowerCase() === id.toLowerCase());
}

/** The company as the ledgers have it, else as the API does. */
async function found(
  id: string,
  session: Session,
  context: Context,
): Promise<Pick<Candidate, "id" | "name" | "keys">> {
  const ledgers = ledgersWith(id, ledgersAt(session, context));
  const known = companyIn(ledgers, id);
  if (known !== undefined) {
    return {
      id: known.id,
      name: known.name,
      keys: ledgers.map(({ company }) => company),
    };
  }
  const company = await session.api.getCompany(id);
  return { id: company.id, name: company.name, keys: [companyKey(company)] };
}
