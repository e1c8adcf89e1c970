/** The fields of the page's forms as HTML: each with its label, and with what is wrong tied to it. */
import { html, raw } from "hono/html";
import { MAX_SANDBOX_SITES } from "../../api/resources/connection.ts";
import type { FieldName } from "./answers.ts";
import type { Form } from "./form.ts";

export type Html = ReturnType<typeof html>;

/** All that is wrong, above the form, each with the way to its field; null when nothing is. */
export function alertOf(errors: Form["errors"]): Html | null {
  if (errors.size === 0) return null;
  return html`<div class="alert" role="alert"><p><strong>${errors.size === 1 ? "One thing needs another look" : `${errors.size} things need another look`}</strong></p>
<ul>${[...errors].map(([name, text]) => html`<li><a href="#${name}">${text}</a></li>`)}</ul></div>`;
}

/**
 * A field with its label, hint and error.
 * @param field.attributes written here, never from outside
 */
export function textField(
  { errors }: Form,
  field: {
    readonly name: FieldName;
    readonly label: string;
    readonly hint: string;
    readonly attributes: ReturnType<typeof raw>;
    readonly value: string;
  },
): Html {
  const { name, label, hint, attributes, value } = field;
  return html`<div class="field">
<label for="${name}">${label}</label>
<p class="hint" id="${name}-hint">${hint}</p>
${errorOf(errors, name)}
<input id="${name}" name="${name}" value="${value}" required ${attributes} ${described(errors, name)}>
</div>`;
}

/** The boxes of the sites. */
export function siteField({ sites, values, errors }: Form): Html {
  return html`<fieldset class="field" aria-describedby="${ids(errors, "sites")}">
<legend>Sites that the account supplies</legend>
<p class="hint" id="sites-hint">From 1 to ${MAX_SANDBOX_SITES}.</p>
${errorOf(errors, "sites")}
${sites.map(
  ({ id, name, address }, index) => html`<label class="site">
<input type="checkbox" name="sites" value="${id}" ${index === 0 ? raw(`id="sites"`) : null}
${values.sites.includes(id) ? raw("checked") : null}
${errors.has("sites") && index === 0 ? invalid(errors, "sites") : null}>
<span>${name}${address === "" ? null : html`<small>${address}</small>`}</span></label>`,
)}
</fieldset>`;
}

function errorOf(errors: Form["errors"], name: FieldName): Html | null {
  const text = errors.get(name);
  return text === undefined ? null : html`<p class="error" id="${name}-error">${text}</p>`;
}

/** The attributes that tie a field to its hint and to its error. */
function described(errors: Form["errors"], name: FieldName): Html {
  return html`aria-describedby="${ids(errors, name)}" ${errors.has(name) ? invalid(errors, name) : null}`;
}

/** The first wrong field takes the focus. */
function invalid(errors: Form["errors"], name: FieldName) {
  const [first] = errors.keys();
  return raw(`aria-invalid="true"${first === name ? " autofocus" : ""}`);
}

function ids(errors: Form["errors"], name: FieldName): string {
  return errors.has(name) ? `${name}-error ${name}-hint` : `${name}-hint`;
}
