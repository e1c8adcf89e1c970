/** `nectar auth login`: reads a key from stdin or a prompt, checks it with `/ping`, then stores it. */
import { findTarget, openApi } from "../../app/client.ts";
import type { Context } from "../../app/context.ts";
import { checkBinding, NECTAR, type RemoteTarget } from "../../app/target.ts";
import { defineCommand, fromStdin, option } from "../../cli/define.ts";
import { text, wordOf, yesNo } from "../../cli/shape.ts";
import { oneOf } from "../../cli/values.ts";
import { resultView } from "../../cli/view.ts";
import { UsageError } from "../../errors.ts";
import { checkKey, maskKey } from "../../profile/credentials.ts";
import { newKey } from "../onboard/target-steps.ts";
import { storeKey } from "./store-key.ts";

const STORES = ["keyring", "file"] as const;

export const command = defineCommand({
  description:
    "Stores an API key for a profile and the origin that it belongs to; it is never sent anywhere else.\nKeys are created in Nectar's dashboard under Settings > Organization > API Keys.",
  fields: {
    key: fromStdin("--key-stdin", { help: "read the key from stdin" }),
    store: option("--store <STORE>", {
      help: "where to store it: keyring (the operating system's) or file (readable only by you); default: the keyring, or the file if there is none",
      ...oneOf(STORES),
      allowed: STORES.join(" or "),
    }),
  },
  examples: {
    "nectar auth login": "asks for the key",
    "nectar auth login --key-stdin --profile acme": "for scripts: the key is read from stdin",
    "nectar auth login --key-stdin --store file":
      "where there is no keyring, such as in a container",
  },
  missing: (input) =>
    input.key === undefined ? [{ flag: "--key-stdin", what: "the key, on stdin" }] : [],
  async interview(input, context: Context) {
    if (input.key !== undefined) return input;
    if (context.env["NECTAR_API_KEY"]) {
      context.note("NECTAR_API_KEY is set and takes precedence over a stored key.");
    }
    return {
      ...input,
      key: await newKey(await loginTarget(context), context, await context.prompter()),
    };
  },
  async run(input, context: Context) {
    const key = checkKey((input.key ?? "").trim());
    const target = await loginTarget(context);
    const profile = await context.profileName();
    checkBinding(target, await context.profile(), profile);
    const api = await openApi(context, { key, baseUrl: target.name });
    await api.ping();
    const { store, where } = await storeKey(key, target, context, input.store);
    return { profile, target: target.name, fingerprint: maskKey(key), store, where, valid: true };
  },
  view: resultView(
    {
      profile: { label: "Profile", shape: text },
      target: { label: "Target", shape: text },
      fingerprint: { label: "Key", shape: text },
      store: { shape: wordOf(STORES) },
      where: { label: "Kept in", shape: text },
      valid: { shape: yesNo },
    },
    "profile",
  ),
});

async function loginTarget(context: Context): Promise<RemoteTarget> {
  if (!context.globals.save) {
    throw new UsageError("invalid_input", "auth login stores a key, which --no-save forbids", {
      hint: "Leave --no-save out, or set NECTAR_API_KEY, which is not stored.",
    });
  }
  const target = (await findTarget(context)) ?? NECTAR;
  if (target.kind === "remote") return target;
  throw new UsageError(
    "invalid_input",
    "the local emulator needs no login: it creates its own key",
    {
      hint: "To store a key for the Nectar API, use another profile.",
      next: [
        { words: ["nectar", "auth", "login", "--profile", "NEW"], why: "a key for the Nectar API" },
      ],
    },
  );
}
