/** The wizard's questions for a plan: company, sites, country, login. */
import type { Company } from "../api/resources/company.ts";
import { MAX_SANDBOX_SITES, SANDBOX_LOGIN } from "../api/resources/connection.ts";
import { readUrl } from "../api/url.ts";
import {
  companyName,
  externalId,
  isSandboxLogin,
  loginOf,
  readCountry,
  slugOf,
  userName,
} from "./plan.ts";
import { listedCompany, type PlanDraft } from "./plan-draft.ts";
import { by, siteSteps } from "./site-steps.ts";
import type { Step } from "./wizard.ts";

type PlanStep = Step<PlanDraft>;

/** The suggested answers, from the documentation's own example; a site for each that the sandbox login takes. */
const EXAMPLE = {
  company: "Sandbox Test Company",
  sites: ["Test Facility", "Cold Store", "Warehouse"],
} as const;

/**
 * The steps of a plan.
 *
 * @param companies lists the companies of the API
 */
export function planSteps(companies: () => Promise<readonly Company[]>): readonly PlanStep[] {
  return [
    companyStep(companies),
    COMPANY_NAME,
    EXTERNAL_ID,
    SITE_COUNT,
    ...EXAMPLE.sites.flatMap((example, index) => siteSteps(index, example)),
    COUNTRY,
    LOGIN,
    PASSWORD,
  ];
}

const NEW = "";

function companyStep(list: () => Promise<readonly Company[]>): PlanStep {
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
      if (chosen === NEW) return { companies, companyId: undefined, isNew: true, sites };
      const unnamed = { companyName: undefined, companyExternalId: undefined };
      return { ...unnamed, companies, companyId: chosen, isNew: false, sites };
    },
  };
}

const COMPANY_NAME: PlanStep = {
  shown: ({ isNew, companyName: name }) => (isNew && name ? ["Company name", name] : null),
  isOpen: ({ isNew, companyName: name }) => isNew && name === undefined,
  async ask({ companyName: before, companyExternalId }, ask) {
    const name = await ask.text({
      message: "Company name",
      default: before ?? EXAMPLE.company,
      validate: by(companyName, "Enter 1 to 200 characters."),
    });
    // An ID that was only suggested by the old name does not fit the new one.
    const isSuggested = before !== undefined && companyExternalId === slugOf(before);
    const isKept = name === before || !isSuggested;
    return { companyName: name, companyExternalId: isKept ? companyExternalId : undefined };
  },
};

const externalIdOf = ({ companyExternalId, companyName: name = "" }: PlanDraft) =>
  companyExternalId ?? slugOf(name);

const EXTERNAL_ID: PlanStep = {
  shown: (draft) => (draft.isNew ? ["Your own ID for it", externalIdOf(draft) ?? "none"] : null),
  isOpen: ({ isNew, companyExternalId }) => isNew && companyExternalId === undefined,
  async ask(draft, ask) {
    const suggested = externalIdOf(draft);
    const typed = await ask.text({
      message: "Your own ID for it",
      optional: suggested === null,
      ...(suggested === null ? {} : { default: suggested }),
      validate: by(externalId, "Enter up to 255 characters.", suggested === null),
    });
    return { companyExternalId: typed || null };
  },
};

const SITE_COUNT: PlanStep = {
  shown: ({ siteCount }) =>
    siteCount === undefined ? null : ["Number of sites", String(siteCount)],
  isOpen: ({ siteCount }) => siteCount === undefined,
  async ask(draft, ask) {
    const siteCount = await ask.number({
      message: "How many sites",
      default: draft.siteCount ?? 1,
      ...{ min: 1, max: MAX_SANDBOX_SITES },
    });
    return { siteCount, sites: draft.sites.slice(0, siteCount) };
  },
};

const COUNTRY: PlanStep = {
  shown: ({ country }) => (country === undefined ? null : ["Country", country]),
  isOpen: ({ country }) => country === undefined,
  async ask(draft, ask) {
    const country = await ask.text({
      message: "Country (two letters)",
      default: draft.country ?? SANDBOX_LOGIN.country,
      validate: (text) => problemOf(() => readCountry(text)),
    });
    return { country: readCountry(country) };
  },
};

/** Never asked unless it is to be changed: the login is the sandbox's, or was given. */
const LOGIN: PlanStep = {
  shown(draft) {
    const { url, username } = loginOf(draft);
    return ["Login", `${username} at ${new URL(url).host}`];
  },
  isOpen: () => false,
  async ask(draft, ask) {
    const before = loginOf(draft);
    const typed = await ask.text({
      message: "The utility's site",
      default: before.url,
      validate: (text) => problemOf(() => readUrl(text)),
    });
    const url = readUrl(typed);
    const username = await ask.text({
      message: "User name there",
      default: before.username,
      validate: by(userName, "Enter 1 to 255 characters."),
    });
    const isSame = url === before.url && username === before.username;
    return { url, username, password: isSame ? draft.password : undefined };
  },
};

const PASSWORD: PlanStep = {
  shown: () => null,
  isOpen: (draft) => draft.password === undefined && !isSandboxLogin(draft),
  ask: async (draft, ask) => ({
    password: await ask.secret({ message: `Password of ${loginOf(draft).username}` }),
  }),
};

function problemOf(read: () => unknown): string | null {
  try {
    read();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : "This is not allowed.";
  }
}
