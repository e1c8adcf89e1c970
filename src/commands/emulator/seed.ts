/** `nectar emulator seed`: loads data into the local emulator from a file. Our own, not Nectar's. */
import type { Context } from "../../app/context.ts";
import { argument, defineCommand } from "../../cli/define.ts";
import { listOf, objectOf, orNull, text, time } from "../../cli/shape.ts";
import { pathSpec } from "../../cli/values.ts";
import { recordView } from "../../cli/view.ts";
import type { Seeded, SeedResult } from "../../emulator/emulator.ts";
import { outcome } from "../companies/companies.ts";
import { openLocal, readJsonFile } from "./drive.ts";

const seeded = { id: text, outcome };
const named = { ...seeded, name: text, externalId: orNull(text) };
const seededCompany = objectOf({
  ...named,
  sites: listOf(objectOf(named)),
  connections: listOf(objectOf({ ...seeded, status: text })),
});

export const command = defineCommand({
  description: `Creates the companies, sites and connections in a JSON file, all of them or none. Existing objects are left
unchanged, so loading the same file again creates nothing. It takes effect for \`nectar --local\` and for an emulator
running with this state folder. Also available over HTTP, with the emulator's key: POST /_emulator/seed.

The file is {companies, clock}; everything but the names is optional:
  company     name, id, sites, connections, and every field of a company that
              the API takes, except users
  site        name, id, and every field of a site that the API takes
  connection  id, url, username, password, country, createdAt,
              sites (by index, externalId or id; the first three if left out),
              status, or else scenario, such as {"mfa-expires-after": 3}
  clock       the emulator's time: 2025-06-01, or how far ahead, such as 30d
nectar schema seed lists all fields, with those that an export adds.`,
  fields: {
    file: argument("<file>", {
      help: "a JSON file of at most 64 MiB, as described above; - is stdin",
      ...pathSpec,
      required: true,
    }),
  },
  examples: {
    "nectar emulator seed seed.json": "load the file",
    "nectar emulator seed seed.json --json": "load the file and print every ID as JSON",
  },
  async run(input, context: Context): Promise<SeedResult> {
    const data = await readJsonFile("<file>", input.file, context);
    return (await openLocal(context)).seed(data);
  },
  view: recordView<SeedResult>({
    fields: ({ companies }) => [
      ["Companies", countsOf(companies)],
      ["Sites", countsOf(companies.flatMap(({ sites }) => sites))],
      ["Connections", countsOf(companies.flatMap(({ connections }) => connections))],
    ],
    ids: ({ companies }) => companies.map(({ id }) => id),
    json: (value) => value,
    shape: objectOf({ now: time, companies: listOf(seededCompany) }),
  }),
});

function countsOf(things: readonly Seeded[]): string {
  const created = things.filter(({ outcome }) => outcome === "created").length;
  const existing = things.length - created;
  return existing === 0 ? `${created} created` : `${created} created, ${existing} existing`;
}
