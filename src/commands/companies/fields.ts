/** Fields that creating and updating a company share. */
import { option } from "../../cli/define.ts";
import { externalIdSpec, startDateFlag } from "../fields.ts";

export const companyFields = {
  externalId: option("--external-id <ID>", {
    help: "your own ID for it; default for a new one: a slug of its name",
    ...externalIdSpec,
  }),
  dataCollectionStartDate: startDateFlag,
} as const;
