/** What the invitation commands share. */
import { argument } from "../../cli/define.ts";
import { idSpec } from "../profiles/ids.ts";

export const invitationArgument = argument("<id>", {
  help: "ID of the invitation, one of `nectar invitations list`",
  ...idSpec,
  required: true,
});
