/** `nectar documents get`: one document in full, with its line items and usage. */
import { getCommand } from "../profiles/ids.ts";
import { documentView } from "./documents.ts";

export const command = getCommand("document", {
  description: "Shows a document with its charges, line items and usage rows.",
  examples: {
    "nectar documents get 5b0f6f0e-3c2e-4f0a-9d3a-7c1d0a9e4b21": "one of `nectar documents list`",
    "nectar documents get 5b0f6f0e-3c2e-4f0a-9d3a-7c1d0a9e4b21 --json": "as JSON",
  },
  get: (id, api) => api.getDocument(id),
  view: documentView,
});
