/** SIGINT, SIGTERM and SIGHUP at each request: the documented exit, and a line whose command goes on. */
import { newPlan, sumOf } from "./account.mjs";
import { openProxy, passOn } from "./proxy.mjs";
import { checkEnd, checkFailure, finish, searchHome, secretsOf } from "./runs.mjs";

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
  for (let number = 1; ; number += 1) {
    const { stopped, found } = await lane(() => stopAt(parts, signal, commits, number));
    if (stopped === null) {
      if (number === 1) found.wrong.push("no request was seen");
      if (found.wrong.length > 0) tally.add(row, "the undisturbed run", found);
      say(`${row}, ${moment}: ${number - 1} requests`);
      return;
    }
    tally.add(row, `${stopped} (request ${number}, ${moment})`, found);
  }
}

async function stopAt({ world, account, mark }, signal, commits, number) {
  const home = world.newHome();
  const plan = newPlan();
  const proxy = await openProxy(account, mark.text);
  const env = { NECTAR_API_KEY: mark.text };
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
  running = home.start([...plan.words, "--api-url", proxy.url], { env });
  const first = await running.ended;
  proxy.next(passOn);
  try {
    if (stopped === null) return { stopped, found: checkEnd(first, [0], "the undisturbed run") };
    const line = /^ {2}(nectar onboard .*?)(?: {3}.*)?$/m.exec(first.stderr)?.[1];
    const said = sumOf(
      checkEnd(first, [STATUS[signal]], "the stopped run"),
      checkFailure(first, "the stopped run"),
      line === undefined ? { wrong: [`it names no command: ${first.stderr}`] } : {},
    );
    const again = () => home.shell(line ?? "false", { env });
    const { ended, found } = await finish({ account, home, plan, again });
    const leaks = searchHome(home, [first, ended], secretsOf(account, [mark]));
    return { stopped, found: sumOf(said, found, leaks) };
  } finally {
    proxy.close();
  }
}
