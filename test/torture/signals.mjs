/** SIGINT, SIGTERM and SIGHUP at each request: the documented exit, and a line whose command goes on. */
import { newPlan, sumOf } from "./account.mjs";
import { openProxy, passOn } from "./proxy.mjs";
import { checkEnd, checkFailure, commandsIn, finish, searchHome, secretsOf } from "./runs.mjs";

const STATUS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };
/** The account has acted, or has never heard of it. */
const MOMENTS = [
  ["after the commit", true],
  ["before it is sent on", false],
];

const rowOf = (signal) => `${signal} at each request, its command run`;
export const SIGNAL_ROWS = Object.keys(STATUS).map(rowOf);

export async function stopAtRequests(parts) {
  await Promise.all(
    Object.keys(STATUS).flatMap((signal) =>
      MOMENTS.map(([moment, commits]) => stopEach(parts, signal, moment, commits)),
    ),
  );
}

async function stopEach(parts, signal, moment, commits) {
  const { tally, say, lane } = parts;
  const row = rowOf(signal);
  const rest = [];
  for (let number = 1; ; number += 1) {
    // Its command waits for the time in which the create may still appear, and the next number need not.
    const stopped = await new Promise((resolve, reject) => {
      const both = lane(async () => {
        const one = await firstRun(parts, signal, commits, number);
        resolve(one.stopped);
        if (one.stopped === null) return endUndisturbed(parts, row, one);
        const which = `${one.stopped} (request ${number}, ${moment})`;
        tally.add(row, which, await secondRun(parts, signal, one));
      });
      both.catch(reject);
      rest.push(both);
    });
    if (stopped === null) break;
  }
  await Promise.all(rest);
  say(`${row}, ${moment}: ${rest.length - 1} requests`);
  if (rest.length === 1) tally.add(row, moment, { wrong: ["no request was seen"] });
}

/** Not a try: it only tells that all requests were tried. */
function endUndisturbed({ tally }, row, { first, proxy }) {
  proxy.close();
  const found = checkEnd(first, [0], "the undisturbed run");
  if (found.wrong.length > 0) tally.add(row, "the undisturbed run", found);
}

async function firstRun({ world, account, mark }, signal, commits, number) {
  const home = world.newHome();
  const plan = newPlan();
  const proxy = await openProxy(account, mark.text);
  let stopped = null;
  let running = null;
  proxy.next(async (exchange) => {
    if (stopped !== null) return exchange.cut();
    if (exchange.number !== number) return passOn(exchange);
    if (commits) await exchange.forward();
    stopped = `${exchange.method} ${exchange.path}`;
    running.kill(signal);
    // The answer never comes: the signal has to end the wait for it.
  });
  const env = { NECTAR_API_KEY: mark.text };
  running = home.start([...plan.words, "--api-url", proxy.url], { env });
  const first = await running.ended;
  proxy.next(passOn);
  return { home, plan, proxy, env, stopped, first };
}

async function secondRun({ account, mark }, signal, { home, plan, proxy, env, first }) {
  const [line] = commandsIn(first.stderr).filter((one) => one.startsWith("nectar onboard "));
  const said = sumOf(
    checkEnd(first, [STATUS[signal]], "the stopped run"),
    checkFailure(first, "the stopped run"),
    line === undefined ? { wrong: [`it names no command: ${first.stderr}`] } : {},
  );
  const again = () => home.shell(line ?? "false", { env });
  const { ended, found } = await finish({ account, home, plan, again });
  proxy.close();
  return sumOf(said, found, searchHome(home, [first, ended], secretsOf(account, [mark])));
}
