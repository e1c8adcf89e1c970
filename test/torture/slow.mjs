/** A create takes its time, and the run does not wait for it; the same command comes at once. */
import { newPlan, sumOf } from "./account.mjs";
import { pause } from "./lanes.mjs";
import { openProxy, passOn } from "./proxy.mjs";
import { creates, first, KINDS } from "./requests.mjs";
import { checkEnd, finish, searchHome, secretsOf } from "./runs.mjs";

/** Shorter than the minute for which a create is waited for. Milliseconds. */
const TAKES_MS = [30_000, 45_000];
/** How long the run has waited for the answer when it is stopped. */
const STOPPED_AFTER_MS = 1_500;

/** What ends the run, and with what. */
const STOPS = {
  SIGINT: { signal: "SIGINT", ends: [130] },
  SIGTERM: { signal: "SIGTERM", ends: [143] },
  SIGKILL: { signal: "SIGKILL", ends: null },
  // Above what it takes to get there on a busy machine, and below what the create takes.
  "--timeout": { words: ["--timeout", "25s"], ends: [6] },
};

const rowOf = (stop) => `a slow create, ${stop}`;
export const SLOW_ROWS = Object.keys(STOPS).map(rowOf);

export async function stopSlowCreates(parts) {
  const { tally, say, lane } = parts;
  const cases = Object.entries(STOPS).flatMap(([stop, how]) =>
    KINDS.flatMap((kind) => TAKES_MS.map((takesMs) => ({ stop, kind, takesMs, ...how }))),
  );
  await Promise.all(
    cases.map((one) =>
      lane(async () => {
        const which = `the ${one.kind}'s takes ${one.takesMs} ms`;
        tally.add(rowOf(one.stop), which, await stop(parts, one));
      }),
    ),
  );
  say(`slow creates: ${cases.length}`);
}

async function stop({ world, account, mark }, { kind, takesMs, signal, words = [], ends }) {
  const home = world.newHome();
  const plan = newPlan();
  const proxy = await openProxy(account, mark.text);
  const start = (more) =>
    home.start([...plan.words, "--api-url", proxy.url, ...more], {
      env: { NECTAR_API_KEY: mark.text },
    });
  let running = null;
  const { handler, hasMet } = first(
    (exchange) => creates(exchange, kind),
    async (exchange) => {
      if (signal !== undefined) {
        setTimeout(() => running.kill(signal), STOPPED_AFTER_MS);
      }
      await pause(takesMs);
      await passOn(exchange);
    },
  );
  proxy.next(handler);
  running = start(words);
  const stopped = await running.ended;
  proxy.next(passOn);
  const { ended, found } = await finish({ account, home, plan, again: () => start([]).ended });
  proxy.close();
  return sumOf(
    hasMet() ? {} : { wrong: ["no create was slow"] },
    ends === null ? {} : checkEnd(stopped, ends, "the stopped run"),
    found,
    searchHome(home, [stopped, ended], secretsOf(account, [mark])),
  );
}
