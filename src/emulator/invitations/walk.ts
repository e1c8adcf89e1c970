/**
 * The walk through an invitation's page, decided on the stored state: which step comes, what is wrong with a form, when a
 * connection is made. Knows no HTML. A password passes through and is in no outcome.
 */
import type { View } from "../state/collections.ts";
import type { Change, ConnectionRecord, InvitationRecord } from "../state/entities.ts";
import { type ConnectingParts, makeConnection, renewConnection } from "../statuses/connecting.ts";
import type { Login } from "../statuses/login.ts";
import { type Answers, type FieldName, loginProblems, urlProblem, withScheme } from "./answers.ts";
import { blankForm, type Form, type FormPlace, refilled, stepsOf } from "./form.ts";
import {
  admitted,
  type InvitationStatus,
  spentUse,
  statusOf,
  used,
  verified,
  viewed,
} from "./rules.ts";
import type { FormState, Seal, Step } from "./seal.ts";

/** Why a link leads nowhere. */
export type Closed = Exclude<InvitationStatus, "ACTIVE"> | "UNKNOWN" | "NO_SITES";

export type Outcome =
  | { readonly kind: "form"; readonly form: Form }
  | { readonly kind: "closed"; readonly why: Closed }
  /** A form that was not made here, or is too old. */
  | { readonly kind: "stale" }
  /** A login was sent; its result has a page of its own. */
  | { readonly kind: "sent"; readonly receipt: string };

export interface WalkParts extends ConnectingParts {
  readonly seal: Seal;
}

/** Everything that one request decides on. */
interface Walk extends FormPlace {
  readonly changes: Change[];
  readonly parts: WalkParts;
}

/**
 * Opens the link.
 *
 * @param now the emulator's time, in milliseconds since 1970
 * @param changes gets the view that is noted
 */
export function openLink(
  token: string,
  view: View,
  changes: Change[],
  now: number,
  parts: WalkParts,
): Outcome {
  const walk = begin(token, view, changes, now, parts);
  if ("kind" in walk) return walk;
  put(walk, viewed(walk.invitation, now));
  return blank(walk, stepsOf(walk.invitation)[0] ?? "login", { email: null, url: null });
}

/**
 * Takes a form that was sent. Whoever sends the same form again gets the result of the first time.
 *
 * @param now the emulator's time, in milliseconds since 1970
 * @param changes gets the connection and the use, or the verification of an address
 */
export function takeForm(
  token: string,
  answers: Answers,
  view: View,
  changes: Change[],
  now: number,
  parts: WalkParts,
): Outcome {
  const { seal } = parts;
  const state = seal.open(token, answers.form, now);
  const known = view.invitationByToken(token);
  if (known !== undefined && state !== null && spentUse(known, state.nonce) !== undefined) {
    return { kind: "sent", receipt: seal.receipt(token, state.nonce) };
  }
  const walk = begin(token, view, changes, now, parts);
  if ("kind" in walk) return walk;
  if (state === null) return { kind: "stale" };
  if (state.step === "email") return takeEmail(walk, state, answers);
  if (state.step === "provider") return takeProvider(walk, state, answers);
  return takeLogin(walk, state, answers);
}

function begin(
  token: string,
  view: View,
  changes: Change[],
  now: number,
  parts: WalkParts,
): Walk | Outcome {
  const invitation = view.invitationByToken(token);
  const company = invitation === undefined ? undefined : view.company(invitation.companyId);
  if (invitation === undefined || company === undefined) return { kind: "closed", why: "UNKNOWN" };
  const status = statusOf(invitation, now);
  if (status !== "ACTIVE") return { kind: "closed", why: status };
  if (invitation.connectionId === null && view.sitesOf(company.id).length === 0) {
    return { kind: "closed", why: "NO_SITES" };
  }
  return { invitation, company, view, changes, now, parts };
}

function takeEmail(walk: Walk, state: FormState, { email }: Answers): Outcome {
  const { invitation, now } = walk;
  const verifiedEmail = admitted(invitation, email);
  if (verifiedEmail === null) {
    const error =
      email.trim() === ""
        ? "Enter your e-mail address."
        : "This invitation is not for this address. Enter the one that it was sent to.";
    return again(walk, state, { email }, [["email", error]]);
  }
  put(walk, verified(invitation, verifiedEmail, now));
  const next = stepsOf(invitation)[1] ?? "login";
  return blank(walk, next, { email: verifiedEmail, url: null });
}

function takeProvider(walk: Walk, state: FormState, { url }: Answers): Outcome {
  const full = withScheme(url.trim());
  const error = urlProblem(full);
  if (error !== null) return again(walk, state, { url }, [["url", error]]);
  return blank(walk, "login", { email: state.email, url: full });
}

function takeLogin(walk: Walk, state: FormState, answers: Answers): Outcome {
  const { invitation, changes, now, parts } = walk;
  const { email, nonce } = state;
  const isCreate = invitation.connectionId === null;
  if (answers.back && isCreate) {
    const form = blankForm(walk, "provider", { email, url: null }, parts.ids);
    return { kind: "form", form: { ...form, values: { ...form.values, url: state.url ?? "" } } };
  }
  const chosen = isCreate ? [...new Set(answers.sites)] : [];
  const offered = isCreate ? walk.view.sitesOf(walk.company.id).map(({ id }) => id) : [];
  const errors = loginProblems(answers, isCreate ? chosen : null, offered);
  const { username, password } = answers;
  if (errors.length > 0) return again(walk, state, { username, sites: chosen }, errors);
  const connection = connect(walk, { url: state.url ?? "", username, password }, chosen, email);
  if (connection === null) return { kind: "closed", why: "UNKNOWN" };
  changes.push({ op: "put", kind: "connection", value: connection });
  put(walk, used(invitation, connection, { nonce, email }, now));
  return { kind: "sent", receipt: parts.seal.receipt(invitation.token, nonce) };
}

/** @returns the connection that is made or renewed; null when the one to renew is gone */
function connect(
  { invitation, company, view, now, parts }: Walk,
  login: Login,
  siteIds: readonly string[],
  email: string | null,
): ConnectionRecord | null {
  const { connectionId, prefill } = invitation;
  if (connectionId !== null) {
    const stored = view.connection(connectionId);
    if (stored === undefined) return null;
    return renewConnection(stored, { ...login, url: stored.url }, now, parts);
  }
  const given = {
    ...login,
    siteIds,
    country: prefill.country,
    // Our choice: without a prefilled owner it is whoever proved an address.
    ownerEmail: prefill.connectionOwnerEmail ?? email ?? undefined,
    datasourceTypes: prefill.utilityTypes,
    dataCollectionStartDate: prefill.dataCollectionStartDate,
  };
  return makeConnection(given, company, view, now, parts);
}

function put({ invitation, changes }: Walk, value: InvitationRecord): void {
  if (value !== invitation) changes.push({ op: "put", kind: "invitation", value });
}

function blank(walk: Walk, step: Step, known: Pick<FormState, "email" | "url">): Outcome {
  return { kind: "form", form: blankForm(walk, step, known, walk.parts.ids) };
}

function again(
  walk: Walk,
  state: FormState,
  typed: Partial<Form["values"]>,
  errors: readonly [FieldName, string][],
): Outcome {
  return { kind: "form", form: refilled(walk, state, typed, errors) };
}
