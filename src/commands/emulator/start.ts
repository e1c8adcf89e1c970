/** `nectar emulator start`: the local API as a server for other programs, until Ctrl-C. */
import type { Context } from "../../app/context.ts";
import { defineCommand, option, toggle } from "../../cli/define.ts";
import { objectOf, text } from "../../cli/shape.ts";
import { nonEmpty, portSpec } from "../../cli/values.ts";
import { DEFAULT_PORT } from "../../emulator/emulator.ts";
import { InterruptedError } from "../../errors.ts";
import { checkSettings, settings, startSeeded } from "./settings.ts";

const fields = {
  port: option("--port <N>", {
    help: "port on 127.0.0.1; 0 picks a free one",
    fallback: String(DEFAULT_PORT),
    ...portSpec,
  }),
  ...settings,
  seed: option("--seed <FILE>", {
    help: "load data from a JSON file first, or from stdin with -; see nectar emulator seed --help",
    read: nonEmpty,
    allowed: "a path, or - for stdin",
  }),
  memory: toggle("--memory", {
    help: "keep everything in memory: nothing is stored, and only --api-url with NECTAR_API_KEY can reach it",
  }),
} as const;

export const command = defineCommand({
  description:
    "Serves the Nectar API on this machine for curl, your own programs and your tests. It listens on 127.0.0.1 only\nand accepts only its own key, so no real key is needed. Press Ctrl-C to stop it.\nOther `nectar --local` commands use it while it runs.",
  fields,
  examples: {
    "nectar emulator start": `on port ${DEFAULT_PORT}`,
    "nectar emulator start --port 0 --json": "on a free port; prints {url, key}",
    "nectar emulator start --scenario mfa-expires-after=3":
      "new connections lose their second factor at the third weekly check",
    "nectar emulator start --memory --port 0 --seed seed.json --json":
      "for a test: loaded from a file, and gone with the process",
  },
  check: checkSettings,
  async run(input, context: Context): Promise<Started> {
    const { memory = false, port } = input;
    const { url, key, stopped } = await startSeeded(input, context, {
      stateDir: memory ? null : context.emulator.stateDir,
      ...{ port, standing: !memory, ownProcess: true },
    });
    return { url, key, memory, stopped };
  },
  view: {
    human: ({ url, key }) => `URL  ${url}\nKey  ${key}`,
    plain: ({ url, key }) => `${url}\t${key}`,
    ids: ({ url, key }) => [url, key],
    json: ({ url, key }) => ({ url, key }),
    shape: objectOf({ url: text, key: text }),
    footer: () => "Press Ctrl-C to stop.",
  },
  async hold({ memory, stopped }, context) {
    if (!context.signal.aborted) {
      const aborted = new Promise<void>((resolve) => {
        context.signal.addEventListener("abort", () => resolve(), { once: true });
      });
      await Promise.race([aborted, stopped]);
    }
    if (!context.signal.aborted) return;
    const reason: unknown = context.signal.reason;
    if (!(reason instanceof InterruptedError)) throw reason;
    if (reason.exit !== "sigint") {
      const hint = memory
        ? "The emulator's data was only in memory."
        : "The emulator's data is kept.";
      throw new InterruptedError(reason.exit, { hint });
    }
  },
});

interface Started {
  readonly url: string;
  readonly key: string;
  readonly memory: boolean;
  /** Resolves when `nectar emulator stop` asks it to end. */
  readonly stopped: Promise<void>;
}
