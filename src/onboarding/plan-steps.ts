/** The wizard's questions for a plan: company, sites, country, login. */
import * as z from "zod/mini";
import type { Company } from "../api/resources/company.ts";
import { MAX_SANDBOX_SITES, SANDBOX_LOGIN } from "../api/resources/connection.ts";
import { readUrl } from "../api/url.ts";
import {
  companyName,
  externalId,
  fold,
  isSandboxLogin,
  readCountry,
  siteAddress,
  siteName,
  slugOf,
  userName,
} from "./plan.ts";
import {
  existingSiteName,
  listedCompany,
  loginOf,
  type PlanDraft,
  type SiteDraft,
} from "./plan-draft.ts";
import type { Step } from "./wizard.ts";

type PlanStep<Draft> = Step<Draft & PlanDraft>;

/** The suggested answers, from the documentation's own example. */
const EXAMPLE = {
  company: "Sandbox Test Company",
  sites: ["Test Facility", "Cold Store", "Warehouse"],
} as const;

/**
 * The steps of a plan.
 *
 * @param companies lists the companies of the API
 */
export function planSteps<Draft>(
  companies: () => Promise<readonly Company[]>,
): readonly PlanStep<Draft>[] {
  return [
    companyStep(companies),
    nameStep(),
    externalIdStep(),
    countStep(),
    ...Array.from({ length: MAX_SANDBOX_SITES }, (_, index) => siteSteps<Draft>(index)).flat(),
    countryStep(),
    loginStep(),
    passwordStep(),
  ];
}

const NEW = "";

function companyStep<Draft>(list: () => Promise<readonly Company[]>): PlanStep<Draft> {
  return {
    shown: (draft) => {
      if (draft.companyId !== undefined) {
        return ["Company", listedCompany(draft)?.name ?? draft.companyId];
      }
      return draft.isNew && draft.companies?.length ? ["Company", "a new one"] : null;
    },
    isOpen: ({ companyId, isNew }) => companyId === undefined && !isNew,
    async ask(draft, ask) {
      const listed = draft.companies ?? (await list());
      const companies = [...listed].sort((one, other) => one.name.localeCompare(other.name));
      const chosen =
        companies.length === 0
          ? NEW
          : await ask.select({
              message: "Company",
              choices: [
                { value: NEW, name: "A new company" },
                ...companies.map(({ id, name, externalId }) => ({
                  value: id,
                  name: externalId ? `${name}, ${externalId}` : name,
                })),
              ],
              default: draft.companyId ?? NEW,
            });
      const isSame = chosen === (draft.companyId ?? NEW);
      // Sites belong to one company, so those of another one can't be kept.
      const sites = isSame ? draft.sites : draft.sites.filter((site) => !("id" in site));
      if (chosen === NEW) return { ...draft, companies, companyId: undefined, isNew: true, sites };
      const named = { companyName: undefined, companyExternalId: undefined };
      return { ...draft, ...named, companies, companyId: chosen, isNew: false, sites };
    },
  };
}

function nameStep<Draft>(): PlanStep<Draft> {
  return {
    shown: ({ isNew, companyName: name }) => (isNew && name ? ["Company name", name] : null),
    isOpen: ({ isNew, companyName: name }) => isNew && name === undefined,
    async ask(draft, ask) {
      const before = draft.companyName;
      const name = await ask.text({
        message: "Company name",
        default: before ?? EXAMPLE.company,
        validate: by(companyName, "Enter 1 to 200 characters."),
      });
      // An ID that was only suggested by the old name does not fit the new one.
      const isSuggested = before !== undefined && draft.companyExternalId === slugOf(before);
      const isKept = name === before || !isSuggested;
      return {
        ...draft,
        companyName: name,
        companyExternalId: isKept ? draft.companyExternalId : undefined,
      };
    },
  };
}

function externalIdStep<Draft>(): PlanStep<Draft> {
  const idOf = ({ companyExternalId, companyName: name = "" }: PlanDraft) =>
    companyExternalId ?? slugOf(name);
  return {
    shown: (draft) => (draft.isNew ? ["Your own ID for it", idOf(draft) ?? "none"] : null),
    isOpen: ({ isNew, companyExternalId }) => isNew && companyExternalId === undefined,
    async ask(draft, ask) {
      const suggested = idOf(draft);
      const typed = await ask.text({
        message: "Your own ID for it",
        optional: suggested === null,
        ...(suggested === null ? {} : { default: suggested }),
        validate: by(externalId, "Enter up to 255 characters.", suggested === null),
      });
      return { ...draft, companyExternalId: typed || null };
    },
  };
}

function countStep<Draft>(): PlanStep<Draft> {
  return {
    shown: ({ siteCount }) =>
      siteCount === undefined ? null : ["Number of sites", String(siteCount)],
    isOpen: ({ siteCount }) => siteCount === undefined,
    async ask(draft, ask) {
      const siteCount = await ask.number({
        message: "How many sites",
        default: draft.siteCount ?? 1,
        ...{ min: 1, max: MAX_SANDBOX_SITES },
      });
      return { ...draft, siteCount, sites: draft.sites.slice(0, siteCount) };
    },
  };
}

/** Which site, if its company has others; else its name and address. */
function siteSteps<Draft>(index: number): readonly PlanStep<Draft>[] {
  const title = `Site ${index + 1}`;
  const isAsked = ({ siteCount = 0 }: PlanDraft) => index < siteCount;
  const newSite = ({ sites }: PlanDraft) => {
    const site = sites[index];
    return site !== undefined && !("id" in site) ? site : null;
  };
  /** The company's sites that no other answer has. */
  const free = (draft: PlanDraft) => {
    const taken = draft.sites.flatMap((site, at) =>
      at !== index && "id" in site ? [site.id] : [],
    );
    const all = draft.companyId === undefined ? [] : (listedCompany(draft)?.sites ?? []);
    return all.filter(({ id, isArchived }) => !isArchived && !taken.includes(id));
  };
  const withSite = <D extends PlanDraft>(draft: D, site: SiteDraft): D => {
    const sites = [...draft.sites];
    sites[index] = site;
    return { ...draft, sites };
  };
  const blank = { name: undefined, address: undefined, externalId: null };
  return [
    {
      shown(draft) {
        const site = draft.sites[index];
        if (site === undefined || !isAsked(draft)) return null;
        if ("id" in site) return [title, existingSiteName(draft, site.id)];
        return free(draft).length > 0 ? [title, "a new one"] : null;
      },
      isOpen: (draft) =>
        isAsked(draft) && draft.sites[index] === undefined && free(draft).length > 0,
      async ask(draft, ask) {
        const chosen = await ask.select({
          message: title,
          choices: [
            ...free(draft).map(({ id, name, address }) => ({
              value: id,
              name: address ? `${name}, ${address}` : name,
            })),
            { value: NEW, name: "A new site" },
          ],
        });
        return withSite(draft, chosen === NEW ? blank : { id: chosen });
      },
    },
    {
      shown(draft) {
        const name = newSite(draft)?.name;
        return name !== undefined && isAsked(draft) ? [`${title}, name`, name] : null;
      },
      isOpen: (draft) =>
        isAsked(draft) &&
        (draft.sites[index] === undefined || newSite(draft)?.name === undefined) &&
        !isExisting(draft.sites[index]),
      async ask(draft, ask) {
        const others = draft.sites.filter((_, at) => at !== index);
        const before = newSite(draft);
        const suggested = before?.name ?? EXAMPLE.sites[index];
        const name = await ask.text({
          message: `${title}, name`,
          ...(suggested === undefined ? {} : { default: suggested }),
          validate: (value) =>
            others.some((other) => "name" in other && fold(other.name ?? "") === fold(value))
              ? "Another site has this name."
              : by(siteName, "Enter 1 to 255 characters.")(value),
        });
        return withSite(draft, { ...(before ?? blank), name });
      },
    },
    {
      shown(draft) {
        const site = newSite(draft);
        return site === null || site.address === undefined || !isAsked(draft)
          ? null
          : [`${title}, address`, site.address ?? "none"];
      },
      isOpen: (draft) =>
        isAsked(draft) && newSite(draft)?.address === undefined && !isExisting(draft.sites[index]),
      async ask(draft, ask) {
        const before = newSite(draft);
        const address = await ask.text({
          message: `${title}, address`,
          optional: true,
          ...(before?.address ? { default: before.address } : {}),
          validate: by(siteAddress, "Enter up to 255 characters.", true),
        });
        return withSite(draft, { ...(before ?? blank), address: address || null });
      },
    },
  ];
}

function isExisting(site: SiteDraft | undefined): boolean {
  return site !== undefined && "id" in site;
}

function countryStep<Draft>(): PlanStep<Draft> {
  return {
    shown: ({ country }) => (country === undefined ? null : ["Country", country]),
    isOpen: ({ country }) => country === undefined,
    async ask(draft, ask) {
      const country = await ask.text({
        message: "Country (two letters)",
        default: draft.country ?? SANDBOX_LOGIN.country,
        validate: (text) => problemOf(() => readCountry(text)),
      });
      return { ...draft, country: readCountry(country) };
    },
  };
}

/** Never asked unless it is to be changed: the login is the sandbox's, or was given. */
function loginStep<Draft>(): PlanStep<Draft> {
  return {
    shown(draft) {
      const { url, username } = loginOf(draft);
      return ["Login", `${username} at ${new URL(url).host}`];
    },
    isOpen: () => false,
    async ask(draft, ask) {
      const before = loginOf(draft);
      const url = await ask.text({
        message: "The utility's site",
        default: before.url,
        validate: (text) => problemOf(() => readUrl(text)),
      });
      const username = await ask.text({
        message: "User name there",
        default: before.username,
        validate: by(userName, "Enter 1 to 255 characters."),
      });
      const isSame = readUrl(url) === before.url && username === before.username;
      const password = isSame ? draft.password : undefined;
      return { ...draft, url: readUrl(url), username, password };
    },
  };
}

function passwordStep<Draft>(): PlanStep<Draft> {
  return {
    shown: () => null,
    isOpen: (draft) => draft.password === undefined && !isSandboxLogin(loginOf(draft)),
    async ask(draft, ask) {
      const message = `Password of ${loginOf(draft).username}`;
      return { ...draft, password: await ask.secret({ message }) };
    },
  };
}

function problemOf(read: () => unknown): string | null {
  try {
    read();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : "This is not allowed.";
  }
}

function by(schema: z.ZodMiniType, otherwise: string, optional = false) {
  return (value: string): string | null =>
    (optional && value.trim() === "") || z.safeParse(schema, value).success ? null : otherwise;
}
