/** One form of the walk through an invitation's page, as data: what it shows, what it carries. Knows no HTML. */
import type { View } from "../state/collections.ts";
import type { CompanyRecord, InvitationRecord, SiteRecord } from "../state/entities.ts";
import type { FieldName } from "./answers.ts";
import type { FormState, Step } from "./seal.ts";

/** One form, as it is to be shown. */
export interface Form {
  readonly state: FormState;
  /** Where it stands in the walk, from 1, and how many steps there are. */
  readonly position: number;
  readonly steps: number;
  readonly invitation: InvitationRecord;
  readonly company: CompanyRecord;
  /** The sites that can be chosen; empty for a reconnect. */
  readonly sites: readonly SiteRecord[];
  readonly values: {
    readonly email: string;
    readonly url: string;
    readonly username: string;
    readonly sites: readonly string[];
  };
  readonly errors: ReadonlyMap<FieldName, string>;
}

/** What a form is made of. */
export interface FormPlace {
  readonly invitation: InvitationRecord;
  readonly company: CompanyRecord;
  readonly view: View;
  /** The emulator's time, in milliseconds since 1970. */
  readonly now: number;
}

const NO_ERRORS: ReadonlyMap<FieldName, string> = new Map();

/** The steps of an invitation, in order. */
export function stepsOf({ allowedEmails, connectionId }: InvitationRecord): readonly Step[] {
  return [
    ...(allowedEmails.length > 0 ? (["email"] as const) : []),
    ...(connectionId === null ? (["provider"] as const) : []),
    "login",
  ];
}

/**
 * A form with nothing but what the invitation prefills.
 *
 * @param known what the steps before it found out
 * @param ids gives a new UUID each time
 */
export function blankForm(
  { invitation, company, view, now }: FormPlace,
  step: Step,
  known: Pick<FormState, "email" | "url">,
  ids: () => string,
): Form {
  const steps = stepsOf(invitation);
  const isCreate = invitation.connectionId === null;
  const sites = isCreate ? view.sitesOf(company.id) : [];
  const renewed = isCreate ? undefined : view.connection(invitation.connectionId ?? "");
  const only = sites.length === 1 ? sites.map(({ id }) => id) : [];
  return {
    state: {
      step,
      ...known,
      url: known.url ?? renewed?.url ?? null,
      nonce: ids(),
      made: now,
    },
    position: steps.indexOf(step) + 1,
    steps: steps.length,
    ...{ invitation, company, sites },
    values: {
      email: "",
      url: invitation.prefill.url ?? "",
      username: "",
      sites: invitation.prefill.initialSites ?? only,
    },
    errors: NO_ERRORS,
  };
}

/** The same form with what was typed, the password apart, and what is wrong with it. */
export function refilled(
  place: FormPlace,
  state: FormState,
  typed: Partial<Form["values"]>,
  errors: readonly [FieldName, string][],
): Form {
  const form = blankForm(place, state.step, state, () => state.nonce);
  const values = { ...form.values, ...typed };
  return { ...form, values, errors: new Map(errors) };
}
