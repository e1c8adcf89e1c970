/** `nectar invitations list`: the invitations of a company. */
import { takeFirst } from "../../api/pages.ts";
import type { Invitation } from "../../api/resources/invitation.ts";
import type { Context } from "../../app/context.ts";
import { defineCommand, list } from "../../cli/define.ts";
import { emptyLine, type FoundRows, foundView } from "../../cli/list-view.ts";
import { constantCase, limitFlag, oneOf } from "../../cli/values.ts";
import { companyFlag, companyOf } from "../profiles/ids.ts";
import { invitations, STATUSES } from "./invitations.ts";

const fields = {
  company: companyFlag,
  status: list("--status <STATUS>", {
    help: "only this status: ACTIVE, EXPIRED, REVOKED or FULFILLED (repeatable)",
    ...oneOf(STATUSES, constantCase),
  }),
  limit: limitFlag,
} as const;

export const command = defineCommand({
  description: "Lists the invitations of a company, following every page.",
  fields,
  examples: {
    "nectar invitations list": "of the profile's company",
    "nectar invitations list --status active --json": "links that work, as JSON",
  },
  async run(input, context: Context): Promise<FoundRows<Invitation>> {
    const companyId = await companyOf(input.company, context);
    const { api, profileName, profile } = await context.session();
    const found = matching(api.listInvitations(companyId), input.status);
    const { items: rows, isCut } = await takeFirst(found, input.limit);
    const name = profile?.company?.id === companyId ? profile.company.name : companyId;
    const none = async () =>
      emptyLine(
        "invitations",
        (await api.getCompany(companyId)).name,
        [fields, input, ["status"]],
        () => api.listInvitations(companyId),
      );
    return { rows, isCut, of: `${name} · profile ${profileName}`, none };
  },
  view: foundView(invitations, "invitation"),
});

/** Filters here: the API documents no filter. */
async function* matching(
  invitations: AsyncIterable<Invitation>,
  statuses: readonly string[],
): AsyncGenerator<Invitation, void, undefined> {
  for await (const invitation of invitations) {
    if (statuses.length === 0 || statuses.includes(invitation.status ?? "")) yield invitation;
  }
}
