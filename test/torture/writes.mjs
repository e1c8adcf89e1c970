/**
 * SIGKILL while files are written: the folders are watched, and the tool ends at the first thing that happens in them, in
 * the next run a few later, and so on. What a broken write leaves must not stay, least of all with a key in it.
 */
import { mkdirSync, watch } from "node:fs";
import { join } from "node:path";
import { newPlan, sumOf } from "./account.mjs";
import { openProxy } from "./proxy.mjs";
import { checkEnd, finish, searchHome, secretsOf } from "./runs.mjs";

const ONBOARD = "SIGKILL at a write";
const LOGIN = "SIGKILL at a write of the key, logout";
export const WRITE_ROWS = [ONBOARD, LOGIN];

const AT_ONCE = 6;
/** Not every one of them: two that follow each other at once are as good as one. */
const EVERY = { [ONBOARD]: 5, [LOGIN]: 1 };

export async function killAtWrites(parts) {
  await Promise.all([killEach(parts, ONBOARD, onboard), killEach(parts, LOGIN, login)]);
}

async function killEach(parts, row, tryOne) {
  const { tally, say, lane } = parts;
  let next = 1;
  let tries = 0;
  let over = false;
  const some = async () => {
    while (!over) {
      const at = next;
      next += EVERY[row];
      const { killed, found } = await lane(() => tryOne(parts, at));
      if (killed !== null) {
        tries += 1;
        tally.add(row, `change ${at}, ${killed}`, found);
      } else {
        over = true;
        if (found.wrong.length > 0) tally.add(row, "the undisturbed run", found);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, some));
  say(`${row}: ${tries} of them`);
}

async function onboard({ world, account, mark }, at) {
  const home = world.newHome();
  const plan = newPlan();
  const proxy = await openProxy(account, mark.text);
  const start = () =>
    home.start([...plan.words, "--api-url", proxy.url], { env: { NECTAR_API_KEY: mark.text } });
  const { killed, ended } = await killAt(home, start, at);
  const { ended: again, found } = await finish({ account, home, plan, again: () => start().ended });
  proxy.close();
  const leaks = searchHome(home, [ended, again], secretsOf(account, [mark]));
  return { killed, found: sumOf(found, leaks) };
}

/** After a logout the key is nowhere, also when the login before it was broken off. */
async function login({ world, account, mark }, at) {
  const home = world.newHome();
  const proxy = await openProxy(account, mark.text);
  const words = ["--profile", "torture", "--api-url", proxy.url];
  const options = { stdin: `${mark.text}\n` };
  const start = () => home.start(["auth", "login", "--key-stdin", ...words], options);
  const { killed, ended } = await killAt(home, start, at);
  const again = await start().ended;
  const logout = await home.run(["auth", "logout", ...words]);
  proxy.close();
  const found = sumOf(
    checkEnd(again, [0], "the second login"),
    checkEnd(logout, [0], "the logout"),
    searchHome(home, [ended, again, logout], secretsOf(account, [mark])),
  );
  return { killed, found };
}

/** Ends a run at a change in its folders. Gives the name of what changed; null when there were fewer changes. */
async function killAt(home, start, at) {
  const folders = [
    home.env.NECTAR_CONFIG_DIR,
    home.env.NECTAR_STATE_DIR,
    join(home.env.NECTAR_STATE_DIR, "ledger"),
  ];
  for (const folder of folders) mkdirSync(folder, { recursive: true, mode: 0o700 });
  let running = null;
  let changes = 0;
  let killed = null;
  const watchers = folders.map((folder) =>
    watch(folder, (_, name) => {
      changes += 1;
      if (changes !== at) return;
      killed = String(name);
      running.kill("SIGKILL");
    }),
  );
  running = start();
  const ended = await running.ended;
  for (const watcher of watchers) watcher.close();
  return { killed: ended.signal === "SIGKILL" ? killed : null, ended };
}
