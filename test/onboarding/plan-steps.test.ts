import { expect, test } from "vitest";
import type { Company } from "../../src/api/resources/company.ts";
import {
  type Answers,
  answersOf,
  draftOf,
  listedCompany,
} from "../../src/onboarding/plan-draft.ts";
import { planSteps } from "../../src/onboarding/plan-steps.ts";
import { runWizard } from "../../src/onboarding/wizard.ts";
import {
  BACK,
  ENTER,
  type ScriptedAnswer,
  scriptedPrompter,
} from "../support/scripted-prompter.ts";

const NOTHING: Answers = {
  ...{ companyId: undefined, companyName: undefined, companyExternalId: undefined, sites: [] },
  ...{ country: undefined, url: undefined, username: undefined, password: undefined },
};

function company(
  id: string,
  name: string,
  externalId: string | null,
  sites: string[] = [],
): Company {
  const site = (siteName: string) => ({
    ...{ id: `${id}-${siteName}`, name: siteName, address: null, externalId: null },
    isArchived: siteName === "Old",
  });
  return { id, name, externalId, dataCollectionStartDate: null, sites: sites.map(site) };
}

/** `["question", answer]` pairs in order; the last question is confirmed. */
async function wizard(
  script: readonly (readonly [string, ScriptedAnswer["answer"]])[],
  { given = {}, companies = [] }: { given?: Partial<Answers>; companies?: readonly Company[] } = {},
) {
  const prompter = scriptedPrompter(
    [...script, ["Create this", ENTER] as const].map(([question, answer]) => ({
      question,
      answer,
    })),
  );
  const draft = await runWizard(draftOf({ ...NOTHING, ...given }), {
    steps: planSteps(async () => companies),
    ask: prompter,
    changed: () => {},
    review: async () => {},
  });
  prompter.finish();
  if (draft === null) throw new Error("stopped");
  return { answers: answersOf(draft), draft, asked: prompter.asked };
}

const SITE = [
  ["How many sites", 1],
  ["Site 1, name", "Plant"],
  ["Site 1, address", ""],
  ["Country (two letters)", ENTER],
] as const;

test("nothing but Enter takes the documentation's example", async () => {
  const { answers, asked } = await wizard([
    ["Company name", ENTER],
    ["Your own ID for it", ENTER],
    ["How many sites", ENTER],
    ["Site 1, name", ENTER],
    ["Site 1, address", ENTER],
    ["Country (two letters)", ENTER],
  ]);
  expect(answers).toEqual({
    ...NOTHING,
    companyName: "Sandbox Test Company",
    companyExternalId: "sandbox-test-company",
    sites: [{ name: "Test Facility", address: null, externalId: null }],
    country: "US",
  });
  expect(asked).toHaveLength(7);
});

test("only what flags did not give is asked", async () => {
  const sites = [{ name: "Plant", address: null, externalId: null }];
  const given = { companyName: "Acme", sites };
  const { answers, asked } = await wizard([["Country (two letters)", "de"]], { given });
  expect(asked).toEqual(["Country (two letters)", "Create this"]);
  expect(answers).toEqual({ ...NOTHING, companyName: "Acme", sites, country: "DE" });
});

test("a login that is not the sandbox's needs a password, and can be changed", async () => {
  const given = { companyName: "Acme", country: "US", username: "someone" };
  const { answers } = await wizard(
    [
      ...SITE.slice(0, 3),
      ["Password of someone", "s3cret"],
      ["Create this", "change"],
      ["Change which answer", "14"],
      ["The utility's site", ENTER],
      ["User name there", "other"],
      ["Password of other", "s3cond"],
    ],
    { given },
  );
  expect(answers).toMatchObject({ username: "other", password: "s3cond" });
});

const LISTED = [
  company("id-b", "Beta", "beta", ["Plant", "Old", "Office"]),
  company("id-a", "Acme", null),
];

test("an existing company is offered, and so are its sites, each once", async () => {
  const { answers, draft } = await wizard(
    [
      ["Company", "id-b"],
      ["How many sites", 2],
      ["Site 1", "id-b-Office"],
      ["Site 2", ""],
      ["Site 2, name", "Depot"],
      ["Site 2, address", "1 Main St"],
      ["Country (two letters)", ENTER],
    ],
    { companies: LISTED },
  );
  expect(answers).toMatchObject({
    ...{ companyId: "id-b", companyName: undefined, companyExternalId: undefined },
    sites: [{ id: "id-b-Office" }, { name: "Depot", address: "1 Main St", externalId: null }],
  });
  expect(listedCompany(draft)?.name).toBe("Beta");
});

test("another company takes no sites of the first one", async () => {
  const { answers, asked } = await wizard(
    [
      ["Company", "id-b"],
      ["How many sites", 1],
      ["Site 1", "id-b-Plant"],
      ["Country (two letters)", BACK],
      ["Site 1", BACK],
      ["How many sites", BACK],
      ["Company", ""],
      ["Company name", "Gamma"],
      ["Your own ID for it", ENTER],
      ["Site 1, name", "Plant"],
      ["Site 1, address", ENTER],
      ["Country (two letters)", ENTER],
    ],
    { companies: LISTED },
  );
  expect(asked.slice(0, 2)).toEqual(["Company", "How many sites"]);
  expect(answers).toMatchObject({ companyId: undefined, companyName: "Gamma" });
  expect(answers.sites).toEqual([{ name: "Plant", address: null, externalId: null }]);
});

test("a new name suggests a new ID, but an ID of one's own stays", async () => {
  const start = [["Company name", "Acme"]] as const;
  const rename = [
    ["Create this", "change"],
    ["Change which answer", "1"],
    ["Company name", "Beta"],
  ] as const;
  const suggested = await wizard([
    ...[...start, ["Your own ID for it", ENTER] as const, ...SITE, ...rename],
    ["Your own ID for it", ENTER],
  ]);
  expect(suggested.answers).toMatchObject({ companyName: "Beta", companyExternalId: "beta" });
  const own = await wizard([...start, ["Your own ID for it", "a-1"], ...SITE, ...rename]);
  expect(own.answers).toMatchObject({ companyName: "Beta", companyExternalId: "a-1" });
});

test("more sites are asked for, and fewer are kept in their order", async () => {
  const count = [
    ["Create this", "change"],
    ["Change which answer", "3"],
  ] as const;
  const { answers } = await wizard(
    [
      ...SITE,
      ...[...count, ["How many sites", 3] as const],
      ...[["Site 2, name", "Depot"] as const, ["Site 2, address", ""] as const],
      ...[["Site 3, name", ENTER] as const, ["Site 3, address", ""] as const],
      ...[...count, ["How many sites", 2] as const],
    ],
    { given: { companyName: "Acme" } },
  );
  expect(answers.sites.map((site) => "name" in site && site.name)).toEqual(["Plant", "Depot"]);
});

test("a name that another site has is refused", async () => {
  const twice = wizard(
    [
      ["How many sites", 2],
      ["Site 1, name", "Plant"],
      ["Site 1, address", ""],
      ["Site 2, name", "PLANT "],
    ],
    { given: { companyName: "Acme", country: "US" } },
  );
  await expect(twice).rejects.toThrow("Another site has this name.");
});
