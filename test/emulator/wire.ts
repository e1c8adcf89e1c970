/** What the tests read of the emulator's answers, in the API's own names. */
import * as z from "zod/mini";
import { pageEnvelope } from "../../src/api/resources/wire.ts";

const text = z.nullish(z.string());
const named = z.looseObject({ id: z.string(), name: text });

const usageWire = z.looseObject({
  id: z.string(),
  startDate: z.string(),
  endDate: z.string(),
  usage: z.string(),
  usageUnits: z.string(),
  isEstimated: z.boolean(),
  datasourceType: z.string(),
  meter: z.union([z.string(), named]),
  site: named,
  document: z.optional(z.union([z.string(), named])),
  identifiers: z.array(z.looseObject({ name: z.string(), value: z.string() })),
});

export const usagePageWire = z.extend(pageEnvelope, { usageData: z.array(usageWire) });

export const documentPageWire = z.extend(pageEnvelope, {
  totalDocuments: z.number(),
  documents: z.array(
    z.looseObject({
      id: z.string(),
      billDate: z.string(),
      dueDate: z.string(),
      created: z.string(),
      updated: z.string(),
      isDeleted: z.optional(z.boolean()),
      chargesUnits: z.string(),
      totalCharges: z.string(),
      currentCharges: z.string(),
      currentOpenBalance: z.string(),
      previousCloseBalance: z.string(),
      afterPreviousTotalPayment: z.string(),
      usageData: z.array(usageWire),
      lineItems: z.array(z.looseObject({ totalCharge: z.string() })),
    }),
  ),
});

export const invitationWire = z.looseObject({
  id: z.string(),
  invitationUrl: text,
  events: z.nullish(z.array(z.looseObject({ type: z.string(), email: text }))),
});

export const invitationPageWire = z.extend(pageEnvelope, {
  invitations: z.array(invitationWire),
});
