/** `nectar invitations create`: a link with which somebody else enters a login, or enters it again. */
import * as z from "zod/mini";
import type { Invitation, InvitationCreate } from "../../api/resources/invitation.ts";
import type { Context } from "../../app/context.ts";
import { defineCommand, type InputOf, list, option, toggle } from "../../cli/define.ts";
import { isGiven } from "../../cli/input.ts";
import { by, countSpec } from "../../cli/values.ts";
import { optionName } from "../../cli/words.ts";
import { InterruptedError, NetworkError, optionWords, UsageError } from "../../errors.ts";
import { HUNDRED_YEARS_MS, readDuration } from "../../words/duration.ts";
import { startDateFlag } from "../companies/companies.ts";
import { countryFlag, loginFields } from "../connections/login.ts";
import { companyFlag, companyOf, idOf, objectSpec, siteList } from "../profiles/ids.ts";
import { typeFlag } from "../usage/scope.ts";
import { invitationView } from "./invitations.ts";
import { openLink } from "./open-link.ts";

/** The shortest time that the documentation allows, in milliseconds. */
const MIN_MS = 60_000;

const email = { read: by(z.email()), allowed: "an e-mail address" } as const;

const fields = {
  company: companyFlag,
  reconnect: option("--reconnect <CONNECTION>", {
    help: "renew the login of this connection instead of adding one",
    ...objectSpec,
    suggests: "connection",
  }),
  emails: list("--email <ADDRESS>", {
    help: "allow only this address (repeatable); default: anyone with the link",
    ...email,
  }),
  expiresIn: option("--expires-in <DURATION>", {
    help: "how long the link works, at least 60s, such as 7d; default: forever",
    read: (text) => {
      const ms = readDuration(text, HUNDRED_YEARS_MS);
      if (ms === null) return null;
      if (ms < MIN_MS) throw new Error("the API requires at least 60 seconds");
      return Math.ceil(ms / 1000);
    },
    allowed: "a duration of at least 60s such as 7d, 2w, 12h or 30m; a bare number is seconds",
  }),
  maxUses: option("--max-uses <N>", {
    help: "how many times it can be used; default: unlimited",
    ...countSpec,
  }),
  sendEmail: toggle("--send-email", { help: "have Nectar email the link to the addresses" }),
  url: { ...loginFields.url, help: "prefill the utility's site" },
  siteIds: siteList("--site-id <ID>", "prefill a site (repeatable)"),
  country: { ...countryFlag, help: "prefill the country of the utility account" },
  types: { ...typeFlag, help: "collect only this utility, such as ELECTRICITY (repeatable)" },
  owner: option("--owner <EMAIL>", { help: "prefill the connection's owner", ...email }),
  dataCollectionStartDate: startDateFlag,
  open: toggle("--open", {
    help: "open the link in the browser; never in CI, nor with --no-input",
  }),
} as const;

type Input = InputOf<typeof fields>;

/** What a reconnect takes from its connection. */
const OF_A_NEW_ONE = [
  ...(["company", "url", "siteIds", "country", "types", "owner"] as const),
  "dataCollectionStartDate",
] as const;

export const command = defineCommand({
  description:
    "Creates a link through which somebody else enters the login of a utility account, or with --reconnect enters it again,\nand prints it. Anyone with the link can use it, so treat it like a password.\nEach run creates another invitation: the API has no way to recognize an existing one.",
  fields,
  examples: {
    "nectar invitations create": "for the profile's company, for anyone",
    "nectar invitations create --email anna@example.com --expires-in 7d --max-uses 1 --url https://utility.example":
      "for one person, valid for a week, with the utility filled in",
    "nectar invitations create --reconnect 9d3e0c5e-6a0f-4a52-8f53-0f9d6d3c7a11 --max-uses 1":
      "to renew the login of a connection",
  },
  check(input) {
    if (input.sendEmail && input.emails.length === 0) {
      throw new UsageError("invalid_input", "--send-email needs an --email to send it to");
    }
    if (input.reconnect === undefined) return;
    const given = OF_A_NEW_ONE.filter((name) => isGiven(input[name])).map((name) =>
      optionName(fields[name]),
    );
    if (given.length > 0) {
      throw new UsageError(
        "invalid_input",
        `--reconnect and ${given.join(", ")} can't be used together`,
        { hint: "A reconnect keeps the company, the provider and the sites of its connection." },
      );
    }
  },
  async run(input, context: Context): Promise<Invitation> {
    const { reconnect, emails, expiresIn: expiresInSeconds, maxUses, sendEmail } = input;
    const allowedEmails = emails.length === 0 ? undefined : [...emails];
    const options = { allowedEmails, expiresInSeconds, maxUses, sendEmail };
    const to =
      reconnect === undefined
        ? { companyId: await companyOf(input.company, context) }
        : { connectionId: await idOf("connection", reconnect, context) };
    const siteIds = await Promise.all(
      input.siteIds.map((one) => idOf("site", one, context, to.companyId)),
    );
    const session = await context.session();
    const { api } = session;
    const invitation = await onceOnly(to.companyId, () =>
      to.companyId === undefined
        ? api.createReconnectInvitation(to.connectionId, options)
        : api.createInvitation(to.companyId, { ...options, ...prefillOf({ ...input, siteIds }) }),
    );
    await openLink(invitation, { open: input.open ?? false, session, context });
    if (input.sendEmail && session.target.kind === "local") {
      context.note("The local emulator sends no email, so pass the link on yourself.");
    }
    return invitation;
  },
  view: invitationView,
});

function prefillOf(input: Input): Pick<InvitationCreate, "prefill"> {
  const { url, siteIds, country, types, owner, dataCollectionStartDate } = input;
  const prefill = {
    ...{ url, country, connectionOwnerEmail: owner, dataCollectionStartDate },
    initialSites: siteIds.length === 0 ? undefined : [...siteIds],
    utilityTypes: types.length === 0 ? undefined : [...types],
  };
  return Object.values(prefill).some(isGiven) ? { prefill } : {};
}

/** A create with an unknown outcome is not retried: a second invitation can't be told from the first. */
async function onceOnly(
  companyId: string | undefined,
  create: () => Promise<Invitation>,
): Promise<Invitation> {
  try {
    return await create();
  } catch (error) {
    const company = companyId === undefined ? [] : optionWords("--company", companyId);
    const details = {
      hint: "It may have been created anyway, so check before you create another.",
      next: [
        { words: ["nectar", "invitations", "list", ...company], why: "the company's invitations" },
      ],
      retryable: false,
    };
    const isUnknown = error instanceof NetworkError && error.processed !== "no";
    throw isUnknown || error instanceof InterruptedError ? error.with(details) : error;
  }
}
