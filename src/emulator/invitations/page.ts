/** The invitation's page as HTML: no script, no asset from elsewhere. Every value passes the `html` template, which escapes it. */
import { html, raw } from "hono/html";
import { SANDBOX_LOGIN } from "../../api/resources/connection.ts";
import { readStatus } from "../../api/status.ts";
import { providerOf } from "../statuses/login.ts";
import { alertOf, type Html, siteField, textField } from "./fields.ts";
import type { Form } from "./form.ts";
import type { Result } from "./result.ts";
import type { Step } from "./seal.ts";
import { STYLE } from "./style.ts";
import type { Closed } from "./walk.ts";

/** A form: one step of the walk. */
export function formPage(form: Form, sealed: string): Html {
  const heading = headingOf(form);
  const { position, steps, errors, state } = form;
  const title = errors.size === 0 ? heading : `Error: ${heading}`;
  const progress = steps === 1 ? null : `Step ${position} of ${steps}`;
  // The address is the page's own, whatever this is an answer to.
  const action = `/p/i/${form.invitation.token}`;
  return layout(
    title,
    progress,
    html`<h1>${heading}</h1>
<p class="lead">${leadOf(form)}</p>
${alertOf(errors)}
<form method="post" action="${action}" novalidate>
<input type="hidden" name="form" value="${sealed}">
${BODIES[state.step](form)}
</form>
${state.step === "email" ? null : sandboxNote()}`,
  );
}

/** What came of a login. */
export function resultPage(result: Result): Html {
  const { invitation, connection, company, provider, sites, isOpen } = result;
  const { label, meaning, state } = readStatus(connection.status);
  const tone = state === "connected" ? "good" : state === "pending" ? "wait" : "bad";
  const isReconnect = invitation.connectionId !== null;
  const again = isReconnect && isOpen && tone === "bad";
  return layout(
    label,
    null,
    html`<h1>${label}</h1>
<div class="outcome ${tone}" role="status"><p>${capital(meaning)}</p></div>
<p>${nextOf(tone, isReconnect, isOpen, company.name)}</p>
<dl>
<dt>Provider</dt><dd>${provider}</dd>
<dt>For</dt><dd>${company.name}</dd>
<dt>${sites.length === 1 ? "Site" : "Sites"}</dt><dd>${sites.map(({ name }) => name).join(", ")}</dd>
<dt>Connection</dt><dd><code>${connection.id}</code></dd>
<dt>Status</dt><dd><code>${connection.status}</code></dd>
</dl>
${again ? html`<p class="actions"><a class="button" href="/p/i/${invitation.token}">Try again</a></p>` : null}`,
  );
}

/** A link that leads nowhere. */
export function closedPage(why: Closed): Html {
  const { heading, text } = CLOSED[why];
  return layout(heading, null, html`<h1>${heading}</h1><p role="status">${text}</p>`);
}

/** A request that is refused, with the way back to where it begins. */
export function refusedPage(text: string, token: string | null): Html {
  return layout(
    "This could not be taken",
    null,
    html`<h1>This could not be taken</h1>
<p role="alert">${text}</p>
${token === null ? null : html`<p class="actions"><a class="button" href="/p/i/${token}">Begin again</a></p>`}`,
  );
}

const CLOSED: Readonly<Record<Closed, { readonly heading: string; readonly text: string }>> = {
  UNKNOWN: {
    heading: "There is no such invitation",
    text: "Check that the whole link was copied, or ask whoever sent it for a new one.",
  },
  EXPIRED: {
    heading: "This invitation has expired",
    text: "Ask whoever sent it for a new one.",
  },
  FULFILLED: {
    heading: "This invitation has been used",
    text: "It can't be used again. If something is left to do, ask whoever sent it for a new one.",
  },
  REVOKED: {
    heading: "This invitation was withdrawn",
    text: "Whoever sent it has taken it back. Ask them if you need a new one.",
  },
  NO_SITES: {
    heading: "There is nothing to connect yet",
    text: "The company has no site. Ask whoever sent the link to add one, then open it again.",
  },
};

function headingOf({ state, invitation }: Form): string {
  if (state.step === "email") return "Confirm your e-mail address";
  if (state.step === "provider") return "Which utility is it?";
  const provider = providerOf(state.url ?? "").name;
  return invitation.connectionId === null
    ? `Give the login for ${provider}`
    : `Renew the login for ${provider}`;
}

function leadOf({ state, company, invitation }: Form): Html {
  if (state.step === "email") {
    return html`The invitation of <strong>${company.name}</strong> is for certain people. Here no mail is sent: an address on its list is enough.`;
  }
  if (state.step === "provider") {
    return html`<strong>${company.name}</strong> asks you to connect the account at your utility, so that its data can be collected.`;
  }
  return invitation.connectionId === null
    ? html`It is tried at once, and used for <strong>${company.name}</strong>.`
    : html`The connection of <strong>${company.name}</strong> needs its login again. It is tried at once.`;
}

const BODIES: Readonly<Record<Step, (form: Form) => Html>> = {
  email: (form) => html`${textField(form, {
    name: "email",
    label: "E-mail address",
    hint: "The one that the invitation was sent to.",
    attributes: raw(`type="email" autocomplete="email" inputmode="email" spellcheck="false"`),
    value: form.values.email,
  })}
<div class="actions"><button>Continue</button></div>`,
  provider: (form) => html`${textField(form, {
    name: "url",
    label: "Website of the utility",
    hint: "The page where you sign in, such as https://utility.example.",
    attributes: raw(`type="url" autocomplete="url" inputmode="url" spellcheck="false"`),
    value: form.values.url,
  })}
<div class="actions"><button>Continue</button></div>`,
  login: (form) => html`<p class="provider"><span>Website of the utility</span>${form.state.url}</p>
${textField(form, {
  name: "username",
  label: "User name",
  hint: "As you sign in at the utility.",
  attributes: raw(`type="text" autocomplete="username" autocapitalize="none" spellcheck="false"`),
  value: form.values.username,
})}
${textField(form, {
  name: "password",
  label: "Password",
  hint: "Tried once and kept nowhere.",
  attributes: raw(`type="password" autocomplete="current-password"`),
  value: "",
})}
${form.invitation.connectionId === null ? siteField(form) : null}
<div class="actions"><button>Connect</button>
${form.invitation.connectionId === null ? html`<button class="second" name="back" value="1">Change the utility</button>` : null}</div>`,
};

/** What to type, for whoever tries this out: the login is public, and no other one works here. */
function sandboxNote(): Html {
  const { url, username, password } = SANDBOX_LOGIN;
  return html`<details><summary>The sandbox's login</summary>
<p>Only the documented sandbox login is accepted here; every other one gives the status of a wrong password.</p>
<dl>
<dt>Website</dt><dd><code>${url}</code></dd>
<dt>User name</dt><dd><code>${username}</code></dd>
<dt>Password</dt><dd><code>${password}</code></dd>
</dl></details>`;
}

function nextOf(
  tone: "good" | "wait" | "bad",
  isReconnect: boolean,
  isOpen: boolean,
  company: string,
): string {
  if (tone === "good") return "You can close this page.";
  if (tone === "wait")
    return "Reload this page to look again, or close it: nothing else is needed.";
  if (isReconnect && isOpen) return "Nothing is lost: the link still works.";
  return `Ask ${company} for an invitation to renew this login.`;
}

function layout(title: string, progress: string | null, content: Html): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Local emulator</title>
${raw(`<style>${STYLE}</style>`)}
</head>
<body>
<main>
<p class="top"><span class="badge">Local emulator</span>${progress === null ? null : html`<span class="step">${progress}</span>`}</p>
${content}
</main>
<footer><p>Served by the emulator on this machine, for trying things out. It is not a page of Nectar Climate, and no utility is asked.</p></footer>
</body>
</html>`;
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
