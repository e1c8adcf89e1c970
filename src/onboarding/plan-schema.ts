/** The schema of a plan file. The checks and the JSON Schema come from it. Pure. */
import * as z from "zod/mini";
import { companyName, externalId, siteAddress, siteName, userName } from "./plan.ts";

const site = z.strictObject({
  name: siteName,
  address: z.optional(siteAddress),
  externalId: z.optional(externalId),
});
const country = z.string();
const connection = z.strictObject({
  url: z.optional(z.string()),
  username: z.optional(userName),
  passwordEnv: z.optional(z.string()),
  country: z.optional(country),
});
const company = z.strictObject({
  name: companyName,
  externalId: z.optional(externalId),
  sites: z.array(site).check(z.minLength(1)),
  connection: z.optional(connection),
});
export const planFile = z.strictObject({
  version: z.literal(1),
  defaults: z.optional(z.strictObject({ country: z.optional(country) })),
  companies: z.array(company),
});
export type PlanFile = z.infer<typeof planFile>;
