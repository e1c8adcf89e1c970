/** `nectar documents get`: one document in full, with its line items and usage. */
import type { Document } from "../../api/resources/document.ts";
import type { Context } from "../../app/context.ts";
import { argument, defineCommand } from "../../cli/define.ts";
import { idOf, objectSpec } from "../profiles/ids.ts";
import { documentView } from "./documents.ts";

export const command = defineCommand({
  description: "Shows a document with its charges, line items and usage rows.",
  fields: {
    id: argument("<id>", {
      help: "the document: its ID or the beginning of one; see `nectar documents list`",
      required: true,
      ...objectSpec,
    }),
  },
  examples: {
    "nectar documents get 5b0f6f0e-3c2e-4f0a-9d3a-7c1d0a9e4b21": "one of `nectar documents list`",
    "nectar documents get 5b0f6f0e-3c2e-4f0a-9d3a-7c1d0a9e4b21 --json": "as JSON",
  },
  async run(input, context: Context): Promise<Document> {
    const id = await idOf("document", input.id, context);
    return (await context.session()).api.getDocument(id);
  },
  view: documentView,
});
