/** Where the emulator goes beyond the OpenAPI file, each with its reason. A test fails when one of them no longer occurs. */

const DELETED = "the filter of this name is documented; without the field its answers look alike";

/** Properties of answers that their schema does not list: `operation: place`, or `*: place` for every operation. */
export const ADDITIONS: ReadonlyMap<string, string> = new Map([
  ["*: documents[].isDeleted", DELETED],
  ["*: usageData[].document.isDeleted", DELETED],
  ["getDocument: isDeleted", DELETED],
  ["getUsage: document.isDeleted", DELETED],
  ["getInvitation: events", "the event log is documented, its key could not be read"],
]);

/** Answers that are held against a wider schema than the file gives them. */
export const WIDER: ReadonlyMap<string, { readonly schema: string; readonly reason: string }> =
  new Map([
    [
      "connection_company_create 201",
      {
        schema: "Connection",
        reason: "documented to return the ID and the status; here it is the whole connection",
      },
    ],
  ]);

/** Statuses that the file lists for some operations only, or for none. */
export const BEYOND_THE_FILE: ReadonlyMap<string, string> = new Map([
  ["400", "lists answer it to a filter that breaks its rule; the pages do not say what they do"],
  ["401", "the pages document it for every request, the file only for some operations"],
  ["403", "the same; the emulator's key may see everything, so only a fault answers it"],
  ["404", "the file lists it where a page shows it; an unknown ID has no other answer"],
  ["413", "our own limit on bodies"],
  ["415", "the documented media types are the only ones that are read"],
  ["429", "documented in words for every request; only a fault answers it"],
  ["500", "only a fault answers it"],
]);

/** Operations of the file that the emulator does not serve. */
export const UNSERVED: ReadonlyMap<string, string> = new Map([
  ["createEditMagicLink", "deprecated: invitations replace magic links"],
  ["createCompanyMagicLink", "deprecated: invitations replace magic links"],
  ["updateUsage", "its method, path and body are inferred; the data of the sandbox is computed"],
  ["submitJob", "uploads of bills are no part of the sandbox that the guide describes"],
  ["submitBulkJob", "the same"],
  ["job_retrieve", "without uploads there are no jobs"],
  ["getTeam", "billing and members of an organisation are no part of a local sandbox"],
  ["team_partial_update", "the same"],
]);
