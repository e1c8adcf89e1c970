/**
 * The walk through an invitation's page, decided on the stored state: which step comes, what is wrong with a form, when a
 * connection is made. Knows no HTML. A password passes through and is in no outcome.
 */
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
import { isSandboxLogin, providerOf } from "../statuses/login.ts";
import { at } from "../statuses/timeline.ts";
import { type Answers, loginProblems, MOST_SITES, siteProblems } from "./answers.ts";
import {
  begin,
  type ClosedLink,
  enter,
  type Moment,
  next,
  openSteps,
  type Place,
  stay,
} from "./place.ts";
import { admitted, used, useOf, verified, viewed } from "./rules.ts";
import type { State, Step, WalkState } from "./seal.ts";

export type Outcome =
  | ClosedLink
  /** The state has an address of its own, where it is shown. */
  | { readonly kind: "go"; readonly state: State }
  | { readonly kind: "step"; readonly screen: Screen }
  | { readonly kind: "result"; readonly result: Result };

/** One step, as it is to be shown. */
export interface Screen {
  readonly state: WalkState;
  readonly company: CompanyRecord;
  /** All that can be chosen; for a reconnect those of the connection. */
  readonly sites: readonly SiteRecord[];
  readonly isReconnect: boolean;
  /** The steps of this invitation, in order. */
  readonly steps: readonly Step[];
  /** The state that follows when a utility is chosen. */
  readonly choose: (url: string) => WalkState;
  /** The state in which an earlier step is done again. */
  readonly change: (step: Step) => WalkState;
}

/** What a login came to. */
export interface Result {
  readonly company: CompanyRecord;
  readonly connection: ConnectionRecord;
  readonly sites: readonly SiteRecord[];
  /** The way to give the login once more; null where this link can't. */
  readonly retry: WalkState | null;
  /** Whether another account can be connected through this link. */
  readonly canAdd: boolean;
}

/**
 * Opens the link.
 * @param changes gets the view that is noted
 */
export function openLink(token: string, moment: Moment, changes: Change[]): Outcome {
  const place = enter(token, moment);
  if ("kind" in place) return place;
  note(place.invitation, viewed(place.invitation, moment.now), changes);
  return { kind: "go", state: next(place, begin(place)) };
}

/** Shows a state by its address. Going back to a login that was accepted leads to its result. */
export function showState(token: string, sealed: string, moment: Moment): Outcome {
  const arrived = arrive(token, sealed, moment);
  if ("kind" in arrived) return arrived;
  const { state, place } = arrived;
  const { company, sites, renewed } = place;
  const screen = {
    ...{ state, company, sites },
    isReconnect: renewed !== undefined,
    steps: openSteps(place, begin(place)),
    choose: (url: string) =>
      next(place, { ...state, url, username: url === state.url ? state.username : "" }),
    change: (step: Step) => stay(place, { ...state, step, typed: "" }, []),
  };
  return { kind: "step", screen };
}

/**
 * Takes a form that was sent. Whoever sends the same form again gets the result of the first time.
 * @param changes gets the connection and the use, or the verification of an address
 */
export function takeForm(
  token: string,
  sealed: string,
  answers: Answers,
  moment: Moment,
  changes: Change[],
): Outcome {
  const arrived = arrive(token, sealed, moment);
  if ("kind" in arrived) return arrived;
  const { state, place } = arrived;
  return { kind: "go", state: after(place, state, answers, changes) };
}

function after(place: Place, state: WalkState, answers: Answers, changes: Change[]): State {
  switch (state.step) {
    case "email":
      return takeEmail(place, state, answers, changes);
    case "sites":
      return takeSites(place, state, answers);
    case "login":
      return takeLogin(place, state, answers, changes);
    case "provider":
      // It is chosen by links.
      return state;
  }
}

function takeEmail(
  place: Place,
  state: WalkState,
  { email }: Answers,
  changes: Change[],
): WalkState {
  const { invitation, now } = place;
  const onList = admitted(invitation, email);
  if (onList !== null) {
    note(invitation, verified(invitation, onList, now), changes);
    return next(place, { ...state, email: onList });
  }
  const problem =
    email.trim() === ""
      ? "Enter your email address."
      : "This invitation was not sent to that address. Check the spelling, or enter the one that it was sent to.";
  return stay(place, { ...state, typed: email.slice(0, 255) }, [["email", problem]]);
}

function takeSites(place: Place, state: WalkState, answers: Answers): WalkState {
  const offered = new Set(place.sites.map(({ id }) => id));
  const chosen = [...new Set(answers.sites)].filter((id) => offered.has(id));
  const sites = chosen.slice(0, MOST_SITES);
  if (answers.isSearch) {
    return stay(place, { ...state, sites, typed: answers.find.slice(0, 255) }, []);
  }
  const problems = siteProblems(chosen, state.url ?? "");
  if (problems.length > 0) return stay(place, { ...state, sites }, problems);
  return next(place, { ...state, sites });
}

function takeLogin(place: Place, state: WalkState, answers: Answers, changes: Change[]): State {
  const { invitation, now } = place;
  // A site may be gone by now, and the utility may have been changed since the sites were chosen.
  const siteIds = place.sites.map(({ id }) => id).filter((id) => state.sites.includes(id));
  const wrongSites = place.renewed === undefined ? siteProblems(siteIds, state.url ?? "") : [];
  if (wrongSites.length > 0) {
    return stay(place, { ...state, step: "sites", sites: siteIds, typed: "" }, wrongSites);
  }
  const { username, password } = answers;
  const typed = { ...state, username: username.slice(0, 255) };
  const problems = loginProblems(answers);
  if (problems.length > 0) return stay(place, typed, problems);
  const login = { url: state.url ?? "", username, password };
  const connection = connect(place, state, login, siteIds);
  // Known at once, also where a scenario lets the connection stay pending for a while.
  const counts = isSandboxLogin(login);
  changes.push({ op: "put", kind: "connection", value: connection });
  const { nonce, email } = state;
  note(invitation, used(invitation, connection.id, { nonce, email, counts }, now), changes);
  if (!isRefused(connection)) return { step: "done", nonce };
  const told = `${providerOf(login.url).name} did not accept this user name and password. Check both, then try again.`;
  return stay(place, typed, [["password", told]]);
}

/** The connection with its new login: the one to renew, the one that this walk made before it was refused, or a new one. */
function connect(
  { invitation, company, renewed, view, now, parts }: Place,
  { email, nonce }: WalkState,
  login: { readonly url: string; readonly username: string; readonly password: string },
  siteIds: readonly string[],
): ConnectionRecord {
  if (renewed !== undefined) return renewConnection(renewed, login, now, parts);
  const refused = view.connection(useOf(invitation, nonce)?.connectionId ?? "");
  if (refused !== undefined) return { ...renewConnection(refused, login, now, parts), siteIds };
  const { prefill } = invitation;
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

/** Opens a state. One that is unreadable or too old begins a new walk and says so. */
function arrive(
  token: string,
  sealed: string,
  moment: Moment,
): Outcome | { readonly place: Place; readonly state: WalkState } {
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
  const place = enter(token, moment);
  if ("kind" in place) return place;
  if (state === null) {
    const told = "This page was open for too long, so nothing was sent. Please start again.";
    return { kind: "go", state: stay(place, next(place, begin(place)), [["form", told]]) };
  }
  // Choosing again after a login was accepted is another walk.
  return { place, state: isSettled ? { ...state, nonce: parts.ids() } : state };
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
  const place = enter(token, moment);
  const open = "kind" in place ? null : place;
  const canRetry = open !== null && (open.renewed !== undefined || !use.counts);
  const { url, siteIds } = connection;
  const nonce = use.counts ? moment.parts.ids() : use.nonce;
  return {
    kind: "result",
    result: {
      ...{ company, connection },
      sites: siteIds.flatMap((id) => moment.view.site(id) ?? []),
      retry: canRetry
        ? next(open, { ...begin(open), url, sites: siteIds.slice(0, MOST_SITES), nonce })
        : null,
      canAdd: open !== null && open.renewed === undefined,
    },
  };
}

function isRefused({ status }: ConnectionRecord): boolean {
  return sameStatus(status, "PASSWORD_INCORRECT");
}

function note(old: InvitationRecord, value: InvitationRecord, changes: Change[]): void {
  if (value !== old) changes.push({ op: "put", kind: "invitation", value });
}
