/** The requests that onboarding would send, with secrets masked. Pure. */
import { COMPANIES, formsToTry, type KnownForms, nestedPath } from "../../api/routes.ts";
import type { OnboardingPlan } from "../../onboarding/plan.ts";
import type { Steps } from "../../onboarding/reconcile.ts";

export interface PlannedRequest {
  readonly step: "company" | "site" | "connection";
  readonly what: string;
  /** No request is sent for an existing object. */
  readonly outcome: "create" | "existing";
  readonly id: string | null;
  readonly method: "POST" | null;
  readonly path: string | null;
  readonly body: unknown;
}

const MASKED = "********";

/** One entry per step of the plan, in order. IDs that are not known yet are placeholders in braces. */
export function plannedRequests(
  plan: OnboardingPlan,
  steps: Steps,
  known: KnownForms,
): readonly PlannedRequest[] {
  const companyId = steps.company.kind === "adopt" ? steps.company.existing.id : null;
  const pathOf = (nested: "sites" | "connections") =>
    nestedPath(nested, formsToTry(known[nested])[0], companyId ?? "{companyId}").replace(
      "%7BcompanyId%7D",
      "{companyId}",
    );
  const requests: PlannedRequest[] = [];
  const add = (
    step: PlannedRequest["step"],
    what: string,
    id: string | null,
    path: string,
    body: unknown,
  ) =>
    requests.push(
      id === null
        ? { step, what, outcome: "create", id, method: "POST", path, body }
        : { step, what, outcome: "existing", id, method: null, path: null, body: null },
    );

  const { company } = plan;
  add(
    "company",
    "name" in company ? company.name : company.id,
    companyId,
    COMPANIES,
    bodyOf(company),
  );
  const siteIds = plan.sites.map((site, index) => {
    const step = steps.sites[index];
    const id = step?.kind === "adopt" ? step.existing.id : null;
    add("site", "name" in site ? site.name : site.id, id, pathOf("sites"), bodyOf(site));
    return id ?? `{siteId ${index + 1}}`;
  });
  const { url, username, country } = plan.connection;
  const id = steps.connection?.kind === "adopt" ? steps.connection.existing.id : null;
  const body = { url, username, password: MASKED, sites: siteIds, country };
  add("connection", `${username} at ${url}`, id, pathOf("connections"), body);
  return requests;
}

function bodyOf(planned: object): unknown {
  const { isDerived: _, ...body } = { isDerived: false, ...planned };
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
}
