/** `nectar emulator start`: the local API as a server for other programs, until Ctrl-C. */

import { defineCommand, option, schemaOf } from "../../cli/define.ts";
import { DURATION_ALLOWED, parseDuration } from "../../cli/duration.ts";
import { InterruptedError } from "../../errors.ts";
import type { Context } from "../context.ts";

const FORMS = ["both", "guide", "reference"] as const;
const SPELLINGS = ["PASSWORD_INCORRECT", "INCORRECT_PASSWORD"] as const;

const fields = {
  port: option("--port <N>", {
    help: "port on 127.0.0.1; 0 picks a free one",
    schema: schemaOf((text) => {
      if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) throw new Error("");
      return Number(text);
    }),
    allowed: "a port from 0 to 65535",
    fallback: "4010",
  }),
  latency: option("--latency <DURATION>", {
    help: "wait this long before each answer",
    schema: schemaOf((text) => {
      const ms = parseDuration(text);
      if (ms === null) throw new Error("");
      return ms;
    }),
    allowed: DURATION_ALLOWED,
  }),
  paths: option("--paths <FORM>", {
    help: "which of the documented path forms to answer: both, guide or reference",
    schema: oneOf(FORMS),
    allowed: "both, guide or reference",
    fallback: "both",
  }),
  wrongPassword: option("--wrong-password-status <STATUS>", {
    help: "how to spell the status of a wrong login",
    schema: oneOf(SPELLINGS),
    allowed: SPELLINGS.join(" or "),
    fallback: SPELLINGS[0],
  }),
} as const;

export const command = defineCommand({
  description:
    "Serves the Nectar API on this machine for curl, your own programs and your tests. It listens on 127.0.0.1 only\nand accepts only its own key, so that nobody needs a real one here. Ctrl-C ends it.\nOther `nectar --local` commands use it while it runs.",
  fields,
  examples: [
    { command: "nectar emulator start", note: "on port 4010" },
    { command: "nectar emulator start --port 0 --json", note: "on a free port; prints {url, key}" },
  ],
  async run(input, context: Context): Promise<Started> {
    const { startEmulator } = await import("../../emulator/server.ts");
    const { clock, newId, pid, isAlive } = context.machine;
    const { latency } = input;
    const emulator = await startEmulator({
      stateDir: context.places.stateDir,
      port: input.port,
      standing: true,
      clock,
      ids: newId,
      pid,
      isAlive,
      paths: input.paths,
      wrongPasswordStatus: input.wrongPassword,
      ...(latency === undefined ? {} : { delay: () => clock.sleep(latency, context.signal) }),
    });
    context.onClose(() => emulator.close());
    return { url: emulator.url, key: emulator.key };
  },
  view: {
    human: ({ url, key }) => `URL  ${url}\nKey  ${key}`,
    plain: ({ url, key }) => `${url}\t${key}`,
    ids: ({ url, key }) => [url, key],
    json: ({ url, key }) => ({ url, key }),
    footer: () => "Ctrl-C ends it.",
  },
  async hold(_value, context) {
    if (!context.signal.aborted) {
      await new Promise<void>((resolve) => {
        context.signal.addEventListener("abort", () => resolve(), { once: true });
      });
    }
    const reason: unknown = context.signal.reason;
    if (!(reason instanceof InterruptedError)) throw reason;
    if (reason.exit !== "sigint") {
      throw new InterruptedError(reason.exit, { hint: "The emulator's data is kept." });
    }
  },
});

interface Started {
  readonly url: string;
  readonly key: string;
}

function oneOf<const Name extends string>(names: readonly Name[]) {
  return schemaOf((text): Name => {
    const found = names.find((name) => name === text);
    if (found === undefined) throw new Error("");
    return found;
  });
}
