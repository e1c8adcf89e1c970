/** The layout of every invitation page, and the pages that only show a message. No scripts, no external assets; every value goes through the `html` template, which escapes it. */
import { html, raw } from "hono/html";
import type { Closed } from "./flow-context.ts";
import { STYLE } from "./style.ts";

export type Html = ReturnType<typeof html>;

/** Our own name: this is not a page of the vendor. */
const NAME = "Utility Connect";

/** Our own icon: a plug. */
const MARK =
  raw(`<svg class="mark" viewBox="0 0 32 32" width="32" height="32" aria-hidden="true" focusable="false">
<rect width="32" height="32" rx="9" fill="currentColor"/>
<path d="M12.5 7v5M19.5 7v5M9.5 12h13v3.5a6.5 6.5 0 0 1-13 0zM16 22v4" fill="none" stroke-width="2.25" stroke-linecap="round" stroke-linejoin="round"/>
</svg>`);

/** The kind of message, shown as an icon next to the text. */
export type Tone = "good" | "wait" | "bad" | "info";

const ICONS: Readonly<Record<Tone, string>> = {
  good: "M10.5 16.5l4 4 7.5-8.5",
  wait: "M16 9.5V16l4.5 3",
  bad: "M16 9.5v8M16 21.8v.4",
  info: "M16 14v8M16 9.8v.4",
};

/** A page with the name, the icon, and a footer that says what this is. */
export function layout(title: string, content: Html): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · ${NAME}</title>
${raw(`<style>${STYLE}</style>`)}
</head>
<body>
<header>${MARK}<span class="name">${NAME}</span><span class="badge">Emulator</span></header>
<main id="form">
${content}
</main>
<footer><p>This page is part of the emulator on this machine and is for testing only. It is not a Nectar Climate page. The utilities are fictional, and nothing is sent to them.</p></footer>
</body>
</html>`;
}

/** A page with a single message. */
export function messagePage(tone: Tone, heading: string, content: Html): Html {
  return layout(
    heading,
    html`<div class="outcome ${tone}">${raw(`<svg viewBox="0 0 32 32" width="48" height="48" aria-hidden="true" focusable="false">
<circle cx="16" cy="16" r="15" fill="none" stroke="currentColor" stroke-width="1.5"/>
<path d="${ICONS[tone]}" fill="none" stroke="currentColor" stroke-width="2.25" stroke-linecap="round" stroke-linejoin="round"/>
</svg>`)}</div>
<h1>${heading}</h1>
${content}`,
  );
}

export function closedPage(why: Closed): Html {
  const [heading, text] = CLOSED[why];
  return messagePage("info", heading, html`<p class="lead">${text}</p>`);
}

/** The page for a rejected request, with a link to start again. */
export function refusedPage(text: string, token: string | null): Html {
  const startLink = html`<p class="actions"><a class="button" href="/p/i/${token}">Start again</a></p>`;
  return messagePage(
    "bad",
    "That didn’t work",
    html`<p class="lead">${text}</p>${token === null ? null : startLink}`,
  );
}

const CLOSED: Readonly<Record<Closed, readonly [heading: string, text: string]>> = {
  UNKNOWN: [
    "We can’t find this invitation",
    "Check that you opened the whole link. If it still doesn’t work, ask the person who sent it for a new one.",
  ],
  EXPIRED: [
    "This invitation has expired",
    "It was only valid for a limited time. Ask the person who sent it to you for a new link.",
  ],
  FULFILLED: [
    "This invitation has been used",
    "The account is connected, so there is nothing left to do here. To connect another one, ask the person who sent you this link for a new one.",
  ],
  REVOKED: [
    "This invitation was withdrawn",
    "The person who sent it has cancelled it. If you still need it, ask them for a new one.",
  ],
  NO_SITES: [
    "There is nothing to connect yet",
    "The company that invited you has not added a site. Ask the person who sent you the link to add one, then open it again.",
  ],
};
