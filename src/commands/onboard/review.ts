/** What the wizard shows before its last question: every answer, and what will change. */
import type { Context } from "../../app/context.ts";
import { loginOf, newCompany, slugOf } from "../../onboarding/plan.ts";
import { existingSiteName, listedCompany, type PlanDraft } from "../../onboarding/plan-draft.ts";
import { type FieldPair, renderFields } from "../../terminal/fields.ts";
import { printable } from "../../terminal/sanitize.ts";
import { wrapText } from "../../terminal/wrap.ts";
import { replacedCompany } from "../profiles/keep.ts";
import { placeOf, type TargetDraft } from "./target-steps.ts";

type Draft = PlanDraft & TargetDraft;

/** Writes the review to stderr, also with `--quiet`: it is part of the question that follows. */
export async function showReview(draft: Draft, context: Context): Promise<void> {
  const { stderr } = context.streams;
  const rows = await reviewRows(draft, context);
  const kept = "What exists already is kept.";
  if (context.globals.accessible) {
    for (const [label, value] of rows) stderr.write(`${label}: ${printable(value)}\n`);
    stderr.write(`${kept}\n`);
    return;
  }
  const { palette, columns } = stderr;
  stderr.write(`\n${await renderFields(rows, { palette, columns, indent: 2 })}\n`);
  stderr.write(`${await wrapText(kept, stderr, 2)}\n\n`);
}

async function reviewRows(draft: Draft, context: Context): Promise<readonly FieldPair[]> {
  const { sites, country, target } = draft;
  const { url, username } = loginOf(draft);
  const profileName = await context.profileName();
  const { companyId: id, companyName = "", companyExternalId } = draft;
  const planned =
    id === undefined ? newCompany(companyName, companyExternalId ?? undefined) : { id };
  const replaced = replacedCompany(planned, await context.profile());
  const before =
    replaced === null
      ? ""
      : `; it points to ${replaced.name} (${replaced.id}) now, which this replaces`;
  return [
    ["Company", companyText(draft)],
    ...sites.map((site, index): FieldPair => {
      const label = sites.length === 1 ? "Site" : `Site ${index + 1}`;
      if ("id" in site) return [label, `${existingSiteName(draft, site.id)}, existing`];
      return [label, [site.name, site.address].filter(Boolean).join(", ")];
    }),
    ["Login", `${username} at ${new URL(url).host}`],
    ["Country", country ?? ""],
    ...(target === null ? [] : [["Where", placeOf(target)] as const]),
    ...(context.globals.save ? [["Profile", `${profileName}${before}`] as const] : []),
  ];
}

/** Whether it is new is only said if the API's list was read. */
function companyText(draft: PlanDraft): string {
  const { companyId, companyName = "", companyExternalId, companies } = draft;
  const listed = listedCompany(draft);
  if (companyId !== undefined) {
    return [listed?.name ?? "", "existing", companyId].filter((part) => part !== "").join(", ");
  }
  const external = companyExternalId ?? slugOf(companyName);
  const parts = [
    companyName,
    ...(companies === null ? [] : [listed === null ? "new" : "existing"]),
    ...(external === null ? [] : [`your ID ${external}`]),
  ];
  return parts.join(", ");
}
