/**
 * The API's paths. The vendor's pages contradict each other on the paths below a company: the sandbox guide uses
 * `/company/{id}/site`, the reference `/site/company/{id}`. Both forms are defined only here.
 */

export type PathForm = "guide" | "reference";

/** The resources below a company, which have two path forms. */
export type Nested = "sites" | "connections";

/** The path of a company's sites or connections, in a form that is still to be chosen. */
export interface NestedPath {
  readonly kind: Nested;
  readonly companyId: string;
}

/** The form that worked, by resource. */
export type KnownForms = Readonly<Partial<Record<Nested, PathForm>>>;

export const PING = "/ping";
export const COMPANIES = "/company";

export function companyPath(id: string): string {
  return `/company/${encodeURIComponent(id)}`;
}

export function sitePath(id: string): string {
  return `/site/${encodeURIComponent(id)}`;
}

export function connectionPath(id: string): string {
  return `/connection/${encodeURIComponent(id)}/details`;
}

/** One form only: the sandbox guide does not mention invitations. */
export function companyInvitationsPath(companyId: string): string {
  return `/invitation/company/${encodeURIComponent(companyId)}`;
}

export function connectionInvitationsPath(connectionId: string): string {
  return `/invitation/connection/${encodeURIComponent(connectionId)}`;
}

export function invitationPath(id: string): string {
  return `/invitation/${encodeURIComponent(id)}`;
}

export function revocationPath(id: string): string {
  return `${invitationPath(id)}/revoke`;
}

/**
 * The path of a company's sites or connections.
 *
 * @see https://docs.nectarclimate.com/developer-guide/sandbox-testing (guide form)
 * @see https://docs.nectarclimate.com/api-reference/v2-1/sites/create-site.md (reference form)
 */
export function nestedPath(nested: Nested, form: PathForm, companyId: string): string {
  const noun = nested === "sites" ? "site" : "connection";
  const id = encodeURIComponent(companyId);
  return form === "guide" ? `/company/${id}/${noun}` : `/${noun}/company/${id}`;
}

/**
 * The documents of a company, site or connection. Only the reference's form: the guide mentions another one for usage
 * only, and no page shows a response to it.
 *
 * @see https://docs.nectarclimate.com/api-reference/v2-2/documents/get-documents-by-connection
 */
export function documentsPath({ kind, id }: { kind: string; id: string }): string {
  return `/document/${kind}/${encodeURIComponent(id)}`;
}

export function documentPath(id: string): string {
  return `/document/${encodeURIComponent(id)}`;
}

/**
 * The usage rows of a company, site, connection or document; the reference's form.
 *
 * @see https://docs.nectarclimate.com/developer-guide/filtering.md
 */
export function usagePath({ kind, id }: { kind: string; id: string }): string {
  return `/usage/${kind}/${encodeURIComponent(id)}`;
}

/** The forms in the order to try them: the one known to work first, else the guide's. */
export function formsToTry(known: PathForm | undefined): readonly [PathForm, PathForm] {
  return known === "reference" ? ["reference", "guide"] : ["guide", "reference"];
}
