/** Fields of companies and sites that several commands share. */
import * as z from "zod/mini";
import { option } from "../cli/define.ts";
import { companyName, externalId, siteAddress, siteName } from "../onboarding/plan.ts";

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
