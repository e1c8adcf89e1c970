/**
 * Five at once: the same plan, different plans, and readers beside a writer; and two profiles with the same plan. On an
 * account and on the embedded emulator.
 */
import { examine, inProfile, newPlan, openAccount, sumOf } from "./account.mjs";
import { lanes, pause } from "./lanes.mjs";
import { openProxy, passOn } from "./proxy.mjs";
import { checkEnd, checkFailure, searchHome, secretsOf } from "./runs.mjs";

const AT_ONCE = 5;
const ROUNDS = 2;
/** Each of them starts five processes at the same instant, which no machine should have to do many times over. */
const WIDTH = 3;
/** How long the embedded emulator sits on the first create, so that all five are there. Milliseconds. */
const HOLD_MS = 12_000;

const WHERE = { account: "on an account", local: "--local" };
const RACES = {
  waiting: "5 at once, same plan, waiting",
  refused: "5 at once, same plan, not waiting",
  profilesWaiting: "2 profiles at once, same plan, waiting",
  profilesRefused: "2 profiles at once, same plan, not waiting",
  different: "5 at once, 5 plans",
  reading: "5 readers beside a writer",
};
const rowOf = (race, where) => `${RACES[race]}, ${WHERE[where]}`;
export const RACE_ROWS = Object.keys(RACES).flatMap((race) =>
  Object.keys(WHERE).map((where) => rowOf(race, where)),
);

export async function race(parts) {
  const { tally, say } = parts;
  const lane = lanes(WIDTH);
  const runs = {
    waiting: (place) => waiting(place, Array(AT_ONCE).fill(newPlan())),
    refused: (place) => refused(place, Array(AT_ONCE).fill(newPlan())),
    profilesWaiting: (place) => waiting(place, inTwoProfiles()),
    profilesRefused: (place) => refused(place, inTwoProfiles()),
    different,
    reading,
  };
  await Promise.all(
    Object.entries(runs).flatMap(([name, run]) =>
      Object.keys(WHERE).flatMap((where) =>
        Array.from({ length: ROUNDS }, (_, round) =>
          lane(async () => {
            const place = await openPlace(parts, where);
            try {
              tally.add(rowOf(name, where), `round ${round + 1}`, await run(place));
            } finally {
              await place.close();
            }
          }),
        ),
      ),
    ),
  );
  say(`races: ${Object.keys(runs).length * Object.keys(WHERE).length * ROUNDS}`);
}

/** Where the five meet: one machine, and an account that is reached through a proxy or lies in the machine's own folder. */
async function openPlace({ world, account, mark }, where) {
  const home = world.newHome();
  if (where === "account") {
    const proxy = await openProxy(account, mark.text);
    let release = () => {};
    return {
      home,
      words: ["--api-url", proxy.url],
      env: { NECTAR_API_KEY: mark.text },
      /** The account sits on one request until `release`. */
      async holdNext(method, path) {
        let held = false;
        const free = new Promise((resolve) => {
          release = resolve;
        });
        proxy.next(async (exchange) => {
          if (!held && exchange.method === method && exchange.path.endsWith(path)) {
            held = true;
            await free;
          }
          await passOn(exchange);
        });
      },
      release: () => release(),
      withAccount: (look) => look(account),
      search: (ends) => searchHome(home, ends, secretsOf(account, [mark])),
      close: async () => proxy.close(),
    };
  }
  const serve = async (use) => {
    const standing = await openAccount(world, { home });
    try {
      return await use(standing);
    } finally {
      await standing.close();
    }
  };
  return {
    home,
    words: ["--local"],
    env: {},
    // Faults are kept in the state folder, where the embedded emulator meets them.
    holdNext: (method, _, pattern) =>
      serve((standing) => standing.fault({ method, path: pattern, commitAfterMs: HOLD_MS })),
    release: () => {},
    withAccount: serve,
    search: (ends) => searchHome(home, ends, secretsOf(account, [mark]), isEmulators),
    close: async () => {},
  };
}

const isEmulators = (name) => name.startsWith("state/emulator/");

function startAll({ home, words, env }, plans, more = []) {
  return plans.map((plan) => home.start([...plan.words, ...words, ...more], { env }));
}

function inTwoProfiles() {
  const plan = newPlan();
  return ["race-1", "race-2"].map((profile) => inProfile(plan, profile));
}

/** Every profile must know what all have made together. */
function examineEach({ home, withAccount }, plans) {
  return withAccount(async (account) => {
    const byProfile = new Map(plans.map((plan) => [plan.profile, plan]));
    const all = [];
    for (const plan of byProfile.values()) all.push(await examine(account, home, plan));
    return sumOf(...all);
  });
}

async function waiting(place, plans) {
  const ends = await endsOf(startAll(place, plans, ["--wait-lock", "3m", "--timeout", "4m"]));
  return sumOf(
    ...ends.map((ended, index) => checkEnd(ended, [0], `run ${index + 1}`)),
    await examineEach(place, plans),
    place.search(ends),
  );
}

/** The first to write is held until the others have ended; then they try again. */
async function refused(place, plans) {
  await place.holdNext("POST", "/company", "/company");
  const all = startAll(place, plans);
  let left = all.length;
  for (const { ended } of all) {
    ended.then(() => {
      left -= 1;
      if (left === 1) place.release();
    });
  }
  const ends = await endsOf(all);
  const winners = ends.filter(({ status }) => status === 0);
  const losers = ends.filter(({ status }) => status !== 0);
  const owner = `process ${winners[0]?.pid} on `;
  const again = await endsOf(startAll(place, plans, ["--wait-lock", "3m", "--timeout", "4m"]));
  return sumOf(
    winners.length === 1 ? {} : { wrong: [`${winners.length} of ${plans.length} have written`] },
    ...losers.flatMap((ended) => [
      checkEnd(ended, [9], "a refused run"),
      checkFailure(ended, "a refused run"),
      ended.stderr.includes(owner)
        ? {}
        : { wrong: [`it does not name the owner: ${ended.stderr}`] },
    ]),
    ...again.map((ended) => checkEnd(ended, [0], "the run after it")),
    await examineEach(place, plans),
    place.search([...ends, ...again]),
  );
}

async function different(place) {
  const plans = Array.from({ length: AT_ONCE }, (_, index) => newPlan(`race-${index + 1}`));
  const ends = await endsOf(startAll(place, plans));
  const found = await place.withAccount(async (account) => {
    const all = [];
    for (const plan of plans) all.push(await examine(account, place.home, plan));
    return all;
  });
  return sumOf(
    ...ends.map((ended, index) => checkEnd(ended, [0], `plan ${index + 1}`)),
    ...found,
    place.search(ends),
  );
}

const READERS = [
  ["companies", "list"],
  ["sites", "list"],
  ["connections", "list", "--all-companies"],
  ["profiles", "show"],
  ["auth", "status"],
];

/** The writer is held at its last create, when the profile holds the rest, until the readers have ended. */
async function reading(place) {
  const plan = newPlan();
  await place.holdNext("POST", "/connection", "/company/*/connection");
  const [writer] = startAll(place, [plan]);
  await until(() => place.home.profile(plan.profile)?.sites?.length === plan.sites.length, writer);
  const readers = READERS.map((words) =>
    place.home.start([...words, "--profile", plan.profile], { env: place.env }),
  );
  const ends = await endsOf(readers);
  const wrong = writer.isOver() ? ["the writer did not outlast the readers"] : [];
  place.release();
  const written = await writer.ended;
  return sumOf(
    { wrong },
    ...ends.map((ended, index) => checkEnd(ended, [0], READERS[index].join(" "))),
    checkEnd(written, [0], "the writer"),
    await place.withAccount((account) => examine(account, place.home, plan)),
    place.search([...ends, written]),
  );
}

async function until(test, running) {
  while (!test() && !running.isOver()) await pause(10);
}

function endsOf(all) {
  return Promise.all(all.map(({ ended }) => ended));
}
