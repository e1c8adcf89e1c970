/** How the invitation's page looks, and the policy that lets a browser use exactly this and nothing else. No brand of anyone's. */
import { createHash } from "node:crypto";

/** Every text has a contrast of 4.5 to 1 at least, every control is 44 pixels high at least (WCAG 2.2, 1.4.3 and 2.5.5). */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #eef0f4; --card: #ffffff; --text: #1b2130; --soft: #4d566b; --line: #7c869b; --rule: #d9dde6;
  --main: #3346a8; --on-main: #ffffff; --wash: #eef1fb; --bad: #b3261e; --bad-wash: #fdf0ef;
  --good: #1b6e3a; --good-wash: #edf7f0; --wait: #7a4f00; --wait-wash: #fdf5e3;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #12151c; --card: #1b2029; --text: #e9ecf3; --soft: #b0b9cb; --line: #7f8aa1; --rule: #343c4b;
    --main: #aebcff; --on-main: #14193a; --wash: #242b3d; --bad: #ffb4ab; --bad-wash: #3a2122;
    --good: #8fdcae; --good-wash: #1b3226; --wait: #f3cd85; --wait-wash: #362c17;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; min-height: 100vh; padding: clamp(0.75rem, 4vw, 3rem) clamp(0.75rem, 4vw, 2rem);
  background: var(--ground); color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif;
  overflow-wrap: anywhere;
}
main, footer { max-width: 34rem; margin: 0 auto; }
main {
  padding: clamp(1.1rem, 5vw, 2.25rem); background: var(--card);
  border: 1px solid var(--rule); border-radius: 0.85rem;
}
h1 { margin: 0.35rem 0 0.5rem; font-size: 1.55rem; line-height: 1.25; font-weight: 650; text-wrap: balance; }
p { margin: 0 0 1rem; }
.top { display: flex; flex-wrap: wrap; gap: 0.4rem 0.9rem; align-items: center; margin: 0 0 0.9rem; }
.badge {
  padding: 0.1rem 0.65rem; border: 1px solid var(--main); border-radius: 99px;
  color: var(--main); font-size: 0.875rem; font-weight: 600;
}
.step, .hint, footer { color: var(--soft); font-size: 0.9375rem; }
.lead { margin-bottom: 1.5rem; }
.field { margin: 0 0 1.25rem; padding: 0; border: 0; min-width: 0; }
label, legend { display: block; padding: 0; font-weight: 600; }
.hint, .error { margin: 0.1rem 0 0.4rem; }
.error { color: var(--bad); font-weight: 600; }
input[type="text"], input[type="email"], input[type="url"], input[type="password"] {
  display: block; width: 100%; min-height: 2.875rem; margin-top: 0.3rem; padding: 0.5rem 0.75rem;
  font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 0.5rem;
}
input[aria-invalid="true"] { border: 2px solid var(--bad); }
.site {
  display: flex; gap: 0.75rem; align-items: center; min-height: 2.875rem; margin-top: 0.4rem; padding: 0.45rem 0.75rem;
  border: 1px solid var(--rule); border-radius: 0.5rem; font-weight: 400; cursor: pointer;
}
.site:has(input:checked) { border-color: var(--main); background: var(--wash); }
.site input { flex: none; width: 1.25rem; height: 1.25rem; margin: 0; accent-color: var(--main); }
.site small { display: block; color: var(--soft); font-size: 0.9375rem; }
.actions { display: flex; flex-wrap: wrap; gap: 0.75rem; margin-top: 1.5rem; }
button, .button {
  display: inline-flex; align-items: center; justify-content: center; min-height: 2.875rem; padding: 0.5rem 1.4rem;
  font: inherit; font-weight: 600; text-decoration: none; cursor: pointer;
  color: var(--on-main); background: var(--main); border: 1px solid var(--main); border-radius: 0.5rem;
}
button.second { color: var(--main); background: transparent; }
button:hover, .button:hover { filter: brightness(1.08); }
:focus-visible { outline: 3px solid var(--main); outline-offset: 2px; }
a { color: var(--main); }
.provider { margin: 0 0 1.25rem; padding: 0.6rem 0.75rem; background: var(--wash); border-radius: 0.5rem; }
.provider span { display: block; color: var(--soft); font-size: 0.9375rem; }
.alert, .outcome { margin: 0 0 1.25rem; padding: 0.75rem 1rem; border-left: 0.3rem solid; border-radius: 0.3rem 0.5rem 0.5rem 0.3rem; }
.alert { border-color: var(--bad); background: var(--bad-wash); }
.alert p, .outcome p { margin: 0; }
.alert ul { margin: 0.3rem 0 0; padding-left: 1.2rem; }
.alert a { color: var(--bad); display: inline-block; padding: 0.15rem 0; }
.outcome.good { border-color: var(--good); background: var(--good-wash); }
.outcome.wait { border-color: var(--wait); background: var(--wait-wash); }
.outcome.bad { border-color: var(--bad); background: var(--bad-wash); }
dl { display: grid; grid-template-columns: minmax(5.5rem, max-content) 1fr; gap: 0.35rem 1.25rem; margin: 0 0 1.25rem; }
dt { color: var(--soft); }
dd { margin: 0; }
code { font: 0.9375rem/1.5 ui-monospace, "Liberation Mono", monospace; }
details { margin: 1.5rem 0 0; padding-top: 0.75rem; border-top: 1px solid var(--rule); }
summary { min-height: 2.75rem; padding: 0.6rem 0; cursor: pointer; color: var(--main); }
main > :last-child, details > :last-child { margin-bottom: 0; }
footer { padding: 1rem 0.25rem 0; }
footer p { margin: 0; }
@media (max-width: 26rem) {
  h1 { font-size: 1.35rem; }
  button, .button { width: 100%; }
  dl { grid-template-columns: 1fr; gap: 0 0; }
  dd { margin: 0 0 0.6rem; }
}
`;

/**
 * The headers of every answer of the page. Nothing but the style above may be used, no script at all; forms go home.
 * Any site may frame it: embedding is documented, so there is no X-Frame-Options. The referrer stays on this origin and is
 * not left out, because a browser would then send a form without its origin.
 *
 * @see https://www.w3.org/TR/CSP3/
 * @see https://docs.nectarclimate.com/developer-guide/connection-invitations
 */
export function pageHeaders(): Readonly<Record<string, string>> {
  const hash = createHash("sha256").update(STYLE).digest("base64");
  return {
    "Content-Security-Policy": `default-src 'none'; style-src 'sha256-${hash}'; form-action 'self'; base-uri 'none'; frame-ancestors *`,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
  };
}
