/** `nectar invitations get`: one invitation, with its event log. */
import { getCommand } from "../profiles/ids.ts";
import { invitationView } from "./invitations.ts";

export const command = getCommand("invitation", {
  description:
    "Shows an invitation: its link, how often it was used, the connections created through it, and its event log.",
  examples: {
    "nectar invitations get 5b0f9f0e-7d0c-4a44-9c58-0c3b9d6f2e11": "with its event log",
    "nectar invitations get 5b0f9f0e-7d0c-4a44-9c58-0c3b9d6f2e11 --json": "as JSON",
  },
  get: (id, api) => api.getInvitation(id),
  view: invitationView,
});
