/** `nectar auth status`: which key is used, where it comes from, and whether the API accepts it. */
import { findKey, findTarget, openApi } from "../../app/client.ts";
import type { Context } from "../../app/context.ts";
import { NECTAR } from "../../app/target.ts";
import { defineCommand } from "../../cli/define.ts";
import { objectOf, orNull, text, yesNo } from "../../cli/shape.ts";
import { recordView } from "../../cli/view.ts";
import { AuthError } from "../../errors.ts";
import { maskKey } from "../../profile/credentials.ts";
import { requireProfile } from "../profiles/ids.ts";

export const command = defineCommand({
  description:
    "Shows the source of the key, a fingerprint that does not reveal it, and whether the API accepts it.\nExits with 4 when there is no key or the key is refused.",
  fields: {},
  examples: {
    "nectar auth status": "of the current profile",
    "nectar auth status --profile acme --json": "of another one, as JSON",
  },
  async run(_input, context: Context): Promise<AuthStatus> {
    await requireProfile(context);
    const profile = await context.profileName();
    const target = (await findTarget(context)) ?? NECTAR;
    const { key, source, where, baseUrl } = await findKey(target, profile, context);
    const api = await openApi(context, { key, baseUrl });
    const base = { profile, target: target.name, source, where, fingerprint: maskKey(key) };
    try {
      await api.ping();
      return { ...base, refusal: null };
    } catch (error) {
      if (!(error instanceof AuthError)) throw error;
      const next = [{ words: ["nectar", "auth", "login"], why: "store another key" }];
      return { ...base, refusal: error.with({ next }) };
    }
  },
  view: recordView<AuthStatus>({
    fields: ({ profile, target, source, where, fingerprint, refusal }, place) => [
      ["Profile", profile],
      ["Target", target],
      ["Source", source === where ? source : `${source}  ${where}`],
      ["Key", fingerprint],
      ["Accepted", refusal === null ? "yes" : "no"],
      // On a terminal the error is printed right below.
      ...(refusal === null || place === "terminal" ? [] : ([["Reason", refusal.message]] as const)),
    ],
    ids: ({ profile }) => [profile],
    json: ({ refusal, ...rest }) => ({
      ...rest,
      valid: refusal === null,
      reason: refusal?.message ?? null,
    }),
    shape: objectOf({
      ...{ profile: text, target: text, source: text, where: text, fingerprint: text },
      ...{ valid: yesNo, reason: orNull(text) },
    }),
  }),
  failure: ({ refusal }) => refusal,
});

interface AuthStatus {
  readonly profile: string;
  readonly target: string;
  readonly source: string;
  readonly where: string;
  readonly fingerprint: string;
  /** Why the API did not accept the key; null when it did. */
  readonly refusal: AuthError | null;
}
