/** Another connection for a login that has one: however its create ends, it is exactly one more. */
import { countTwins, examine, newPlan, sumOf } from "./account.mjs";
import { pause } from "./lanes.mjs";
import { openProxy, passOn } from "./proxy.mjs";
import { creates, first, loseAnswer } from "./requests.mjs";
import { checkEnd, searchHome, secretsOf } from "./runs.mjs";

const COMMANDS = {
  "connections create --new-connection": (plan) => [
    ...["connections", "create", "--profile", plan.profile, "--new-connection"],
  ],
  "onboard --new-connection": (plan) => [...plan.words, "--new-connection"],
};
const rowOf = (command) => `${command}, exactly one more`;
export const MORE_ROWS = Object.keys(COMMANDS).map(rowOf);

/** The one that was there, and one more. */
const MOST = 2;
const SLOW_MS = 9_000;

/** What happens to the create, and whether the command is run again: a run that ended with 0 has made its one. */
const TRIES = {
  "not disturbed": { act: passOn, again: false, ends: [0] },
  "its answer is lost": { act: loseAnswer, again: false, ends: [0] },
  "SIGKILL after the commit": { act: stopAfter("SIGKILL"), again: true, ends: null },
  "SIGTERM after the commit": { act: stopAfter("SIGTERM"), again: true, ends: [143] },
  "SIGKILL, and it takes 9 s": { act: stopBefore("SIGKILL"), again: true, ends: null },
  "SIGINT, and it takes 9 s": { act: stopBefore("SIGINT"), again: true, ends: [130] },
};

export async function createMore(parts) {
  const { tally, say, lane } = parts;
  const cases = Object.keys(COMMANDS).flatMap((command) =>
    Object.entries(TRIES).map(([which, how]) => ({ command, which, how })),
  );
  await Promise.all(
    cases.map(({ command, which, how }) =>
      lane(async () => {
        tally.add(rowOf(command), which, await tryOne(parts, COMMANDS[command], how));
      }),
    ),
  );
  say(`further connections: ${cases.length}`);
}

function stopAfter(signal) {
  return async (exchange, running) => {
    await exchange.forward();
    running.kill(signal);
  };
}

function stopBefore(signal) {
  return async (exchange, running) => {
    running.kill(signal);
    await pause(SLOW_MS);
    await exchange.forward();
  };
}

async function tryOne({ world, account, mark }, wordsOf, { act, again, ends }) {
  const home = world.newHome();
  const plan = newPlan();
  const proxy = await openProxy(account, mark.text);
  const env = { NECTAR_API_KEY: mark.text };
  const start = (words) => home.start([...words, "--api-url", proxy.url], { env });
  const done = await start(plan.words).ended;
  let running = null;
  const { handler, hasMet } = first(
    (exchange) => creates(exchange, "connection"),
    (exchange) => act(exchange, running),
  );
  proxy.next(handler);
  running = start(wordsOf(plan));
  const broken = await running.ended;
  proxy.next(passOn);
  const after = again ? [await start(wordsOf(plan)).ended] : [];
  proxy.close();
  const { connections } = await countTwins(account, plan, MOST);
  return sumOf(
    checkEnd(done, [0], "the first run"),
    hasMet() ? {} : { wrong: ["no further connection was created"] },
    ends === null ? {} : checkEnd(broken, ends, "the run"),
    ...after.map((ended) => checkEnd(ended, [0], "the run after it")),
    connections.length < MOST ? { wrong: [`${connections.length} connections are there`] } : {},
    await examine(account, home, plan, MOST),
    searchHome(home, [done, broken, ...after], secretsOf(account, [mark])),
  );
}
