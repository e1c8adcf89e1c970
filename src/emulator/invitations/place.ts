/** Where a walk through the page stands: an invitation that can be used now, and the states that lead from step to step. Pure. */
import type { View } from "../state/collections.ts";
import type {
  CompanyRecord,
  ConnectionRecord,
  InvitationRecord,
  SiteRecord,
} from "../state/entities.ts";
import type { ConnectingParts } from "../statuses/connecting.ts";
import { MOST_SITES } from "./answers.ts";
import { type InvitationStatus, statusOf } from "./rules.ts";
import type { Problem, Seal, Step, WalkState } from "./seal.ts";

/** Why a link leads nowhere. */
export type Closed = Exclude<InvitationStatus, "ACTIVE"> | "UNKNOWN" | "NO_SITES";

export interface ClosedLink {
  readonly kind: "closed";
  readonly why: Closed;
}

export interface WalkParts extends ConnectingParts {
  readonly seal: Seal;
}

/** What a walk is decided on. */
export interface Moment {
  readonly view: View;
  /** The emulator's time, in milliseconds since 1970. */
  readonly now: number;
  readonly parts: WalkParts;
}

/** An invitation that can be used. */
export interface Place extends Moment {
  readonly invitation: InvitationRecord;
  readonly company: CompanyRecord;
  /** The connection that is to be renewed. */
  readonly renewed: ConnectionRecord | undefined;
  readonly sites: readonly SiteRecord[];
}

/** Finds the invitation of a link. */
export function enter(token: string, moment: Moment): Place | ClosedLink {
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

/** A walk that has nothing but what the invitation says, or what leaves no choice. */
export function begin({ invitation, renewed, sites, now, parts }: Place): WalkState {
  const { url = null, initialSites = [] } = invitation.prefill;
  const ids = sites.map(({ id }) => id);
  const known = ids.length === 1 ? ids : ids.filter((id) => initialSites.includes(id));
  return {
    step: "email",
    email: null,
    url: renewed?.url ?? url,
    // A reconnect leaves the sites as they are.
    sites: renewed === undefined ? known.slice(0, MOST_SITES) : [],
    username: "",
    typed: "",
    problems: [],
    nonce: parts.ids(),
    made: now,
  };
}

/** Goes to the first step that has something to ask. */
export function next(place: Place, state: WalkState): WalkState {
  const [step = "login"] = openSteps(place, state);
  return stay(place, { ...state, step, typed: "" }, []);
}

export function openSteps(
  { invitation, renewed }: Place,
  { email, url, sites }: WalkState,
): Step[] {
  const steps: Step[] = [];
  if (email === null && invitation.allowedEmails.length > 0) steps.push("email");
  if (url === null) steps.push("provider");
  if (sites.length === 0 && renewed === undefined) steps.push("sites");
  return [...steps, "login"];
}

export function stay({ now }: Moment, state: WalkState, problems: Problem[]): WalkState {
  return { ...state, problems, made: now };
}
