/** Many companies in one run: `apply` and `teardown` killed at instants that chance picks, and shards side by side. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { countTwins, examineLedgers, sumOf } from "./account.mjs";
import { chance } from "./lanes.mjs";
import { checkEnd, searchHome, secretsOf } from "./runs.mjs";

const COMPANIES = 12;
const KILLS = 10;
/** Chance may come too late, which proves nothing. */
const MOST_TRIES = 2 * KILLS;
const EARLIEST_MS = 100;
const SHARDS = 4;

const APPLY = "SIGKILL at random in apply";
const TEARDOWN = "SIGKILL at random in teardown";
const SHARDED = "apply, four shards at once, one of them killed";

export const PORTFOLIO_ROWS = [APPLY, TEARDOWN, SHARDED];

export async function killPortfolios(parts) {
  const { seed } = parts;
  await Promise.all([
    killSome(parts, APPLY, applyOnce, chance(seed + 2)),
    killSome(parts, TEARDOWN, teardownOnce, chance(seed + 3)),
    killSome(parts, SHARDED, shardedOnce, chance(seed + 4)),
  ]);
}

async function killSome(parts, row, tryOnce, random) {
  const { tally, lane, say } = parts;
  let longest = (await lane(() => tryOnce(parts, null))).ms;
  let killed = 0;
  let tries = 0;
  while (killed < KILLS && tries < MOST_TRIES) {
    tries += 1;
    const afterMs = Math.round(EARLIEST_MS + random() * Math.max(0, longest - EARLIEST_MS));
    const one = await lane(() => tryOnce(parts, afterMs));
    if (one.killed) killed += 1;
    // Too late for this machine as busy as it is now.
    else longest = Math.min(longest, one.ms);
    if (one.killed || one.found.wrong.length > 0) tally.add(row, `after ${afterMs} ms`, one.found);
  }
  say(`${row}: ${killed} of ${tries} before the end, which comes after ${Math.round(longest)} ms`);
}

/** Applies a plan, killed on the way, and once more to the end. */
async function applyOnce(parts, afterMs) {
  const portfolio = newPortfolio(parts);
  const first = await portfolio.run(["apply"], afterMs);
  const again = await portfolio.run(["apply"]);
  const found = sumOf(
    checkEnd(again, [0], "the second apply"),
    await examinePortfolio(parts, portfolio),
  );
  return outcome(parts, portfolio, [first, again], found);
}

/** Deletes what a plan has made, killed on the way, and once more to the end. */
async function teardownOnce(parts, afterMs) {
  const portfolio = newPortfolio(parts);
  const applied = await portfolio.run(["apply"]);
  const foreign = await parts.account.send("POST", "/company", { name: "Nobody's" });
  const first = await portfolio.run(["teardown", "--yes"], afterMs);
  const again = await portfolio.run(["teardown", "--yes"]);
  const all = await parts.account.send("GET", "/company");
  const left = all.filter(({ externalId }) => portfolio.externalIds.includes(externalId));
  const wrong = left.map(({ externalId }) => `teardown left ${externalId}`);
  if (!all.some(({ id }) => id === foreign.id)) wrong.push("teardown deleted what it did not make");
  const found = sumOf(
    checkEnd(applied, [0], "apply"),
    checkEnd(again, [0], "the second teardown"),
    { wrong: [...wrong, ...(await examineLedgers(parts.account, portfolio.home, all))] },
  );
  return outcome(parts, portfolio, [first, again], found);
}

/** Applies a plan in shards, one of which is killed and begun again. */
async function shardedOnce(parts, afterMs) {
  const portfolio = newPortfolio(parts);
  const shard = (number) => ["apply", "--shard", `${number}/${SHARDS}`, "--concurrency", "2"];
  const killed = portfolio.run(shard(1), afterMs);
  const others = Array.from({ length: SHARDS - 1 }, (_, index) => portfolio.run(shard(index + 2)));
  const first = await killed;
  const again = await portfolio.run(shard(1));
  const rest = await Promise.all(others);
  const ends = [...rest, again].map((ended) => checkEnd(ended, [0], "a shard"));
  const found = sumOf(...ends, await examinePortfolio(parts, portfolio));
  return outcome(parts, portfolio, [first, again, ...rest], found);
}

let portfolios = 0;

/** A plan file that no other is like, on a machine of its own. */
function newPortfolio({ world, account }) {
  portfolios += 1;
  const home = world.newHome();
  const companies = Array.from({ length: COMPANIES }, (_, index) => ({
    name: `Portfolio ${portfolios}, company ${index}`,
    externalId: `portfolio-${portfolios}-${index}`,
    sites: [
      { name: "Plant" },
      { name: "Dock", externalId: `portfolio-${portfolios}-${index}-dock` },
    ],
  }));
  const file = join(home.folder, "plan.json");
  writeFileSync(file, JSON.stringify({ version: 1, companies }));
  return {
    ...{ home, companies },
    externalIds: companies.map(({ externalId }) => externalId),
    async run(words, killAfterMs = null) {
      const [command, ...rest] = words;
      const running = home.start([command, file, ...rest, "--api-url", account.url], {
        env: { NECTAR_API_KEY: account.key },
      });
      const timer =
        killAfterMs === null ? null : setTimeout(() => running.kill("SIGKILL"), killAfterMs);
      const ended = await running.ended;
      clearTimeout(timer);
      return ended;
    },
  };
}

/** Everything must be there once, and in the ledgers. */
async function examinePortfolio({ account }, { home, companies }) {
  const found = [];
  const known = new Set(home.ledgers().flatMap(({ objects }) => objects.map(({ id }) => id)));
  let all = [];
  for (const { externalId, sites } of companies) {
    const plan = { externalId, sites: sites.map(({ name }) => name) };
    const there = await countTwins(account, plan);
    all = there.all;
    const objects = [...there.companies, ...there.sites, ...there.connections];
    const missing = 2 + sites.length - objects.length;
    const unknown = objects.filter(({ id }) => !known.has(id)).length;
    const lost = Math.max(0, missing) + unknown;
    found.push({
      ...there,
      lost,
      wrong: [
        ...there.wrong,
        ...(there.duplicated > 0
          ? [`${there.duplicated} objects are there twice (${externalId})`]
          : []),
        ...(lost > 0 ? [`${lost} IDs are lost (${externalId})`] : []),
      ],
    });
  }
  return sumOf(...found, { wrong: await examineLedgers(account, home, all) });
}

function outcome({ account, mark }, { home }, ends, found) {
  const forms = secretsOf(account, [
    mark,
    { name: "the account's key", text: account.key, ends: [] },
  ]);
  const [first] = ends;
  return {
    killed: first.signal === "SIGKILL",
    ms: first.ms,
    found: sumOf(
      found,
      searchHome(home, ends, forms, () => false),
    ),
  };
}
