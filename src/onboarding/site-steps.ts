/** The wizard's questions about one site: which one, if its company has some; else the name and address of a new one. */
import * as z from "zod/mini";
import type { Site } from "../api/resources/site.ts";
import { fold, siteAddress, siteName } from "./plan.ts";
import { existingSiteName, listedCompany, type PlanDraft, type SiteDraft } from "./plan-draft.ts";
import type { Step } from "./wizard.ts";

type SiteStep = Step<PlanDraft>;
type NewSite = Exclude<SiteDraft, { readonly id: string }>;

const BLANK: NewSite = { name: undefined, address: undefined, externalId: null };

/** The choice of a new site; an ID is never empty. */
const NEW = "";

/**
 * The steps of a site.
 *
 * @param index from 0
 * @param example the suggested name
 */
export function siteSteps(index: number, example: string): readonly SiteStep[] {
  return [whichStep(index), nameStep(index, example), addressStep(index)];
}

/** Checks an answer with a schema; a problem is always the same sentence. */
export function by(schema: z.ZodMiniType, problem: string, optional = false) {
  return (value: string): string | null =>
    (optional && value.trim() === "") || z.safeParse(schema, value).success ? null : problem;
}

function whichStep(index: number): SiteStep {
  return {
    shown(draft) {
      const site = draft.sites[index];
      if (site === undefined) return null;
      if ("id" in site) return [title(index), existingSiteName(draft, site.id)];
      return freeSites(draft, index).length > 0 ? [title(index), "a new one"] : null;
    },
    isOpen: (draft) =>
      isWanted(draft, index) &&
      draft.sites[index] === undefined &&
      freeSites(draft, index).length > 0,
    async ask(draft, ask) {
      const chosen = await ask.select({
        message: title(index),
        choices: [
          ...freeSites(draft, index).map(({ id, name, address }) => ({
            value: id,
            name: address ? `${name}, ${address}` : name,
          })),
          { value: NEW, name: "A new site" },
        ],
      });
      return withSite(draft, index, chosen === NEW ? BLANK : { id: chosen });
    },
  };
}

function nameStep(index: number, example: string): SiteStep {
  return {
    shown(draft) {
      const name = newSite(draft, index)?.name;
      return name === undefined ? null : [`${title(index)}, name`, name];
    },
    isOpen: (draft) => isWanted(draft, index) && newSite(draft, index)?.name === undefined,
    async ask(draft, ask) {
      const before = newSite(draft, index) ?? BLANK;
      const others = draft.sites.filter((_, at) => at !== index);
      const name = await ask.text({
        message: `${title(index)}, name`,
        default: before.name ?? example,
        validate: (value) =>
          others.some((other) => "name" in other && fold(other.name ?? "") === fold(value))
            ? "Another site has this name."
            : by(siteName, "Enter 1 to 255 characters.")(value),
      });
      return withSite(draft, index, { ...before, name });
    },
  };
}

function addressStep(index: number): SiteStep {
  return {
    shown(draft) {
      const address = newSite(draft, index)?.address;
      return address === undefined ? null : [`${title(index)}, address`, address ?? "none"];
    },
    isOpen: (draft) => isWanted(draft, index) && newSite(draft, index)?.address === undefined,
    async ask(draft, ask) {
      const before = newSite(draft, index) ?? BLANK;
      const address = await ask.text({
        message: `${title(index)}, address`,
        optional: true,
        ...(before.address ? { default: before.address } : {}),
        validate: by(siteAddress, "Enter up to 255 characters.", true),
      });
      return withSite(draft, index, { ...before, address: address || null });
    },
  };
}

function title(index: number): string {
  return `Site ${index + 1}`;
}

/** Whether there is to be such a site, and it is not an existing one. */
function isWanted({ siteCount = 0, sites }: PlanDraft, index: number): boolean {
  const site = sites[index];
  return index < siteCount && !(site !== undefined && "id" in site);
}

function newSite({ sites }: PlanDraft, index: number): NewSite | null {
  const site = sites[index];
  return site === undefined || "id" in site ? null : site;
}

/** The sites of an existing company that are not chosen as another one of the plan. */
function freeSites(draft: PlanDraft, index: number): readonly Site[] {
  const taken = draft.sites.flatMap((site, at) => (at !== index && "id" in site ? [site.id] : []));
  const all = draft.companyId === undefined ? [] : (listedCompany(draft)?.sites ?? []);
  return all.filter(({ id, isArchived }) => !isArchived && !taken.includes(id));
}

function withSite(draft: PlanDraft, index: number, site: SiteDraft): Pick<PlanDraft, "sites"> {
  const sites = [...draft.sites];
  sites[index] = site;
  return { sites };
}
