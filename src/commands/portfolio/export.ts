/** `nectar export`: companies of the target as a plan file, so that they can be repeated elsewhere. */
import type { NectarApi } from "../../api/client.ts";
import type { Company } from "../../api/resources/company.ts";
import type { Connection } from "../../api/resources/connection.ts";
import type { Context } from "../../app/context.ts";
import { defineCommand, type InputOf, toggle } from "../../cli/define.ts";
import {
  type Exported,
  exportCompanies,
  type Found,
  leftOutLine,
  planValue,
} from "../../onboarding/plan-export.ts";
import { companyFlag, companyOf, requireProfile } from "../profiles/ids.ts";

const fields = {
  company: companyFlag,
  allCompanies: toggle("--all-companies", { help: "every company that the key can access" }),
} as const;

type Input = InputOf<typeof fields>;

export const command = defineCommand({
  description:
    "Prints a plan file for apply, in YAML, or as JSON with --json: names, addresses and external IDs, with the IDs as comments. What has no external ID gets one that is derived from its name. A password is never in it: a login other than the sandbox's names a variable. What a plan file can't hold is a comment, and a note on stderr.",
  fields,
  examples: {
    "nectar export --company acme": "one company; without --company, the profile's",
    "nectar export --local --all-companies": "everything that was tried on the local emulator",
  },
  exclusive: [["company", "allCompanies"]],
  async run(input, context: Context) {
    const read = await companiesOf(input, context);
    const { api, target } = await context.session();
    const companies = exportCompanies(await Promise.all(read.map((one) => inFull(one, api))));
    noteRemarks(companies, context);
    return { companies, head: `exported from ${target.name}` };
  },
  view: {
    human: yamlOf,
    plain: yamlOf,
    ids: ({ companies }) => companies.flatMap((one) => ("why" in one ? [] : [one.id])),
    json: ({ companies }) => planValue(companies),
    isForeign: true,
    shape: { type: "object", description: "a plan file: nectar schema plan" },
  },
});

/** @param head the first comment of the file */
async function yamlOf({ companies, head }: { companies: readonly Exported[]; head: string }) {
  const { writePlanFile } = await import("../../onboarding/plan-file-write.ts");
  return writePlanFile(companies, head);
}

async function companiesOf(input: Input, context: Context): Promise<readonly Company[]> {
  if (input.allCompanies) {
    await requireProfile(context);
    return (await context.session()).api.listCompanies();
  }
  const id = await companyOf(input.company, context);
  return [await (await context.session()).api.getCompany(id)];
}

/** The company with its connections; what a list leaves out is read by ID. */
async function inFull(company: Company, api: NectarApi): Promise<Found> {
  const isListed = company.externalId !== undefined && company.sites !== undefined;
  const [full, connections] = await Promise.all([
    isListed ? company : api.getCompany(company.id),
    api.allConnections(company.id),
  ]);
  const isShown = ({ url, username }: Connection) => url !== null && username !== null;
  return {
    company: full,
    connections: await Promise.all(
      connections.map((one) => (isShown(one) ? one : api.getConnection(one.id))),
    ),
  };
}

const MOST_NOTES = 20;

/** Says on stderr what the file's comments say. */
function noteRemarks(companies: readonly Exported[], context: Context): void {
  const notes = companies.flatMap((one) =>
    "why" in one
      ? [leftOutLine(one)]
      : one.remarks.map((remark) => `company ${one.id} "${one.name}": ${remark}`),
  );
  for (const note of notes.slice(0, MOST_NOTES)) context.note(note);
  const more = notes.length - MOST_NOTES;
  if (more > 0) context.note(`… and ${more} more; the comments in the file hold all of them.`);
}
