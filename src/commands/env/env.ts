/** `nectar env`: the profile's IDs as environment variables. */
import { findTarget } from "../../app/client.ts";
import type { Context } from "../../app/context.ts";
import { defineCommand, option, toggle } from "../../cli/define.ts";
import { objectOf, SCHEMA_VERSION, text } from "../../cli/shape.ts";
import { oneOf } from "../../cli/values.ts";
import { findStanding } from "../../emulator/emulator.ts";
import { InterruptedError, NectarError, UsageError } from "../../errors.ts";
import { API_KEY_VARIABLE } from "../../profile/secret-variables.ts";
import { jsonText, printable } from "../../terminal/sanitize.ts";
import { noStoredCompany, requireProfile } from "../profiles/ids.ts";
import { canHold, FORMATS, type Format, textOf, type Variables } from "./formats.ts";

const allowed = FORMATS.join(", ");

const VARIABLES = [
  ...(["NECTAR_API_URL", API_KEY_VARIABLE, "NECTAR_COMPANY_ID", "NECTAR_SITE_IDS"] as const),
  ...(["NECTAR_CONNECTION_ID", "NECTAR_CONNECTION_STATUS"] as const),
] as const;

export const command = defineCommand({
  description: `Prints the profile's IDs as environment variables: NECTAR_API_URL, NECTAR_COMPANY_ID, NECTAR_SITE_IDS (joined by
commas), NECTAR_CONNECTION_ID and NECTAR_CONNECTION_STATUS. What the profile does not have is left out.

The status is read from the API with one request; everything else is stored on this machine. If the status can't be
read, the rest is printed all the same, and the exit status is that of the failure. --no-status sends no request.

With the local emulator, NECTAR_API_URL and the key are those of the one that \`nectar emulator start\` runs, and are left
out where none is running.`,
  fields: {
    format: option("--format <FORMAT>", {
      help: `${allowed}; github is for $GITHUB_ENV and $GITHUB_OUTPUT (default: dotenv, with --json: json)`,
      ...oneOf(FORMATS),
      allowed,
    }),
    status: toggle("--no-status", { help: "leave the status out, and send no request" }),
    withKey: toggle("--with-key", {
      help: "also print NECTAR_API_KEY, for the local emulator alone: a real key is never printed",
    }),
  },
  examples: {
    "nectar env": "written to .env, for a program that reads such a file",
    "nectar env --local --with-key --format shell":
      'within eval "$(…)", for the programs that this shell starts',
    "nectar env --format github":
      "appended to $GITHUB_ENV, for the next steps of a GitHub Actions job",
  },
  async run(input, context: Context) {
    const format = formatOf(input.format, context);
    await requireProfile(context);
    const profile = await context.profile();
    if (!profile?.company)
      throw await noStoredCompany("there is nothing to print, because", context);
    const target = await findTarget(context);
    const isLocal = target?.kind === "local";
    if (input.withKey && !isLocal) {
      throw new UsageError(
        "key_not_printed",
        "--with-key is for the local emulator alone: the key of a real API is never printed",
      );
    }
    const standing = isLocal ? await findStanding(context.emulator) : null;
    if (isLocal && standing === null) {
      const start = context.commandLine({ words: ["nectar", "emulator", "start"] });
      const names = input.withKey
        ? `NECTAR_API_URL and ${API_KEY_VARIABLE} are`
        : "NECTAR_API_URL is";
      context.note(`${names} left out, because no emulator is running. To start one: ${start}`);
    }
    const { connection } = profile;
    const status =
      connection === null || input.status === false ? null : await statusOf(connection.id, context);
    const values: Readonly<Record<(typeof VARIABLES)[number], string | null | undefined>> = {
      NECTAR_API_URL: isLocal ? standing?.url : target?.name,
      [API_KEY_VARIABLE]: input.withKey ? standing?.key : null,
      NECTAR_COMPANY_ID: profile.company.id,
      NECTAR_SITE_IDS: profile.sites.map(({ id }) => id).join(","),
      NECTAR_CONNECTION_ID: connection?.id,
      NECTAR_CONNECTION_STATUS: status instanceof NectarError ? null : status,
    };
    const variables = Object.entries(values).flatMap(([name, value]) =>
      // No program can get a null character in its environment.
      value ? [[name, value.replaceAll("\0", "")] as const] : [],
    );
    for (const [name] of variables.filter((one) => !canHold(format, one))) {
      context.note(
        `${name} is left out, because a ${format} file can't hold its value; --format shell can.`,
      );
    }
    const ids = [profile.company, ...profile.sites, ...(connection === null ? [] : [connection])];
    const failure = status instanceof NectarError ? status : null;
    return { format, variables, ids: ids.map(({ id }) => id), failure };
  },
  view: {
    human: ({ format, variables }) =>
      render(
        format,
        format === "json" ? variables : variables.map(([name, value]) => [name, printable(value)]),
      ),
    plain: ({ format, variables }) => render(format, variables),
    ids: ({ ids }) => ids,
    json: ({ variables }) => Object.fromEntries(variables),
    shape: objectOf({}, Object.fromEntries(VARIABLES.map((name) => [name, text]))),
  },
  failure: ({ failure }) => failure,
});

function formatOf(given: Format | undefined, { globals }: Context): Format {
  if (!globals.json) return given ?? "dotenv";
  if (given === undefined || given === "json") return "json";
  throw new UsageError("invalid_input", `--format ${given} and --json can't be used together`);
}

/** The connection's status as the API has it, null if it has none, or why it can't be read. */
async function statusOf(id: string, context: Context): Promise<string | null | NectarError> {
  try {
    const { api } = await context.session();
    return (await api.getConnection(id)).status;
  } catch (error) {
    if (!(error instanceof NectarError) || error instanceof InterruptedError) throw error;
    return error;
  }
}

function render(format: Format, variables: Variables): string {
  if (format !== "json") return textOf(format, variables);
  return jsonText({ schemaVersion: SCHEMA_VERSION, ...Object.fromEntries(variables) }, 2);
}
