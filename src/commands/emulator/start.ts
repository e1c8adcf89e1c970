/** `nectar emulator start`: the local API as a server for other programs, until Ctrl-C. */
import * as z from "zod/mini";
import type { Context } from "../../app/context.ts";
import { defineCommand, list, option, schemaOf, toggle } from "../../cli/define.ts";
import { objectOf, text } from "../../cli/shape.ts";
import { DURATION_ALLOWED, oneOf, parseDuration, portSpec } from "../../cli/values.ts";
import {
  DEFAULT_PORT,
  LONGEST_DATA_DELAY_MS,
  PATH_FORMS,
  parseScenarioEntry,
  readScenario,
  SCENARIO_NAMES,
  startEmulator,
  WRONG_PASSWORD_STATUSES,
} from "../../emulator/emulator.ts";
import { InterruptedError } from "../../errors.ts";
import { readJsonFile } from "./drive.ts";

const fields = {
  port: option("--port <N>", {
    help: "port on 127.0.0.1; 0 picks a free one",
    fallback: String(DEFAULT_PORT),
    ...portSpec,
  }),
  latency: option("--latency <DURATION>", {
    help: "wait this long before each response",
    schema: schemaOf((text) => {
      const ms = parseDuration(text);
      if (ms === null) throw new Error("");
      return ms;
    }),
    allowed: DURATION_ALLOWED,
  }),
  paths: option("--paths <FORM>", {
    help: "which of the documented path forms to serve: both, guide or reference",
    schema: oneOf(PATH_FORMS),
    allowed: "both, guide or reference",
    fallback: "both",
  }),
  wrongPassword: option("--wrong-password-status <STATUS>", {
    help: "how to spell the status of a wrong login",
    schema: oneOf(WRONG_PASSWORD_STATUSES),
    allowed: WRONG_PASSWORD_STATUSES.join(" or "),
    fallback: WRONG_PASSWORD_STATUSES[0],
  }),
  scenario: list("--scenario <NAME=VALUE>", {
    help: `what new connections go through automatically, such as mfa-expires-after=3 (weekly checks) or pending-for=10m (repeatable): ${SCENARIO_NAMES.join(", ")}`,
    schema: schemaOf(parseScenarioEntry),
    allowed: `NAME=VALUE with one of ${SCENARIO_NAMES.join(", ")}`,
  }),
  dataDelay: option("--data-delay <DURATION>", {
    help: "how long after a login its data appears, up to 30s; 0 for at once (default: 2s)",
    schema: schemaOf((text) => {
      const ms = /^0(?:ms|s)?$/.test(text) ? 0 : parseDuration(text);
      if (ms === null || ms > LONGEST_DATA_DELAY_MS) throw new Error("");
      return ms;
    }),
    allowed: "a duration from 0s to 30s",
  }),
  seed: option("--seed <FILE>", {
    help: "load data from a JSON file first, or from stdin with -; see nectar emulator seed --help",
    schema: z.string().check(z.minLength(1)),
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
  examples: [
    { command: "nectar emulator start", note: `on port ${DEFAULT_PORT}` },
    { command: "nectar emulator start --port 0 --json", note: "on a free port; prints {url, key}" },
    {
      command: "nectar emulator start --scenario mfa-expires-after=3",
      note: "new connections lose their second factor at the third weekly check",
    },
    {
      command: "nectar emulator start --memory --port 0 --seed seed.json --json",
      note: "for a test: loaded from a file, and gone with the process",
    },
  ],
  check: ({ scenario }) => {
    readScenario(scenario);
  },
  async run(input, context: Context): Promise<Started> {
    const { clock, newId, pid, isAlive } = context;
    const { latency, memory = false, seed } = input;
    const data = seed === undefined ? null : await readJsonFile("--seed", seed, context);
    const emulator = await startEmulator({
      ...context.stateFolder,
      stateDir: memory ? null : context.stateFolder.stateDir,
      port: input.port,
      standing: !memory,
      live: true,
      ownProcess: true,
      clock,
      ids: newId,
      pid,
      isAlive,
      paths: input.paths,
      wrongPasswordStatus: input.wrongPassword,
      scenario: readScenario(input.scenario, input.wrongPassword),
      dataDelayMs: input.dataDelay,
      ...(latency === undefined ? {} : { delay: () => clock.sleep(latency, context.signal) }),
    });
    context.onClose(() => emulator.close());
    if (data !== null) await emulator.seed(data);
    return { url: emulator.url, key: emulator.key, memory };
  },
  view: {
    human: ({ url, key }) => `URL  ${url}\nKey  ${key}`,
    plain: ({ url, key }) => `${url}\t${key}`,
    ids: ({ url, key }) => [url, key],
    json: ({ url, key }) => ({ url, key }),
    shape: objectOf({ url: text, key: text }),
    footer: () => "Press Ctrl-C to stop.",
  },
  async hold({ memory }, context) {
    if (!context.signal.aborted) {
      await new Promise<void>((resolve) => {
        context.signal.addEventListener("abort", () => resolve(), { once: true });
      });
    }
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
}
