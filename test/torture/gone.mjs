/** A company that the tool has deleted, and lists that still show it: it is never taken for the wanted one. */
import { inProfile, newPlan, openAccount, sumOf } from "./account.mjs";
import { openProxy, passOn } from "./proxy.mjs";
import { first } from "./requests.mjs";
import { checkEnd, examineAfter, searchHome, secretsOf } from "./runs.mjs";

const ROW = "a deleted company in lists that lag";
export const GONE_ROWS = [ROW];

/** Far longer than the next command takes. */
const LAG_MS = 60_000;

/** How the deletion ends; its object is gone each time. */
const DELETIONS = {
  "deleted by ID": {},
  "its answer is lost": { after: (exchange) => exchange.cut() },
  "SIGKILL after it": { after: (_, running) => running.kill("SIGKILL") },
  "another profile creates it again": { profile: "other" },
};

export async function deleteAndCreate(parts) {
  const { tally, world, lane, say } = parts;
  const account = await openAccount(world);
  await account.fault({ method: "GET", path: "**", lagMs: LAG_MS, times: null });
  const tries = await Promise.all(
    Object.entries(DELETIONS).map(([which, how]) =>
      lane(async () => ({ which, ...(await tryOne(parts, account, how)) })),
    ),
  );
  await account.clearFaults();
  for (const { which, home, plan, found } of tries) {
    tally.add(ROW, which, await examineAfter(account, home, plan, found));
  }
  await account.close();
  say(`deleted companies: ${tries.length}`);
}

async function tryOne({ world, mark }, account, { after, profile }) {
  const home = world.newHome();
  const plan = newPlan();
  const next = profile === undefined ? plan : inProfile(plan, profile);
  const proxy = await openProxy(account, mark.text);
  const env = { NECTAR_API_KEY: mark.text };
  const at = ["--api-url", proxy.url];
  const done = await home.run([...plan.words, ...at], { env });
  const old = home.profile(plan.profile)?.company?.id;
  let running = null;
  const { handler } = first(
    ({ method }) => method === "DELETE",
    async (exchange) => {
      const answer = await exchange.forward();
      if (after === undefined) await exchange.pass(answer);
      else after(exchange, running);
    },
  );
  proxy.next(handler);
  const words = ["companies", "delete", String(old), "--profile", plan.profile, "--yes", ...at];
  running = home.start(words, { env });
  const deleted = await running.ended;
  proxy.next(passOn);
  const again = [
    await home.run([...next.words, ...at], { env }),
    await home.run([...next.words, ...at], { env }),
  ];
  proxy.close();
  const isOld = home.profile(next.profile)?.company?.id === old;
  const found = sumOf(
    checkEnd(done, [0], "the first run"),
    after === undefined ? checkEnd(deleted, [0], "the deletion") : {},
    ...again.map((ended) => checkEnd(ended, [0], "the run after it")),
    isOld ? { wrong: ["the deleted company was adopted"] } : {},
    searchHome(home, [done, deleted, ...again], secretsOf(account, [mark])),
  );
  return { home, plan: next, found };
}
