/**
 * The invitation flow, based on the stored state: which step comes next, what is wrong with a form, when a connection is
 * created. No HTML here. Passwords are never part of an outcome.
 */
import { MAX_SANDBOX_SITES } from "../../api/resources/connection.ts";
import { sameStatus } from "../../api/status.ts";
import type {
  Change,
  CompanyRecord,
  ConnectionRecord,
  InvitationRecord,
  InvitationUse,
  SiteRecord,
} from "../state/entities.ts";
import { makeConnection, renewConnection } from "../statuses/connecting.ts";
import { allowsSites, isSandboxLogin, providerOf } from "../statuses/login.ts";
import { at } from "../statuses/timeline.ts";
import { type Answers, loginProblems, siteProblems } from "./answers.ts";
import {
  type ClosedLink,
  initialState,
  type Moment,
  openInvitation,
  placesOf,
  type Screen,
  stayOnStep,
  toNextStep,
} from "./flow-context.ts";
import { admitted, used, useOf, verified, viewed } from "./rules.ts";
import type { FlowState, State } from "./seal.ts";

export type Outcome =
  | ClosedLink
  /** Redirect to the state's own URL. */
  | { readonly kind: "go"; readonly state: State }
  | { readonly kind: "step"; readonly screen: Screen }
  | { readonly kind: "result"; readonly result: Result };

export interface Result {
  readonly company: CompanyRecord;
  readonly connection: ConnectionRecord;
  readonly sites: readonly SiteRecord[];
  /** The state for signing in again; null if this link does not allow it. */
  readonly retry: FlowState | null;
  /** Whether another account can be connected through this link. */
  readonly canAdd: boolean;
}

/** Opens the link, and records the view in `changes`. */
export function openLink(token: string, moment: Moment, changes: Change[]): Outcome {
  const context = openInvitation(token, moment);
  if ("kind" in context) return context;
  recordInvitation(context.invitation, viewed(context.invitation, moment.now), changes);
  return { kind: "go", state: toNextStep(context, initialState(context)) };
}

/**
 * Handles a submitted form. Submitting the same form again leads to the first result.
 * @param changes receives the connection and the use, or the verification of an email address
 */
export function submitForm(
  token: string,
  sealed: string,
  answers: Answers,
  moment: Moment,
  changes: Change[],
): Outcome {
  const opened = showState(token, sealed, moment);
  if (opened.kind !== "step") return opened;
  return { kind: "go", state: nextState(opened.screen, answers, changes) };
}

function nextState(screen: Screen, answers: Answers, changes: Change[]): State {
  switch (screen.state.step) {
    case "email":
      return submitEmail(screen, answers, changes);
    case "sites":
      return submitSites(screen, answers);
    case "login":
      return submitLogin(screen, answers, changes);
    case "provider":
      // Utilities are chosen with links, not with a form.
      return screen.state;
  }
}

function submitEmail(screen: Screen, { email }: Answers, changes: Change[]): FlowState {
  const { invitation, now, state } = screen;
  const listedEmail = admitted(invitation, email);
  if (listedEmail !== null) {
    recordInvitation(invitation, verified(invitation, listedEmail, now), changes);
    return toNextStep(screen, { ...state, email: listedEmail });
  }
  const problem =
    email.trim() === ""
      ? "Enter your email address."
      : "This invitation was not sent to that address. Check the spelling, or enter the address it was sent to.";
  return stayOnStep(screen, { ...state, typed: email.slice(0, 255) }, [["email", problem]]);
}

function submitSites(screen: Screen, answers: Answers): FlowState {
  const { state } = screen;
  const sites = placesOf(new Set(answers.sites), screen.sites);
  if (answers.search !== "") {
    return stayOnStep(screen, { ...state, sites, typed: answers.find.slice(0, 255) }, []);
  }
  const problems = siteProblems(sites, state.url ?? "");
  if (problems.length > 0) return stayOnStep(screen, { ...state, sites }, problems);
  return toNextStep(screen, { ...state, sites });
}

function submitLogin(screen: Screen, answers: Answers, changes: Change[]): State {
  const { invitation, now, state, renewed } = screen;
  const siteIds = state.sites.flatMap((place) => screen.sites[place]?.id ?? []);
  // Since the sites were chosen, the utility may have changed.
  const wrongSites = renewed === undefined ? siteProblems(siteIds, state.url ?? "") : [];
  if (wrongSites.length > 0) {
    return stayOnStep(screen, { ...state, step: "sites", typed: "" }, wrongSites);
  }
  const { username, password } = answers;
  const typed = { ...state, username: username.slice(0, 255) };
  const problems = loginProblems(answers);
  if (problems.length > 0) return stayOnStep(screen, typed, problems);
  const login = { url: state.url ?? "", username, password };
  // A reconnect can't change the sites.
  if (renewed !== undefined && !allowsSites(login, renewed.siteIds.length)) {
    return stayOnStep(screen, typed, [["form", sitesRefused(renewed)]]);
  }
  const connection = connect(screen, login, siteIds);
  // Known immediately, even if a scenario keeps the connection pending for a while.
  const counts = isSandboxLogin(login);
  changes.push({ op: "put", kind: "connection", value: connection });
  const { nonce, email } = state;
  recordInvitation(
    invitation,
    used(invitation, connection, { nonce, email, counts }, now),
    changes,
  );
  if (!isRefused(connection)) return { step: "done", nonce };
  const message = `${providerOf(login.url).name} did not accept this user name and password. Check both, then try again.`;
  return stayOnStep(screen, typed, [["password", message]]);
}

/** The connection with its new login: the one to renew, the one this flow created with a rejected login, or a new one. */
function connect(
  { invitation, company, renewed, view, now, parts, state: { email, nonce } }: Screen,
  login: { readonly url: string; readonly username: string; readonly password: string },
  siteIds: readonly string[],
): ConnectionRecord {
  if (renewed !== undefined) return renewConnection(renewed, login, now, parts);
  const refused = view.connection(useOf(invitation, nonce)?.connectionId ?? "");
  if (refused !== undefined) return renewConnection({ ...refused, siteIds }, login, now, parts);
  const { prefill } = invitation;
  const given = {
    ...login,
    siteIds,
    country: prefill.country,
    // Our choice: without a prefilled owner, the owner is the verified email address.
    ownerEmail: prefill.connectionOwnerEmail ?? email ?? undefined,
    datasourceTypes: prefill.utilityTypes,
    dataCollectionStartDate: prefill.dataCollectionStartDate,
  };
  return makeConnection(given, company, view, now, parts);
}

/**
 * Shows the state in a URL. Going back to a login that was accepted leads to its result. If the state is unreadable or too
 * old, the flow starts again with a message.
 */
export function showState(token: string, sealed: string, moment: Moment): Outcome {
  const { view, now, parts } = moment;
  const state = parts.seal.open(token, sealed, now);
  const invitation = view.invitationByToken(token);
  const use = invitation && state ? useOf(invitation, state.nonce) : undefined;
  const stored = use === undefined ? undefined : view.connection(use.connectionId);
  const connection = stored === undefined ? undefined : at(stored, now);
  if (state?.step === "done") return readResult(token, use, connection, moment);
  // The login was accepted, or is still being tried.
  const isSettled = use?.counts === true || (connection !== undefined && !isRefused(connection));
  if (state?.step === "login" && isSettled)
    return { kind: "go", state: { step: "done", nonce: state.nonce } };
  const context = openInvitation(token, moment);
  if ("kind" in context) return context;
  if (state === null) {
    const message = "This page was open for too long, so nothing was sent. Start again.";
    return {
      kind: "go",
      state: stayOnStep(context, toNextStep(context, initialState(context)), [["form", message]]),
    };
  }
  // Going back to choose again after a login was accepted starts another flow.
  const own = isSettled ? { ...state, nonce: parts.ids() } : state;
  return { kind: "step", screen: { ...context, state: own } };
}

function readResult(
  token: string,
  use: InvitationUse | undefined,
  connection: ConnectionRecord | undefined,
  moment: Moment,
): Outcome {
  const company = connection && moment.view.company(connection.companyId);
  if (use === undefined || connection === undefined || company === undefined) {
    return { kind: "closed", why: "UNKNOWN" };
  }
  const context = openInvitation(token, moment);
  const open = "kind" in context ? null : context;
  const canRetry = open !== null && (open.renewed !== undefined || !use.counts);
  const { url, siteIds } = connection;
  const nonce = use.counts ? moment.parts.ids() : use.nonce;
  return {
    kind: "result",
    result: {
      ...{ company, connection },
      sites: siteIds.flatMap((id) => moment.view.site(id) ?? []),
      retry: canRetry
        ? toNextStep(open, {
            ...initialState(open),
            url,
            sites: placesOf(new Set(siteIds), open.sites),
            nonce,
          })
        : null,
      canAdd: open !== null && open.renewed === undefined,
    },
  };
}

function sitesRefused({ siteIds: { length } }: ConnectionRecord): string {
  const sites = length === 0 ? "no sites" : `${length} sites`;
  return `This test account works for 1 to ${MAX_SANDBOX_SITES} sites, and this connection has ${sites}. Nothing was changed.`;
}

function isRefused({ status }: ConnectionRecord): boolean {
  return sameStatus(status, "PASSWORD_INCORRECT");
}

function recordInvitation(old: InvitationRecord, value: InvitationRecord, changes: Change[]): void {
  if (value !== old) changes.push({ op: "put", kind: "invitation", value });
}
