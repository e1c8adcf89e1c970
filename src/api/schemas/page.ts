/** The envelope around every list but the company list. */
import * as z from "zod/mini";

/**
 * One page of connections.
 * @see https://docs.nectarclimate.com/developer-guide/pagination
 */
export const pageEnvelope = z.looseObject({
  perPage: z.number(),
  totalPages: z.number(),
  currentPage: z.number(),
  hasNext: z.boolean(),
  hasPrevious: z.boolean(),
});
export type PageEnvelope = z.infer<typeof pageEnvelope>;
