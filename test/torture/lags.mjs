/** Lists that lag behind what was created, as those of an account do that is spread over several machines. */
import { newPlan, openAccount, sumOf } from "./account.mjs";
import { openProxy, passOn } from "./proxy.mjs";
import { creates, first, KINDS, loseAnswer } from "./requests.mjs";
import { checkEnd, examineAfter, searchHome, secretsOf } from "./runs.mjs";

const LAGS_MS = [1_000, 5_000, 9_000];
const rowOf = (lagMs) => `lists that lag ${lagMs / 1000} s`;
export const LAG_ROWS = LAGS_MS.map(rowOf);

/** What happens before the lists have caught up. */
const TRIES = {
  "done, then twice at once": again,
  ...Object.fromEntries(
    KINDS.flatMap((kind) => [
      [`the ${kind}'s answer is lost`, (tools) => lost(tools, kind)],
      [`SIGKILL after the ${kind}'s commit`, (tools) => killed(tools, kind)],
    ]),
  ),
};

export async function lag(parts) {
  await Promise.all(LAGS_MS.map((lagMs) => lagBy(parts, lagMs)));
  parts.say(`lags: ${LAGS_MS.length * Object.keys(TRIES).length}`);
}

async function lagBy(parts, lagMs) {
  const { world, tally, mark, lane } = parts;
  const account = await openAccount(world);
  await account.fault({ method: "GET", path: "**", lagMs, times: null });
  const tries = await Promise.all(
    Object.entries(TRIES).map(([which, run]) =>
      lane(async () => {
        const home = world.newHome();
        const plan = newPlan();
        const proxy = await openProxy(account, mark.text);
        const words = [...plan.words, "--api-url", proxy.url];
        const start = (...more) =>
          home.start([...words, ...more], { env: { NECTAR_API_KEY: mark.text } });
        const { ends, found } = await run({ proxy, start });
        proxy.close();
        const leaks = searchHome(home, ends, secretsOf(account, [mark]));
        return { which, home, plan, found: sumOf(found, leaks) };
      }),
    ),
  );
  await account.clearFaults();
  for (const { which, home, plan, found } of tries) {
    tally.add(rowOf(lagMs), which, await examineAfter(account, home, plan, found));
  }
  await account.close();
}

async function again({ start }) {
  const done = await start().ended;
  const two = [start("--wait-lock", "60s"), start("--wait-lock", "60s")];
  const ends = [done, ...(await Promise.all(two.map(({ ended }) => ended)))];
  return { ends, found: allDone(ends) };
}

async function lost({ proxy, start }, kind) {
  const { handler, hasMet } = first((exchange) => creates(exchange, kind), loseAnswer);
  proxy.next(handler);
  const ends = [await start().ended, await start().ended];
  return { ends, found: sumOf(met(hasMet), allDone(ends)) };
}

async function killed({ proxy, start }, kind) {
  let running = null;
  const { handler, hasMet } = first(
    (exchange) => creates(exchange, kind),
    async (exchange) => {
      await exchange.forward();
      running.kill("SIGKILL");
    },
  );
  proxy.next(handler);
  running = start();
  const broken = await running.ended;
  proxy.next(passOn);
  const ends = [await start().ended, await start().ended];
  return { ends: [broken, ...ends], found: sumOf(met(hasMet), allDone(ends)) };
}

function met(hasMet) {
  return hasMet() ? {} : { wrong: ["the create did not come"] };
}

function allDone(ends) {
  return sumOf(...ends.map((ended, index) => checkEnd(ended, [0], `run ${index + 1}`)));
}
