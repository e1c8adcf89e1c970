/** Renders the steps of the page as HTML: plain forms and links. */
import { html, raw } from "hono/html";
import { SANDBOX_LOGIN } from "../../api/resources/connection.ts";
import type { SiteRecord } from "../state/entities.ts";
import { isSandboxUrl, providerOf } from "../statuses/login.ts";
import { findProviders, matches, siteLimit } from "./answers.ts";
import {
  chooseProvider,
  initialState,
  openSteps,
  repeatStep,
  type Screen,
} from "./flow-context.ts";
import { type Html, layout } from "./page.ts";
import type { Problem, State, Step } from "./seal.ts";

export type Address = (state: State) => string;

interface Content {
  readonly heading: string;
  readonly lead: Html;
  readonly body: Html;
}

/** The number of sites from which a search is offered. */
const SEARCHABLE_FROM = 8;

const MAX_SHOWN_SITES = 20;

/** The page for one step; `search` is the search text for utilities. */
export function stepPage(screen: Screen, search: string, address: Address): Html {
  const { state } = screen;
  const { heading, lead, body } = CONTENTS[state.step](screen, address, search);
  const isWrong = state.problems.length > 0;
  const found = state.step === "provider" && search !== "" ? `Results for “${search}” · ` : "";
  return layout(
    `${isWrong ? "Error: " : found}${heading}`,
    html`${progress(openSteps(screen, initialState(screen)), state.step)}
${problemsOf(screen)}
<h1>${heading}</h1>
<p class="lead">${lead}</p>
${body}`,
  );
}

const CONTENTS: Readonly<
  Record<Step, (screen: Screen, address: Address, search: string) => Content>
> = {
  email: (screen, address) => ({
    heading: "Confirm your email address",
    lead: html`<strong>${screen.company.name}</strong> has invited you to connect a utility account. To confirm that it is you, enter the address that the invitation was sent to.`,
    body: form(
      screen,
      address,
      html`${textField(screen, "email", "Email address", "The emulator sends no email. Any address on the invitation’s list is accepted.", raw(`type="email" autocomplete="email" spellcheck="false"`), screen.state.typed)}
<p class="actions"><button>Continue</button></p>`,
    ),
  }),
  provider: (screen, address, search) => ({
    heading: "Connect your utility account",
    lead: html`<strong>${screen.company.name}</strong> would like to receive the bills and usage data of its sites. Find the utility that supplies them, then sign in as you do on its website.`,
    body: html`<form class="search" role="search" method="get" action="${address(screen.state)}">
<label for="q">Your utility</label>
<p class="hint" id="q-hint">Search by name, or enter the address of its website.</p>
<div class="row"><input id="q" name="q" type="search" value="${search}" maxlength="1024" autocomplete="off" autocapitalize="none" spellcheck="false" aria-describedby="q-hint"><button class="second">Search</button></div>
</form>
${providerList(screen, address, search)}`,
  }),
  sites: (screen, address) => ({
    heading: "Choose your sites",
    lead: html`Which sites of <strong>${screen.company.name}</strong> get their bills from ${nameOf(screen)}?`,
    body: form(
      screen,
      address,
      html`${screen.sites.length < SEARCHABLE_FROM ? null : siteSearch(screen.state.typed)}
${siteBoxes(screen)}
<p class="actions"><button>Continue</button>${changeLink(screen, address, "provider", "Change utility")}</p>`,
    ),
  }),
  login: (screen, address) => ({
    heading: `Sign in to ${nameOf(screen)}`,
    lead: screen.renewed
      ? html`The connection of <strong>${screen.company.name}</strong> needs you to sign in again. Until then, no new bills or usage data can be collected.`
      : html`Use the user name and password of your account there. The data goes to <strong>${screen.company.name}</strong>.`,
    body: html`${summary(screen, address)}
${form(
  screen,
  address,
  html`${textField(screen, "username", "User name", "Often an email address or a customer number.", raw(`type="text" autocomplete="username" autocapitalize="none" spellcheck="false"`), screen.state.username)}
${textField(screen, "password", "Password", "Checked once on this machine, and not stored.", raw(`type="password" autocomplete="current-password"`), "")}
<p class="actions"><button>Connect account</button></p>`,
)}
${sandboxNote(screen, address)}`,
  }),
};

function progress(steps: readonly Step[], step: Step): Html | null {
  const position = steps.indexOf(step) + 1;
  if (position === 0 || steps.length === 1) return null;
  return html`<p class="progress">Step ${position} of ${steps.length}
<span class="bars" aria-hidden="true">${steps.map((_, index) => html`<i class="${index < position ? "on" : ""}"></i>`)}</span></p>`;
}

/** The list of problems above the form, each linked to its field. It gets the focus, as far as possible without a script. */
function problemsOf({ state: { problems } }: Screen): Html | null {
  if (problems.length === 0) return null;
  return html`<div class="alert" role="alert" tabindex="-1" autofocus>
<h2>${problems.length === 1 ? "There is a problem" : `There are ${problems.length} problems`}</h2>
<ul>${problems.map(([field, text]) => html`<li><a href="#${field}">${text}</a></li>`)}</ul></div>`;
}

function form({ state }: Screen, address: Address, content: Html): Html {
  // `novalidate`: we show errors at the fields, instead of the browser's own messages.
  return html`<form method="post" action="${address(state)}" novalidate>
${content}
</form>`;
}

/** A field with its label, hint and error; `attributes` are literals from this file, never external input. */
function textField(
  { state }: Screen,
  name: Problem[0],
  label: string,
  hint: string,
  attributes: ReturnType<typeof raw>,
  value: string,
): Html {
  return html`<div class="field">
<label for="${name}">${label}</label>
<p class="hint" id="${name}-hint">${hint}</p>
${errorAt(state.problems, name)}
<input id="${name}" name="${name}" value="${value}" required ${attributes} ${described(state.problems, name)}>
</div>`;
}

function errorAt(problems: readonly Problem[], name: Problem[0]): Html | null {
  const text = problems.find(([field]) => field === name)?.[1];
  return text === undefined ? null : html`<p class="error" id="${name}-error">${text}</p>`;
}

/** The attributes that link a field to its hint and its error. */
function described(problems: readonly Problem[], name: Problem[0]) {
  return problems.some(([field]) => field === name)
    ? raw(`aria-describedby="${name}-error ${name}-hint" aria-invalid="true"`)
    : raw(`aria-describedby="${name}-hint"`);
}

function providerList(screen: Screen, address: Address, search: string): Html {
  const found = findProviders(search);
  if (found.length === 0) {
    return html`<p class="none" role="status">No results for <strong>${search}</strong>. Enter the address of the website where you sign in, such as utility.example.</p>`;
  }
  return html`<h2 class="small">${search === "" ? "Utilities" : found.length === 1 ? "1 utility found" : `${found.length} utilities found`}</h2>
<ul class="providers">${found.map(
    ({ name, url, supplies }) => html`<li><a href="${address(chooseProvider(screen, url))}">
<span class="title">${name}</span>
<span class="detail">${name === new URL(url).host ? null : html`${new URL(url).host} · `}${supplies}</span></a></li>`,
  )}</ul>
<p class="hint">Not in the list? Enter the address of your utility’s website above.</p>`;
}

function siteSearch(value: string): Html {
  return html`<div class="search">
<label for="find">Find a site</label>
<p class="hint" id="find-hint">Search by name or address. Your selection is kept.</p>
<div class="row"><input id="find" name="find" type="search" value="${value}" maxlength="255" autocomplete="off" aria-describedby="find-hint"><button class="second" name="search" value="1">Search</button></div>
</div>`;
}

/** The checkboxes: chosen sites first, then the search results. */
function siteBoxes(screen: Screen): Html {
  const { sites, state } = screen;
  const { typed, problems } = state;
  const chosen = new Set(chosenSites(screen));
  const isChosen = (site: SiteRecord) => chosen.has(site);
  const found = sites.filter(
    (site) => !isChosen(site) && matches(`${site.name} ${site.address}`, typed.trim()),
  );
  const isMany = sites.length >= SEARCHABLE_FROM;
  const limit = siteLimit(state.url ?? "");
  const shown = isMany ? [...sites.filter(isChosen), ...found.slice(0, MAX_SHOWN_SITES)] : sites;
  const hidden = found.length - MAX_SHOWN_SITES;
  return html`<fieldset class="field" ${described(problems, "sites")}>
<legend>${isMany ? (typed.trim() === "" ? `${sites.length} sites` : `${found.length} found`) : "Sites"}</legend>
<p class="hint" id="sites-hint">${sites.length > limit ? `Choose up to ${limit}.` : "Choose one or more."}${isMany && chosen.size > 0 ? ` ${chosen.size} chosen so far.` : ""}</p>
${errorAt(problems, "sites")}
${shown.map(
  (site, index) => html`<label class="site">
<input type="checkbox" name="sites" value="${site.id}" ${index === 0 ? raw(`id="sites"`) : null} ${isChosen(site) ? raw("checked") : null}>
<span><span class="title">${site.name}</span>${site.address === "" ? null : html`<span class="detail">${site.address}</span>`}</span></label>`,
)}
${hidden > 0 ? html`<p class="more hint">${hidden} more. Search to find them.</p>` : null}
${isMany && found.length === 0 ? html`<p class="none" role="status">No site found for <strong>${typed}</strong>.</p>` : null}
</fieldset>`;
}

function chosenSites({ sites, state }: Screen): SiteRecord[] {
  return state.sites.flatMap((place) => sites[place] ?? []);
}

/** The choices so far, with links to change them. */
function summary(screen: Screen, address: Address): Html {
  const { state, sites, renewed } = screen;
  const chosen = renewed ? sites : chosenSites(screen);
  const change = (step: Step, label: string) =>
    renewed ? null : html`<dd>${changeLink(screen, address, step, label)}</dd>`;
  return html`<dl class="summary">
<div><dt>Utility</dt><dd>${nameOf(screen)} <span class="detail">${state.url}</span></dd>${change("provider", "Change utility")}</div>
<div><dt>${chosen.length === 1 ? "Site" : "Sites"}</dt><dd>${chosen.map(({ name }) => name).join(", ")}</dd>${sites.length > 1 ? change("sites", "Change sites") : null}</div>
</dl>`;
}

function changeLink(screen: Screen, address: Address, step: Step, label: string): Html {
  return html`<a class="change" href="${address(repeatStep(screen, step))}">${label}</a>`;
}

/** The login to use for testing: it is public, and no other login works here. */
function sandboxNote(screen: Screen, address: Address): Html {
  const { url, username, password } = SANDBOX_LOGIN;
  if (!isSandboxUrl(screen.state.url ?? "")) {
    return html`<aside class="note"><p><strong>Trying this out?</strong> No login works for this utility, so you can see what happens with a wrong password. ${screen.renewed ? null : html`<a href="${address(chooseProvider(screen, url))}">Use the sandbox instead</a>`}</p></aside>`;
  }
  return html`<aside class="note"><p><strong>Trying this out?</strong> This is the only login that works here:</p>
<dl><dt>User name</dt><dd><code>${username}</code></dd><dt>Password</dt><dd><code>${password}</code></dd></dl></aside>`;
}

function nameOf({ state }: Screen): string {
  return providerOf(state.url ?? "").name;
}
