/** The style of the invitation page, and the content security policy that allows only this style. Uses nobody's branding. */
import { createHash } from "node:crypto";

/** All text has a contrast of at least 4.5:1, and every control is at least 44 pixels high (WCAG 2.2, 1.4.3 and 2.5.5). */
export const STYLE = `
:root {
  color-scheme: light dark;
  --back: #f3f6f5; --card: #ffffff; --text: #17211f; --soft: #52605d; --line: #7d8b88; --rule: #dde4e2;
  --accent: #0c6b5c; --on-accent: #ffffff; --wash: #eaf4f1; --bad: #b3261e; --bad-wash: #fdf1f0; --wait: #7a5200;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #0e1413; --card: #182120; --text: #e8efed; --soft: #abb9b6; --line: #778784; --rule: #2d3937;
    --accent: #74d3bf; --on-accent: #06231d; --wash: #1b2f2b; --bad: #ffb4ab; --bad-wash: #38201f; --wait: #f0cb84;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; min-height: 100vh; padding: clamp(1rem, 4vw, 3rem) clamp(0.75rem, 4vw, 2rem);
  background: var(--back); color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif;
  overflow-wrap: anywhere;
}
header, main, footer { max-width: 35rem; margin: 0 auto; }
header { display: flex; flex-wrap: wrap; align-items: center; gap: 0.625rem; padding: 0 0.25rem 1rem; }
.mark { color: var(--accent); }
.mark path { stroke: var(--on-accent); }
.name { flex: 1 0 auto; font-size: 1.125rem; font-weight: 650; letter-spacing: -0.01em; }
.badge { padding: 0.1rem 0.7rem; border: 1px solid var(--line); border-radius: 99px; color: var(--soft); font-size: 0.875rem; }
main {
  padding: clamp(1.25rem, 6vw, 2.5rem); background: var(--card);
  border: 1px solid var(--rule); border-radius: 1rem; box-shadow: 0 1px 2px rgb(0 0 0 / 5%), 0 8px 24px rgb(0 0 0 / 5%);
}
h1 { margin: 0 0 0.5rem; font-size: 1.75rem; line-height: 1.2; font-weight: 650; letter-spacing: -0.015em; text-wrap: balance; }
h2 { margin: 0 0 0.25rem; font-size: 1rem; line-height: 1.5; }
p { margin: 0 0 1rem; }
a { color: var(--accent); text-underline-offset: 0.15em; }
.lead { margin-bottom: 1.75rem; color: var(--soft); font-size: 1.0625rem; text-wrap: pretty; }
.lead strong { color: var(--text); font-weight: 600; }
.progress { display: flex; align-items: center; gap: 0.75rem; margin-bottom: 0.75rem; }
.progress, .hint, .detail, .small, .note, footer { color: var(--soft); font-size: 0.9375rem; }
.bars { display: flex; gap: 0.25rem; }
.bars i { width: 1.5rem; height: 0.375rem; border: 1px solid var(--line); border-radius: 99px; }
.bars .on { border-color: var(--accent); background: var(--accent); }
.field, .search { margin: 0 0 1.5rem; padding: 0; border: 0; min-width: 0; }
label, legend { display: block; padding: 0; font-weight: 600; }
.hint, .error { margin: 0 0 0.5rem; }
.more { margin-top: 0.75rem; }
.error { color: var(--bad); font-weight: 600; }
input:not([type="checkbox"]) {
  display: block; width: 100%; min-width: 0; min-height: 3rem; padding: 0.5rem 0.875rem;
  font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 0.625rem;
}
input[aria-invalid="true"] { border: 2px solid var(--bad); }
.row { display: flex; gap: 0.5rem; }
.providers { margin: 0 0 1rem; padding: 0; list-style: none; border: 1px solid var(--rule); border-radius: 0.75rem; }
.providers li + li { border-top: 1px solid var(--rule); }
.providers a { display: block; padding: 0.7rem 2.5rem 0.7rem 1rem; position: relative; border-radius: 0.75rem; color: var(--text); text-decoration: none; }
.providers a::after {
  content: ""; position: absolute; right: 1.1rem; top: 50%; width: 0.5rem; height: 0.5rem; margin-top: -0.3rem;
  border: solid var(--accent); border-width: 2px 2px 0 0; transform: rotate(45deg);
}
.providers a:hover, .site:hover { background: var(--wash); }
.title, .detail { display: block; }
.title { font-weight: 600; }
.detail { font-weight: 400; }
.site {
  display: flex; gap: 0.875rem; align-items: center; min-height: 3rem; margin-top: 0.5rem; padding: 0.6rem 1rem;
  border: 1px solid var(--rule); border-radius: 0.75rem; cursor: pointer;
}
.site:has(input:checked) { border-color: var(--accent); background: var(--wash); }
.site:has(input:focus-visible) { outline: 3px solid var(--accent); outline-offset: 2px; }
.site input { flex: none; width: 1.25rem; height: 1.25rem; margin: 0; accent-color: var(--accent); }
.site input:focus-visible { outline: none; }
.none { padding: 0.875rem 1rem; background: var(--wash); border-radius: 0.75rem; }
.actions { display: flex; flex-wrap: wrap; gap: 0.5rem 1.25rem; align-items: center; margin: 1.75rem 0 0; }
button, .button {
  display: inline-flex; align-items: center; justify-content: center; min-height: 3rem; padding: 0.5rem 1.5rem;
  font: inherit; font-weight: 600; text-align: center; text-decoration: none; cursor: pointer;
  color: var(--on-accent); background: var(--accent); border: 1px solid var(--accent); border-radius: 0.625rem;
}
.second { color: var(--accent); background: transparent; }
.row button { flex: none; padding: 0.5rem 1.1rem; }
button:hover, .button:hover { filter: brightness(1.1); }
.second:hover { background: var(--wash); filter: none; }
.change { display: inline-flex; font-weight: 400; align-items: center; min-height: 2.75rem; font-size: 0.9375rem; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.summary { margin: 0 0 1.75rem; border: 1px solid var(--rule); border-radius: 0.75rem; }
.summary div { display: grid; grid-template-columns: 5.5rem 1fr auto; gap: 0 1rem; align-items: center; padding: 0.6rem 1rem; }
.summary div + div { border-top: 1px solid var(--rule); }
.summary .change { margin: -0.6rem 0; }
dt { color: var(--soft); font-size: 0.9375rem; }
dd { margin: 0; font-weight: 600; }
.note { margin: 2rem 0 0; padding: 1rem 0 0; border-top: 1px solid var(--rule); }
.note p { margin: 0 0 0.5rem; }
.note dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.25rem 1rem; margin: 0; }
code { font: 0.9375rem/1.5 ui-monospace, "Liberation Mono", monospace; color: var(--text); }
.alert { margin: 0 0 1.5rem; padding: 0.875rem 1rem; border: 2px solid var(--bad); border-radius: 0.75rem; background: var(--bad-wash); }
.alert ul { margin: 0; padding: 0; list-style: none; }
.alert a { color: var(--bad); display: inline-block; padding: 0.15rem 0; }
.outcome { margin: 0 0 1rem; line-height: 0; }
.info { color: var(--soft); }
.good { color: var(--accent); }
.wait { color: var(--wait); }
.bad { color: var(--bad); }
main > :last-child { margin-bottom: 0; }
footer { padding: 1.25rem 0.25rem 0; text-wrap: pretty; }
footer p { margin: 0; }
@media (max-width: 30rem) {
  h1 { font-size: 1.5rem; }
  .name { font-size: 1rem; }
  .actions > * { flex: 1 1 100%; justify-content: center; }
  .summary div { grid-template-columns: 1fr; }
  .summary .change { margin: 0 0 -0.6rem; }
  .note dl { grid-template-columns: 1fr; gap: 0; }
}
@media (forced-colors: active) {
  button, .button { color: ButtonText; background: ButtonFace; }
  .bars .on { background: CanvasText; forced-color-adjust: none; }
  .site:has(input:checked) { border-color: Highlight; }
}
`;

/**
 * The headers of every response of the page. Only the style above is allowed, no scripts; forms may only be sent to this
 * origin. Any site may frame it: embedding is documented, so there is no X-Frame-Options. The referrer is limited to this
 * origin but not removed, because browsers would then send forms without their origin.
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
