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
    ...Array.from({ length: MAX_SANDBOX_SITES }, (_, index) =>
      siteSteps<Draft>(index, EXAMPLE.sites[index]),
    ).flat(),
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
    isOpen: (draft) => draft.password === undefined && !isSandboxLogin(draft),
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
