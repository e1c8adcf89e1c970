/**
 * The API's paths: values are encoded here, and here alone the two forms of the paths below a company are told. The
 * vendor's pages contradict each other on these: the sandbox guide uses `/company/{id}/site`, the reference
 * `/site/company/{id}`.
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

export const COMPANIES = "/company";

/** A path, such as pathOf`/company/${id}`, with its values encoded. */
export function pathOf(texts: TemplateStringsArray, ...values: readonly string[]): string {
  return String.raw({ raw: texts }, ...values.map(encodeURIComponent));
}

/**
 * The path of a company's sites or connections.
 *
 * @see https://docs.nectarclimate.com/developer-guide/sandbox-testing (guide form)
 * @see https://docs.nectarclimate.com/api-reference/v2-1/sites/create-site.md (reference form)
 */
export function nestedPath(nested: Nested, form: PathForm, companyId: string): string {
  const noun = nested === "sites" ? "site" : "connection";
  return form === "guide"
    ? pathOf`/company/${companyId}/${noun}`
    : pathOf`/${noun}/company/${companyId}`;
}

/** The forms in the order to try them: the one known to work first, else the guide's. */
export function formsToTry(known: PathForm | undefined): readonly [PathForm, PathForm] {
  return known === "reference" ? ["reference", "guide"] : ["guide", "reference"];
}
