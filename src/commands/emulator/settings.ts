/** How an emulator behaves, starts and ends, for each command that starts one. */
import type { Context } from "../../app/context.ts";
import { type InputOf, list, option } from "../../cli/define.ts";
import { oneOf } from "../../cli/values.ts";
import {
  LONGEST_DATA_DELAY_MS,
  PATH_FORMS,
  parseScenarioEntry,
  readScenario,
  SCENARIO_NAMES,
  type StartOptions,
  startEmulator,
  WRONG_PASSWORD_STATUSES,
} from "../../emulator/emulator.ts";
import { InterruptedError } from "../../errors.ts";
import { DURATION_ALLOWED, parseDuration, readDuration } from "../../words/duration.ts";
import { readJsonFile } from "./drive.ts";

export const settings = {
  latency: option("--latency <DURATION>", {
    help: "wait this long before each response",
    read: parseDuration,
    allowed: DURATION_ALLOWED,
  }),
  paths: option("--paths <FORM>", {
    help: "which of the documented path forms to serve: both, guide or reference",
    ...oneOf(PATH_FORMS),
    allowed: "both, guide or reference",
    fallback: "both",
  }),
  wrongPassword: option("--wrong-password-status <STATUS>", {
    help: "how to spell the status of a wrong login",
    ...oneOf(WRONG_PASSWORD_STATUSES),
    allowed: WRONG_PASSWORD_STATUSES.join(" or "),
    fallback: WRONG_PASSWORD_STATUSES[0],
  }),
  scenario: list("--scenario <NAME=VALUE>", {
    help: `what new connections go through automatically, such as mfa-expires-after=3 (weekly checks) or pending-for=10m (repeatable): ${SCENARIO_NAMES.join(", ")}`,
    read: parseScenarioEntry,
    allowed: `NAME=VALUE with one of ${SCENARIO_NAMES.join(", ")}`,
    suggests: SCENARIO_NAMES.map((name) => `${name}=`),
  }),
  dataDelay: option("--data-delay <DURATION>", {
    help: "how long after a login its data appears, up to 30s; 0 for at once (default: 2s)",
    read: (text) => (/^0(?:ms|s)?$/.test(text) ? 0 : readDuration(text, LONGEST_DATA_DELAY_MS)),
    allowed: "a duration from 0s to 30s",
  }),
} as const;

/** @throws UsageError `invalid_scenario` */
export function checkSettings({ scenario }: Pick<InputOf<typeof settings>, "scenario">): void {
  readScenario(scenario);
}

/**
 * Starts an emulator with these settings, which ends with the command, and loads the seed into it.
 * @throws UsageError `invalid_input` for a seed that can't be read, `invalid_seed`; see `startEmulator`
 */
export async function startSeeded(
  {
    latency,
    paths,
    wrongPassword,
    scenario,
    dataDelay,
    seed,
  }: InputOf<typeof settings> & {
    readonly seed?: string | undefined;
  },
  context: Context,
  more: Pick<StartOptions, "stateDir" | "port" | "standing" | "ownProcess">,
) {
  const data = seed === undefined ? null : await readJsonFile("--seed", seed, context);
  const { clock, signal } = context;
  const emulator = await startEmulator({
    ...{ ...context.emulator, ...more, live: true, paths },
    wrongPasswordStatus: wrongPassword,
    scenario: readScenario(scenario),
    dataDelayMs: dataDelay,
    ...(latency === undefined ? {} : { delay: () => clock.sleep(latency, signal) }),
  });
  context.onClose(() => emulator.close());
  if (data !== null) await emulator.seed(data);
  return emulator;
}

/**
 * Waits until a server ends: by itself, or by Ctrl-C, the normal way to stop it.
 *
 * @param hint of the error for another signal
 * @throws InterruptedError for another signal
 */
export async function untilStopped(
  signal: AbortSignal,
  ended: Promise<void>,
  hint: string,
): Promise<void> {
  const aborted = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
  await Promise.race([aborted, ended]);
  if (!signal.aborted) return;
  const reason: unknown = signal.reason;
  if (!(reason instanceof InterruptedError)) throw reason;
  if (reason.exit !== "sigint") throw new InterruptedError(reason.exit, { hint });
}
