/** Fields that creating and updating a site share. */
import { option } from "../../cli/define.ts";
import { addressFlag, externalIdSpec } from "../fields.ts";

export const siteFields = {
  address: addressFlag,
  externalId: option("--external-id <ID>", { help: "your own ID for it", ...externalIdSpec }),
} as const;
