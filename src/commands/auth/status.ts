/** `nectar auth status`: which key is used, where it comes from, and whether the API accepts it. */
import { defineCommand } from "../../cli/define.ts";
import { recordView } from "../../cli/view.ts";
import { AuthError } from "../../errors.ts";
import { maskKey } from "../../profile/credentials.ts";
import type { Context } from "../context.ts";
import { findKey, findTarget, nectarApi, openApi } from "../session.ts";

export const command = defineCommand({
  description:
    "Shows the source of the key, a fingerprint that gives nothing of it away, and whether the API accepts it.\nEnds with 4 when there is no key or the key is refused.",
  fields: {},
  examples: [
    { command: "nectar auth status", note: "of the current profile" },
    { command: "nectar auth status --profile acme --json", note: "of another one, as JSON" },
  ],
  async run(_input, context: Context): Promise<AuthStatus> {
    const profile = await context.profileName();
    const target = (await findTarget(context)) ?? nectarApi();
    const { key, source, where, baseUrl } = await findKey(target, profile, context);
    const api = await openApi(context, { key, baseUrl });
    const base = { profile, target: target.name, source, where, fingerprint: maskKey(key) };
    try {
      await api.ping();
      return { ...base, valid: true, reason: null };
    } catch (error) {
      if (!(error instanceof AuthError)) throw error;
      return { ...base, valid: false, reason: error.message };
    }
  },
  view: recordView<AuthStatus>({
    fields: ({ profile, target, source, where, fingerprint, valid, reason }) => [
      ["Profile", profile],
      ["Target", target],
      ["Source", source === where ? source : `${source}  ${where}`],
      ["Key", fingerprint],
      ["Accepted", valid ? "yes" : "no"],
      ...(reason === null ? [] : ([["Reason", reason]] as const)),
    ],
    ids: ({ profile }) => [profile],
    json: (value) => value,
  }),
  exit: ({ valid }) => (valid ? "done" : "auth"),
});

interface AuthStatus {
  readonly profile: string;
  readonly target: string;
  readonly source: string;
  readonly where: string;
  readonly fingerprint: string;
  readonly valid: boolean;
  readonly reason: string | null;
}
