/** `nectar emulator start`: the local API as a server for other programs, until Ctrl-C. */
import type { Context } from "../../app/context.ts";
import { defineCommand, option, toggle } from "../../cli/define.ts";
import { objectOf, text } from "../../cli/shape.ts";
import { pathSpec, portSpec } from "../../cli/values.ts";
import { DEFAULT_PORT } from "../../emulator/emulator.ts";
import { checkSettings, settings, startSeeded, untilStopped } from "./settings.ts";

const fields = {
  port: option("--port <N>", {
    help: "port on 127.0.0.1; 0 picks a free one",
    fallback: String(DEFAULT_PORT),
    ...portSpec,
  }),
  ...settings,
  seed: option("--seed <FILE>", {
    help: "load data from a JSON file first, or from stdin with -; see nectar emulator seed --help",
    ...pathSpec,
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
  async run(input, context: Context) {
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
    const data = memory ? "was only in memory" : "is kept";
    await untilStopped(context.signal, stopped, `The emulator's data ${data}.`);
  },
});
