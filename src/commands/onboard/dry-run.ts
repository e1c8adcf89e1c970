/** The requests that onboarding would send, with secrets masked. Pure. */
import type { Create } from "../../api/call.ts";
import { createCompany, createConnection, createSite } from "../../api/creates.ts";
import { formsToTry, type KnownForms, nestedPath } from "../../api/routes.ts";
import { bodyOf, type OnboardingPlan } from "../../onboarding/plan.ts";
import type { Step, Steps } from "../../onboarding/reconcile.ts";

export interface PlannedRequest {
  readonly step: "company" | "site" | "connection";
  /** The name of an existing object is its own, which may not be the one that was given. */
  readonly what: string;
  readonly outcome: "create" | "existing";
  readonly id: string | null;
  readonly method: "POST" | null;
  readonly path: string | null;
  readonly body: unknown;
}

const MASKED = "********";
const NEW_COMPANY = "{companyId}";

/** One entry per step of the plan, in order. IDs that are not known yet are placeholders in braces. */
export function plannedRequests(
  plan: OnboardingPlan,
  steps: Steps,
  known: KnownForms,
): readonly PlannedRequest[] {
  const { company, connection } = plan;
  const companyId = idOf(steps.company) ?? NEW_COMPANY;
  const siteIds = steps.sites.map((step, index) => idOf(step) ?? `{siteId ${index + 1}}`);
  const { username, url } = connection;
  const login = { ...connection, password: MASKED, sites: siteIds };
  const entry = (
    step: PlannedRequest["step"],
    found: Step<Existing> | undefined,
    given: string,
    request: Create<unknown> | null,
  ): PlannedRequest => {
    const id = idOf(found);
    const what = (found?.kind === "adopt" ? found.existing.name : undefined) ?? given;
    return request === null || id !== null
      ? { step, what, outcome: "existing", id, method: null, path: null, body: null }
      : { step, what, outcome: "create", id, method: "POST", ...shown(request, known) };
  };
  return [
    "id" in company
      ? entry("company", steps.company, company.id, null)
      : entry("company", steps.company, company.name, createCompany(bodyOf(company))),
    ...plan.sites.map((site, index) =>
      "id" in site
        ? entry("site", steps.sites[index], site.id, null)
        : entry("site", steps.sites[index], site.name, createSite(companyId, bodyOf(site))),
    ),
    entry(
      ...(["connection", steps.connection, `${username} at ${url}`] as const),
      createConnection(companyId, login),
    ),
  ];
}

interface Existing {
  readonly id: string;
  readonly name?: string;
}

function idOf(step: Step<Existing> | undefined): string | null {
  return step?.kind === "adopt" ? step.existing.id : null;
}

function shown({ path, body, secrets }: Create<unknown>, known: KnownForms) {
  const written =
    typeof path === "string"
      ? path
      : nestedPath(path.kind, formsToTry(known[path.kind])[0], path.companyId);
  return {
    path: written.replace(encodeURIComponent(NEW_COMPANY), NEW_COMPANY),
    body: { ...body, ...secrets },
  };
}
