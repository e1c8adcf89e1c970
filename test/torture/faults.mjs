/** Each create of an onboarding meets each fault of the emulator's menu; then the same command runs without it. */
import { newPlan, openAccount, sumOf } from "./account.mjs";
import { lanes, pause } from "./lanes.mjs";
import { checkEnd, checkFailure, finish, STACK, searchHome, secretsOf } from "./runs.mjs";

const CREATES = {
  company: "companies.create",
  site: "sites.create",
  connection: "connections.create",
};
/** Most of a case is waiting for the time in which a create may still appear. */
const ACCOUNTS = 16;
/** Three sites are created side by side, each once. */
const SENT_ONCE = { company: 1, site: 3, connection: 1 };

/** Done all the same, or the documented exit for a network that failed. */
const DONE = [0];
const FAILED = [6];
const EITHER = [0, 6];
const STOPPED = [143];

const status = (code, extra = {}) => ({ status: code, ...extra });
const SERVER = [500, 502, 503].flatMap((code) => [
  [`${code} before the commit`, status(code), FAILED],
  [`${code} after the commit`, status(code, { after: "commit" }), DONE],
]);
const after = (seconds) => ({ headers: { "retry-after": seconds } });

/** What happens → the fault, how the run may end, and further words for both runs. */
const FAULTS = [
  ["lost answer", { cut: "after" }, DONE],
  ["every answer lost", { cut: "after", times: null }, DONE],
  ["reset", { cut: "before" }, FAILED],
  ["reset every time", { cut: "before", times: null }, FAILED],
  ["reset, and no time to wait", { cut: "before" }, FAILED, ["--timeout", "15s"], []],
  ["429 with Retry-After", status(429, after("1")), DONE],
  ["429 for longer than the time", status(429, after("600")), FAILED],
  ["503 with Retry-After", status(503, after("1")), DONE],
  ...SERVER,
  ["503 every time", status(503, { times: null }), FAILED],
  ["time-out after the commit", { hang: "after" }, FAILED, ["--timeout", "15s"], []],
  ["late answer", { delayMs: 400 }, DONE],
  ["late commit", { commitAfterMs: 25_000 }, FAILED, ["--timeout", "15s"], []],
  // Stopped as soon as the account sits on it, so that the commit comes while the next run looks.
  ["SIGTERM and a late commit", { commitAfterMs: 1_500 }, STOPPED],
  ["HTML after the commit", { html: true, when: "after" }, DONE],
  ["HTML before the commit", { html: true, when: "before" }, FAILED],
  ["truncated answer", { truncate: 20 }, DONE],
  ["malformed JSON", { malformed: true, when: "after" }, DONE],
  ["malformed JSON before the commit", { malformed: true, when: "before" }, FAILED],
  ["endless answer", { endless: true, when: "after" }, EITHER],
  ["redirect", { redirect: "https://elsewhere.example/v2.2" }, FAILED],
  ["101", status(101), FAILED],
];

const rowOf = (create) => `faults on the ${create}'s create`;
export const FAULT_ROWS = Object.keys(CREATES).map(rowOf);

export async function meetFaults({ world, tally, say, mark }) {
  const cases = Object.entries(CREATES).flatMap(([create, route]) =>
    FAULTS.map(([name, fault, ends, first = [], second = first]) => ({
      row: rowOf(create),
      name,
      fault: { route, ...fault },
      most: SENT_ONCE[create],
      ends,
      first,
      second,
    })),
  );
  const accounts = await Promise.all(Array.from({ length: ACCOUNTS }, () => openAccount(world)));
  const free = [...accounts];
  const lane = lanes(ACCOUNTS);
  // A fault means the next request of whoever comes, so one run at a time has an account.
  await Promise.all(
    cases.map((one) =>
      lane(async () => {
        const account = free.pop();
        tally.add(one.row, one.name, await meet(world, account, mark, one));
        free.push(account);
      }),
    ),
  );
  await Promise.all(accounts.map((account) => account.close()));
  say(`faults: ${cases.length}`);
}

async function meet(world, account, mark, { fault, most, ends, first, second }) {
  const home = world.newHome();
  const plan = newPlan();
  const start = (more) =>
    home.start([...plan.words, "--api-url", account.url, ...more], {
      env: { NECTAR_API_KEY: account.key },
    });
  await account.fault(fault);
  const running = start(first);
  if (ends === STOPPED) {
    await firing(account, running);
    running.kill("SIGTERM");
  }
  const broken = await running.ended;
  const [set] = await account.faults();
  await account.clearFaults();
  const { ended, found } = await finish({ account, home, plan, again: () => start(second).ended });
  const own = { ...mark, name: "the account's key", text: account.key, ends: [] };
  return sumOf(
    set?.fired > 0 ? {} : { wrong: ["no request met the fault"] },
    set?.fired > most
      ? { wrong: [`a create was sent again: ${set.fired} have met the fault`] }
      : {},
    checkEnd(broken, ends, "the broken run"),
    broken.status === 0 ? {} : checkFailure(broken, "the broken run"),
    STACK.test(broken.stderr) ? { wrong: ["a stack is shown"] } : {},
    found,
    searchHome(home, [broken, ended], secretsOf(account, [own])),
  );
}

/** Waits until a request meets the fault. */
async function firing(account, running) {
  while (!running.isOver()) {
    const [set] = await account.faults();
    if (set?.fired > 0) return;
    await pause(20);
  }
}
