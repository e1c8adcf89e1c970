/** Fields that several commands share. */
import * as z from "zod/mini";
import { SANDBOX_LOGIN } from "../api/resources/connection.ts";
import { argument, fromStdin, list, option, schemaOf, toggle } from "../cli/define.ts";
import { wholeNumber } from "../cli/values.ts";
import {
  companyName,
  externalId,
  objectId,
  readCountry,
  siteAddress,
  siteName,
  userName,
} from "../onboarding/plan.ts";
import { readUrl } from "./targets.ts";

const UUID = "a UUID such as 8f1c2f3a-5d07-4c6b-9a41-2f1f6b0c9d11";

/** An ID, and what is said where a text is none. */
export const idSpec = { schema: objectId, allowed: UUID } as const;

export const idArgument = (what: string) =>
  argument("[id]", {
    help: `ID of the ${what}; default: the profile's`,
    schema: z.string(),
    allowed: UUID,
  });

export const companyFlag = option("--company <ID>", {
  help: "ID of the company; default: the profile's",
  ...idSpec,
});

export const siteIdList = (flag: string, help: string) => list(flag, { help, ...idSpec });

/** How many of something, and what is said where a text is none. */
export const countSpec = {
  schema: wholeNumber(1, 999_999_999),
  allowed: "a whole number above zero",
} as const;

export const limitFlag = option("--limit <N>", { help: "at most this many", ...countSpec });

/** A port to listen on. */
export const portSpec = {
  schema: wholeNumber(0, 65_535),
  allowed: "a port from 0 to 65535",
} as const;

export const companyNameSpec = {
  schema: companyName,
  allowed: "1 to 200 characters",
} as const;

export const siteNameSpec = { schema: siteName, allowed: "1 to 255 characters" } as const;

export const addressFlag = option("--address <TEXT>", {
  help: "address, one line",
  schema: siteAddress,
  allowed: "up to 255 characters",
});

export const externalIdSpec = {
  schema: externalId,
  allowed: "1 to 255 characters",
} as const;

export const startDateFlag = option("--data-collection-start-date <YYYY-MM-DD>", {
  help: "from when data is collected",
  schema: z.iso.date(),
  allowed: "a date such as 2025-01-01",
});

/** The login at the utility; without any of it, the documented sandbox account. */
export const loginFields = {
  url: option("--url <URL>", {
    help: `the utility's site; default: ${SANDBOX_LOGIN.url}`,
    schema: schemaOf((text) => readUrl("the URL", text)),
    allowed: "an https URL such as https://nectarclimate.com",
  }),
  username: option("--username <NAME>", {
    help: `user name at the utility; default: ${SANDBOX_LOGIN.username}`,
    schema: userName,
    allowed: "1 to 255 characters",
  }),
  password: fromStdin("--password-stdin", {
    help: "read the password from stdin; default: the sandbox's, for the sandbox's login",
  }),
} as const;

export const countryFlag = option("--country <CC>", {
  help: "country of the utility account; default: US",
  schema: schemaOf(readCountry),
  allowed: "two letters, such as US",
});

export const waitSwitch = toggle("--wait", {
  help: "wait while the status is pending, up to --timeout (default)",
  negatable: true,
});

export const newConnectionSwitch = toggle("--new-connection", {
  help: "open another connection even where this login has one",
});
