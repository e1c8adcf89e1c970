/** A redirect, and a change of protocol, where an object or a list was asked for: no run outlives its deadline. */
import { newPlan, sumOf } from "./account.mjs";
import { openProxy, passOn } from "./proxy.mjs";
import { creates, first, KINDS, lists } from "./requests.mjs";
import { checkEnd, checkFailure, finish, searchHome, secretsOf } from "./runs.mjs";

const DEADLINE_MS = 45_000;
/** To start, to stop, and to be late on a busy machine. */
const SLACK_MS = 30_000;
const ELSEWHERE = "https://elsewhere.example:8443";

/** The answer, and the origin that its error names. */
const ANSWERS = {
  "a redirect": {
    answer: (exchange) =>
      exchange.pass({ status: 308, headers: { location: `${ELSEWHERE}${exchange.path}` } }),
    originOf: () => ELSEWHERE,
  },
  "101 Switching Protocols": {
    answer: (exchange) => exchange.switchProtocols(),
    originOf: (proxy) => new URL(proxy.url).origin,
  },
};
const rowOf = (answer) => `${answer} on a create or a list`;
export const ANSWER_ROWS = Object.keys(ANSWERS).map(rowOf);

/** Each list is only asked for where something is there already. */
const ASKED = [
  ...KINDS.map((kind) => ({ kind, asks: creates, verb: "create" })),
  ...["company", "connection"].map((kind) => ({ kind, asks: lists, verb: "list" })),
];

export async function answerStrangely(parts) {
  const { tally, say, lane } = parts;
  const cases = Object.keys(ANSWERS).flatMap((answer) =>
    ASKED.flatMap((asked) => [true, false].map((once) => ({ answer, once, ...asked }))),
  );
  await Promise.all(
    cases.map((one) =>
      lane(async () => {
        const which = `on the ${one.kind}'s ${one.verb}, ${one.once ? "once" : "every time"}`;
        tally.add(rowOf(one.answer), which, await meet(parts, one));
      }),
    ),
  );
  say(`strange answers: ${cases.length}`);
}

async function meet({ world, account, mark }, { answer, once, kind, asks, verb }) {
  const plan = newPlan();
  const proxy = await openProxy(account, mark.text);
  const env = { NECTAR_API_KEY: mark.text };
  const start = (home, ...more) =>
    home.run([...plan.words, "--api-url", proxy.url, ...more], { env });
  // On another machine, so that the lists are what the run has to go by.
  if (verb === "list") await start(world.newHome());
  const home = world.newHome();
  const { answer: give, originOf } = ANSWERS[answer];
  let came = false;
  const strange = (exchange) => {
    came = true;
    return give(exchange);
  };
  const isMeant = (exchange) => asks(exchange, kind);
  proxy.next(
    once
      ? first(isMeant, strange).handler
      : (exchange) => (isMeant(exchange) ? strange(exchange) : passOn(exchange)),
  );
  const broken = await start(home, "--timeout", `${DEADLINE_MS}ms`);
  proxy.next(passOn);
  const { ended, found } = await finish({ account, home, plan, again: () => start(home) });
  const origin = originOf(proxy);
  proxy.close();
  return sumOf(
    came ? {} : { wrong: ["no request met it"] },
    checkEnd(broken, [6], "the broken run"),
    checkFailure(broken, "the broken run"),
    broken.ms > DEADLINE_MS + SLACK_MS ? { wrong: [`it took ${Math.round(broken.ms)} ms`] } : {},
    broken.stderr.includes(origin)
      ? {}
      : { wrong: [`it does not name ${origin}: ${broken.stderr}`] },
    found,
    searchHome(home, [broken, ended], secretsOf(account, [mark])),
  );
}
