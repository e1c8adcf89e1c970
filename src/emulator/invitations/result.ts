/** The result of a login, for the person who entered it: names, one sentence, and what to do; no IDs or API statuses. */
import { html } from "hono/html";
import { providerOf } from "../statuses/login.ts";
import type { ConnectionStatus } from "../statuses/statuses.ts";
import type { Result } from "./flow.ts";
import { type Html, messagePage, type Tone } from "./page.ts";
import type { Address } from "./steps.ts";

/** `{utility}` and `{company}` are replaced with the names. */
type Message = readonly [tone: Tone, heading: string, sentence: string];

const PENDING: Message = [
  "wait",
  "We are checking your login",
  "This can take a while. You can close this page, or reload it later to see the result.",
];

const PASSWORD: Message = [
  "bad",
  "{utility} did not accept your login",
  "The user name or the password is not right. Check that you can sign in on the utility’s own website.",
];

const MESSAGES: ReadonlyMap<string, Message> = new Map(
  Object.entries<Message>({
    CONNECTED: [
      "good",
      "Your account is connected",
      "{company} now receives the bills and usage data of this account. There is nothing more to do: you can close this page.",
    ],
    PENDING,
    UNDER_INVESTIGATION: [
      "wait",
      "We are taking a closer look",
      "Someone needs to review this account. There is nothing for you to do.",
    ],
    PASSWORD_INCORRECT: PASSWORD,
    INCORRECT_PASSWORD: PASSWORD,
    MFA_TOKEN_EXPIRED: [
      "bad",
      "{utility} needs to verify that it is you",
      "The second sign-in step, such as a code by text message, has expired and must be repeated.",
    ],
    NEW_PASSWORD_NEEDED: [
      "bad",
      "{utility} asks for a new password",
      "Set a new password on the utility’s own website, then sign in with it here.",
    ],
    ADDITIONAL_CREDENTIALS_NEEDED: [
      "bad",
      "{utility} asks for more than a password",
      "It requires something else as well, such as the answer to a security question.",
    ],
    WEBSITE_DOWN: [
      "wait",
      "{utility} can’t be reached right now",
      "Its website is not responding. We keep trying, and there is nothing for you to do. Reload this page later to see whether it worked.",
    ],
    URL_INACCESSIBLE: [
      "wait",
      "We can’t open the website of {utility}",
      "We keep trying. If its address below is wrong, tell {company}; otherwise there is nothing for you to do.",
    ],
    NO_ACCOUNTS_FOUND: [
      "bad",
      "We found no utility account",
      "The login works, but it has no accounts. Check that you used the right one.",
    ],
    OTHER_ERROR: [
      "wait",
      "The data can’t be read at the moment",
      "Something unexpected happened on the website of {utility}. We keep trying, and there is nothing for you to do.",
    ],
    COMPANY_INACTIVE: [
      "wait",
      "{company} is paused",
      "No data is collected for this company at the moment. This is not because of your login, and there is nothing for you to do.",
    ],
  } satisfies Record<ConnectionStatus, Message>),
);

export function resultPage(result: Result, start: string, address: Address): Html {
  const { company, connection, sites, retry, canAdd } = result;
  const { name: utility, url } = providerOf(connection.url);
  const [tone, heading, sentence] = MESSAGES.get(connection.status) ?? PENDING;
  const fill = (text: string) =>
    text.replaceAll(/\{(utility|company)\}/g, (_, key) =>
      key === "utility" ? utility : company.name,
    );
  return messagePage(
    tone,
    fill(heading),
    html`<p class="lead">${fill(sentence)}</p>
<dl class="summary">
<div><dt>Utility</dt><dd>${utility} <span class="detail">${url}</span></dd></div>
<div><dt>Company</dt><dd>${company.name}</dd></div>
<div><dt>${sites.length === 1 ? "Site" : "Sites"}</dt><dd>${sites.map(({ name }) => name).join(", ")}</dd></div>
</dl>
${nextAction()}`,
  );

  function nextAction(): Html | null {
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
