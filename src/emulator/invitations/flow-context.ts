/** The context of the invitation flow: an invitation that can be used now, and the transitions from step to step. Pure. */
import type { Time } from "../clock.ts";
import type { View } from "../state/collections.ts";
import type {
  CompanyRecord,
  ConnectionRecord,
  InvitationRecord,
  SiteRecord,
} from "../state/entities.ts";
import type { ConnectingParts } from "../statuses/connecting.ts";
import { type InvitationStatus, statusOf } from "./rules.ts";
import type { FlowState, Problem, Seal, Step } from "./seal.ts";

/** Why a link can't be used. */
export type Closed = Exclude<InvitationStatus, "ACTIVE"> | "UNKNOWN" | "NO_SITES";

export interface ClosedLink {
  readonly kind: "closed";
  readonly why: Closed;
}

export interface FlowParts extends ConnectingParts {
  readonly seal: Seal;
}

export interface Moment {
  readonly view: View;
  readonly now: Time;
  readonly parts: FlowParts;
}

/** An invitation that can be used now. */
export interface FlowContext extends Moment {
  readonly invitation: InvitationRecord;
  readonly company: CompanyRecord;
  /** The connection to renew, for a reconnect invitation. */
  readonly renewed: ConnectionRecord | undefined;
  readonly sites: readonly SiteRecord[];
}

/** One step of the flow. */
export interface Screen extends FlowContext {
  readonly state: FlowState;
}

export function openInvitation(token: string, moment: Moment): FlowContext | ClosedLink {
  const { view, now } = moment;
  const invitation = view.invitationByToken(token);
  const company = invitation && view.company(invitation.companyId);
  if (invitation === undefined || company === undefined) return { kind: "closed", why: "UNKNOWN" };
  const status = statusOf(invitation, now);
  if (status !== "ACTIVE") return { kind: "closed", why: status };
  const { connectionId } = invitation;
  const renewed = connectionId === null ? undefined : view.connection(connectionId);
  if (connectionId !== null && renewed === undefined) return { kind: "closed", why: "UNKNOWN" };
  const all = view.sitesOf(company.id);
  const sites = renewed === undefined ? all : all.filter(({ id }) => renewed.siteIds.includes(id));
  if (renewed === undefined && sites.length === 0) return { kind: "closed", why: "NO_SITES" };
  return { ...moment, invitation, company, renewed, sites };
}

/** The state at the start: only what the invitation prefills, or what has no alternative. */
export function initialState({ invitation, renewed, sites, now, parts }: FlowContext): FlowState {
  const { url = null, initialSites = [] } = invitation.prefill;
  const known = sites.length === 1 ? [0] : placesOf(new Set(initialSites), sites);
  return {
    step: "email",
    email: null,
    url: renewed?.url ?? url,
    // A reconnect does not change the sites.
    sites: renewed === undefined ? known : [],
    username: "",
    typed: "",
    problems: [],
    nonce: parts.ids(),
    made: now,
  };
}

/** Where sites are among those to choose from, in that order; IDs of other sites are left out. */
export function placesOf(ids: ReadonlySet<string>, sites: readonly SiteRecord[]): number[] {
  return sites.flatMap(({ id }, place) => (ids.has(id) ? [place] : []));
}

/** Moves to the first step that still needs input. */
export function toNextStep(context: FlowContext, state: FlowState): FlowState {
  const [step = "login"] = openSteps(context, state);
  return stayOnStep(context, { ...state, step, typed: "" }, []);
}

/** The state after choosing a utility. */
export function chooseProvider(screen: Screen, url: string): FlowState {
  const { state } = screen;
  return toNextStep(screen, { ...state, url, username: url === state.url ? state.username : "" });
}

/** The state for repeating an earlier step. */
export function repeatStep(screen: Screen, step: Step): FlowState {
  return stayOnStep(screen, { ...screen.state, step, typed: "" }, []);
}

/** The steps that still need input, in order. */
export function openSteps(
  { invitation, renewed }: FlowContext,
  { email, url, sites }: FlowState,
): Step[] {
  const steps: Step[] = [];
  if (email === null && invitation.allowedEmails.length > 0) steps.push("email");
  if (url === null) steps.push("provider");
  if (sites.length === 0 && renewed === undefined) steps.push("sites");
  return [...steps, "login"];
}

export function stayOnStep({ now }: Moment, state: FlowState, problems: Problem[]): FlowState {
  return { ...state, problems, made: now };
}
