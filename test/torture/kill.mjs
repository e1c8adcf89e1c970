/**
 * SIGKILL at each request of an onboarding, seen from the network: before the account gets it, after it has acted but
 * before its answer is passed on, after that, and while the request is still under way and comes later.
 */
import { newPlan, sumOf } from "./account.mjs";
import { pause } from "./lanes.mjs";
import { openProxy, passOn } from "./proxy.mjs";
import { checkEnd, finish, searchHome, secretsOf } from "./runs.mjs";

/** When the request of a killed process comes after all: as soon as the next one has looked once, or later. */
const LATE_MS = [0, 1_000];

const MODES = {
  "SIGKILL before a request is sent on": async ({ kill }) => kill(),
  "SIGKILL after the commit, before the answer": async ({ exchange, kill }) => {
    await exchange.forward();
    kill();
  },
  "SIGKILL after the answer": async ({ exchange, kill }) => {
    await exchange.pass(await exchange.forward());
    kill();
  },
};
const LATE = "SIGKILL, and the request comes later";

export const KILL_ROWS = [...Object.keys(MODES), LATE];

/** Tries every request in every mode. */
export async function killAtRequests(parts) {
  await Promise.all([
    ...Object.entries(MODES).map(([row, at]) => killEach(parts, row, at, null)),
    ...LATE_MS.map((lateMs) =>
      killEach(
        parts,
        LATE,
        async ({ exchange, kill, hold }) => {
          hold(exchange);
          kill();
        },
        lateMs,
      ),
    ),
  ]);
}

/** The first request, the second, and so on, until a run ends without having been killed. */
async function killEach(parts, row, at, lateMs) {
  const { tally, say, lane } = parts;
  const rest = [];
  for (let number = 1; ; number += 1) {
    // The second run follows at once: what is under way for longer than a minute is held for lost.
    const killed = await new Promise((resolve, reject) => {
      const both = lane(async () => {
        const one = await firstRun(parts, at, number);
        resolve(one.killed);
        if (one.killed === null) return endUndisturbed(parts, row, one);
        const which = `${one.killed} (request ${number}${lateMs ? `, ${lateMs} ms late` : ""})`;
        tally.add(row, which, await secondRun(parts, one, lateMs));
      });
      both.catch(reject);
      rest.push(both);
    });
    if (killed === null) break;
  }
  await Promise.all(rest);
  say(`${row}${lateMs ? `, ${lateMs} ms` : ""}: ${rest.length - 1} requests`);
}

/** Not a try: it only tells that all requests were tried. */
function endUndisturbed({ tally }, row, { ended, proxy }) {
  proxy.close();
  const found = checkEnd(ended, [0], "the undisturbed run");
  if (found.wrong.length > 0) tally.add(row, "the undisturbed run", found);
}

async function firstRun({ world, account, mark }, at, number) {
  const home = world.newHome();
  const plan = newPlan();
  const proxy = await openProxy(account, mark.text);
  const held = [];
  let killed = null;
  let running = null;
  proxy.next(async (exchange) => {
    // What a killed process had sent besides is as late as the rest.
    if (killed !== null) return held.push(exchange);
    if (exchange.number !== number) return passOn(exchange);
    const kill = () => {
      killed = `${exchange.method} ${exchange.path}`;
      running.kill("SIGKILL");
    };
    await at({ exchange, kill, hold: (one) => held.push(one) });
  });
  const start = () =>
    home.start([...plan.words, "--api-url", proxy.url], { env: { NECTAR_API_KEY: mark.text } });
  running = start();
  const ended = await running.ended;
  return { home, plan, proxy, held, killed, ended, again: () => start().ended };
}

async function secondRun({ account, mark }, one, lateMs) {
  const { home, proxy, held, ended } = one;
  const forms = () => secretsOf(account, [mark]);
  const between = searchHome(home, [ended], forms());
  const landing = [];
  const land = () => landing.push(...held.splice(0).map((exchange) => exchange.forward()));
  proxy.next(async (exchange) => {
    await passOn(exchange);
    if (lateMs === null || exchange.number !== 1) return;
    await pause(lateMs);
    land();
  });
  const { ended: second, found } = await finish({
    account,
    ...one,
    again: async () => {
      const end = await one.again();
      if (lateMs !== null) land();
      await Promise.all(landing);
      return end;
    },
  });
  proxy.close();
  return sumOf(between, found, searchHome(home, [second], forms()));
}
