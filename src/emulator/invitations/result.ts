/** What came of a login that was sent through a link. Read on the stored state; changes nothing. */
import type { View } from "../state/collections.ts";
import type {
  CompanyRecord,
  ConnectionRecord,
  InvitationRecord,
  SiteRecord,
} from "../state/entities.ts";
import { providerOf } from "../statuses/login.ts";
import { at } from "../statuses/timeline.ts";
import { statusOf } from "./rules.ts";
import type { Seal } from "./seal.ts";

/** What a login came to. */
export interface Result {
  readonly invitation: InvitationRecord;
  readonly company: CompanyRecord;
  readonly connection: ConnectionRecord;
  readonly provider: string;
  readonly sites: readonly SiteRecord[];
  /** Whether the link can be used again. */
  readonly isOpen: boolean;
}

/**
 * What came of a login, whether or not the link can still be used.
 *
 * @param now the emulator's time, in milliseconds since 1970
 * @returns null when there is no such result
 */
export function readResult(
  token: string,
  receipt: string,
  view: View,
  now: number,
  seal: Seal,
): Result | null {
  const invitation = view.invitationByToken(token);
  const nonce = seal.openReceipt(token, receipt);
  const use = invitation?.uses.find((one) => one.nonce === nonce);
  const stored = use === undefined ? undefined : view.connection(use.connectionId);
  const company = invitation === undefined ? undefined : view.company(invitation.companyId);
  if (invitation === undefined || stored === undefined || company === undefined) return null;
  const connection = at(stored, now);
  return {
    invitation,
    company,
    connection,
    provider: providerOf(connection.url).name,
    sites: connection.siteIds.flatMap((id) => view.site(id) ?? []),
    isOpen: statusOf(invitation, now) === "ACTIVE",
  };
}
