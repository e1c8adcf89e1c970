/** SIGKILL at instants that chance picks: also between two requests, in the middle of a write, while a lock is held. */
import { newPlan, openAccount, sumOf } from "./account.mjs";
import { chance } from "./lanes.mjs";
import { finish, searchHome, secretsOf } from "./runs.mjs";

const KILLS = 20;
/** Chance may come too late, which proves nothing. */
const MOST_TRIES = 2 * KILLS;
const AT_ONCE = 8;
const EARLIEST_MS = 30;

const STANDING = "SIGKILL at random, on an account";
const EMBEDDED = "SIGKILL at random, --local";

export const RANDOM_ROWS = [STANDING, EMBEDDED];

/** The same seed draws the same numbers; how late they are, the machine's pace decides. */
export async function killAtRandom(parts) {
  const { account, mark, seed } = parts;
  const remote = {
    words: ["--api-url", account.url],
    env: { NECTAR_API_KEY: account.key },
    accountOf: async () => ({ account, close: async () => {} }),
    forms: () =>
      secretsOf(account, [mark, { name: "the account's key", text: account.key, ends: [] }]),
    except: () => false,
  };
  const local = {
    words: ["--local"],
    env: {},
    // What an embedded emulator keeps, a standing one serves.
    accountOf: async (home) => {
      const standing = await openAccount(parts.world, { home });
      return { account: standing, close: () => standing.close() };
    },
    forms: () => secretsOf(account, [mark]),
    // The emulator is the vendor here: its own data may hold its own secrets.
    except: (name) => name.startsWith("state/emulator/"),
  };
  await Promise.all([
    killSome(parts, STANDING, remote, chance(seed)),
    killSome(parts, EMBEDDED, local, chance(seed + 1)),
  ]);
}

async function killSome(parts, row, kind, random) {
  const { tally, lane, say } = parts;
  const whole = await lane(() => oneRun(parts, kind, null));
  let longest = whole.ms;
  let killed = 0;
  let tries = 0;
  const some = async () => {
    while (killed < KILLS && tries < MOST_TRIES) {
      tries += 1;
      const afterMs = Math.round(EARLIEST_MS + random() * Math.max(0, longest - EARLIEST_MS));
      const one = await lane(() => oneRun(parts, kind, afterMs));
      const which = `after ${afterMs} ms`;
      if (one.killed) {
        killed += 1;
        tally.add(row, which, one.found);
      } else {
        // Too late for this machine as busy as it is now.
        longest = Math.min(longest, one.ms);
        if (one.found.wrong.length > 0) tally.add(row, `${which}, not killed`, one.found);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, some));
  say(`${row}: ${killed} of ${tries} before the end, which comes after ${Math.round(longest)} ms`);
}

async function oneRun({ world }, kind, afterMs) {
  const home = world.newHome();
  const plan = newPlan();
  const start = () => home.start([...plan.words, ...kind.words], { env: kind.env });
  const running = start();
  const timer = afterMs === null ? null : setTimeout(() => running.kill("SIGKILL"), afterMs);
  const ended = await running.ended;
  clearTimeout(timer);
  const killed = ended.signal === "SIGKILL";
  const between = searchHome(home, [ended], kind.forms(), kind.except);
  const again = await start().ended;
  const { account, close } = await kind.accountOf(home);
  const { found } = await finish({ account, home, plan, again: async () => again });
  await close();
  const after = searchHome(home, [again], kind.forms(), kind.except);
  return { killed, ms: ended.ms, found: sumOf(between, found, after) };
}
