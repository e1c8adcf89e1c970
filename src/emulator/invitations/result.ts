/** What came of a login, in words for the person who gave it: names, one sentence, and what to do; no ID and no status of the API. */
import { html } from "hono/html";
import { providerOf } from "../statuses/login.ts";
import type { ConnectionStatus } from "../statuses/statuses.ts";
import { type Html, messagePage, type Tone } from "./page.ts";
import type { Address } from "./steps.ts";
import type { Result } from "./walk.ts";

/** `{utility}` and `{company}` stand for the names. */
type Words = readonly [tone: Tone, heading: string, sentence: string];

const PENDING: Words = [
  "wait",
  "We are checking your login",
  "This can take a while. You can close this page, or reload it later to see what came of it.",
];

const PASSWORD: Words = [
  "bad",
  "{utility} did not accept your login",
  "The user name or the password is not right. Check that you can sign in on the utility’s own website.",
];

const WORDS: ReadonlyMap<string, Words> = new Map(
  Object.entries<Words>({
    CONNECTED: [
      "good",
      "Your account is connected",
      "{company} now gets the bills and usage data of this account. There is nothing more to do: you can close this page.",
    ],
    PENDING,
    UNDER_INVESTIGATION: [
      "wait",
      "We are taking a closer look",
      "Something about this account needs a person to look at it. There is nothing for you to do.",
    ],
    PASSWORD_INCORRECT: PASSWORD,
    INCORRECT_PASSWORD: PASSWORD,
    MFA_TOKEN_EXPIRED: [
      "bad",
      "{utility} wants to be sure that it is you",
      "Its second sign-in step, such as a code by text message, has run out and has to be done again.",
    ],
    NEW_PASSWORD_NEEDED: [
      "bad",
      "{utility} asks for a new password",
      "Set a new password on the utility’s own website, then sign in with it here.",
    ],
    ADDITIONAL_CREDENTIALS_NEEDED: [
      "bad",
      "{utility} asks for more than a password",
      "It wants something else as well, such as the answer to a security question.",
    ],
    WEBSITE_DOWN: [
      "wait",
      "{utility} can’t be reached right now",
      "Its website does not answer. We keep trying, and there is nothing for you to do. Reload this page later to see whether it worked.",
    ],
    URL_INACCESSIBLE: [
      "wait",
      "We can’t open the website of {utility}",
      "We keep trying. If its address below is wrong, tell {company}; otherwise there is nothing for you to do.",
    ],
    NO_ACCOUNTS_FOUND: [
      "bad",
      "We found no utility account",
      "The login works, but there is no account behind it. Check that you used the right one.",
    ],
    OTHER_ERROR: [
      "wait",
      "The data can’t be read at the moment",
      "Something unexpected happened on the website of {utility}. We keep trying, and there is nothing for you to do.",
    ],
    COMPANY_INACTIVE: [
      "wait",
      "{company} is paused",
      "No data is collected for this company at the moment. Your login is not the reason, and there is nothing for you to do.",
    ],
  } satisfies Record<ConnectionStatus, Words>),
);

/** What came of a login. */
export function resultPage(result: Result, start: string, address: Address): Html {
  const { company, connection, sites, retry, canAdd } = result;
  const { name: utility, url } = providerOf(connection.url);
  const [tone, heading, sentence] = WORDS.get(connection.status) ?? PENDING;
  const say = (text: string) =>
    text.replaceAll(/\{(utility|company)\}/g, (_, key) =>
      key === "utility" ? utility : company.name,
    );
  return messagePage(
    tone,
    say(heading),
    html`<p class="lead">${say(sentence)}</p>
<dl class="summary">
<div><dt>Utility</dt><dd>${utility} <span class="detail">${url}</span></dd></div>
<div><dt>Company</dt><dd>${company.name}</dd></div>
<div><dt>${sites.length === 1 ? "Site" : "Sites"}</dt><dd>${sites.map(({ name }) => name).join(", ")}</dd></div>
</dl>
${wayOn()}`,
  );

  function wayOn(): Html | null {
    if (tone === "bad") {
      return retry === null
        ? html`<p>Ask <strong>${company.name}</strong> for a link to sign in again.</p>`
        : html`<p class="actions"><a class="button" href="${address(retry)}">Sign in again</a></p>`;
    }
    return tone === "good" && canAdd
      ? html`<p class="actions"><a class="button second" href="${start}">Connect another account</a></p>`
      : null;
  }
}
