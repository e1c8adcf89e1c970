/**
 * Folders and files that another user could have made or changed, and a temporary folder that is shared with others:
 * nothing is read from them, nothing is written through them, and nobody waits for them.
 */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { newPlan, sumOf } from "./account.mjs";
import { checkEnd, checkFailure, searchHome, secretsOf } from "./runs.mjs";

const UNSAFE = "folders and files that others can change";
const SHARED = "a temporary folder shared with others";
export const FOLDER_ROWS = [UNSAFE, SHARED];

const REFUSED = [9];
const SOMEBODY = 12_345;
const IS_ROOT = process.getuid?.() === 0;
const HAS_COMPILE_CACHE = Number(process.versions.node.split(".")[0]) >= 22;

/** What the tool trusts, below a machine's folder; `*` is the only ledger. */
const PLACES = {
  account: ["config", "config/config.json", "config/credentials.json", "state", "state/ledger"],
  local: ["state/emulator", "state/emulator/key.json", "state/emulator/data.json"],
};
const LEDGER = "state/ledger/*";

/** What somebody else may have done to it. */
const DAMAGE = {
  "mode 0777": { does: (path) => chmodSync(path, 0o777) },
  "a link": {
    does(path, outside) {
      const moved = join(outside, "moved");
      renameSync(path, moved);
      symlinkSync(moved, path);
    },
  },
  "a FIFO": {
    onFolders: false,
    does(path) {
      rmSync(path);
      const { status } = spawnSync("mkfifo", ["-m", "600", path]);
      if (status !== 0) throw new Error("mkfifo does not work here");
    },
  },
  // Only root can give something away.
  ...(IS_ROOT ? { "another owner": { does: (path) => chownSync(path, SOMEBODY, SOMEBODY) } } : {}),
};

export async function distrust(parts) {
  const { tally, lane, say } = parts;
  const done = await prepare(parts);
  const cases = Object.entries({ ...PLACES, account: [...PLACES.account, LEDGER] }).flatMap(
    ([where, places]) =>
      places.flatMap((place) =>
        Object.entries(DAMAGE)
          .filter(([, { onFolders = true }]) => onFolders || /[.*]/.test(place))
          .map(([name, damage]) => ({ where, place, name, damage })),
      ),
  );
  await Promise.all([
    ...cases.map((one) =>
      lane(async () =>
        tally.add(UNSAFE, `${one.place}: ${one.name}`, await tryOne(parts, done, one)),
      ),
    ),
    ...["key.json.next", "key.json.tmp-0123456789abcdef", "data.json.1"].map((name) =>
      lane(async () => tally.add(UNSAFE, `a planted ${name}`, await plantLink(parts, name))),
    ),
    ...[true, false].map((stands) =>
      lane(async () => {
        const which = `node-compile-cache ${stands ? "stands" : "does not stand"} there`;
        tally.add(SHARED, which, await shareTemporary(parts, stands));
      }),
    ),
  ]);
  say(`folders: ${cases.length}`);
}

/** A machine on which everything is there: profile, stored key, ledger, emulator. */
async function prepare({ world, account }) {
  const home = world.newHome();
  const plan = newPlan();
  const local = newPlan("local");
  const at = ["--api-url", account.url];
  const login = ["auth", "login", "--profile", plan.profile, "--key-stdin", "--store", "file"];
  const found = sumOf(
    checkEnd(await home.run([...login, ...at], { stdin: `${account.key}\n` }), [0], "the login"),
    checkEnd(await home.run([...plan.words, ...at]), [0], "the run"),
    checkEnd(await home.run([...local.words, "--local"]), [0], "the local run"),
  );
  if (found.wrong.length > 0) throw new Error(`nothing to distrust: ${found.wrong.join("; ")}`);
  return {
    home,
    commands: { account: [...plan.words, ...at], local: [...local.words, "--local"] },
  };
}

async function tryOne(parts, { home: model, commands }, { where, place, damage }) {
  const { world, account, mark } = parts;
  const home = world.newHome();
  for (const part of ["config", "state"]) {
    cpSync(join(model.folder, part), join(home.folder, part), { recursive: true });
  }
  const outside = openOutside(home);
  const paths = place === LEDGER ? ledgersIn(home) : [join(home.folder, place)];
  for (const [index, path] of paths.entries()) {
    mkdirSync(join(outside.folder, String(index)));
    damage.does(path, join(outside.folder, String(index)));
  }
  const before = pictureOf(outside.folder);
  const ended = await home.run(commands[where]);
  return sumOf(
    checkEnd(ended, REFUSED, "it"),
    checkFailure(ended, "it"),
    before === pictureOf(outside.folder) ? {} : { wrong: ["something outside was changed"] },
    searchHome({ folder: outside.folder }, [ended], secretsOf(account, [mark])),
  );
}

/** A link where an earlier release wrote, or where a write that was broken off would have left a file. */
async function plantLink({ world, account, mark }, name) {
  const home = world.newHome();
  const outside = openOutside(home);
  const folder = join(home.folder, "state", "emulator");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  symlinkSync(outside.victim, join(folder, name));
  const before = pictureOf(outside.folder);
  const ended = await home.run([...newPlan("local").words, "--local"]);
  return sumOf(
    checkEnd(ended, [0, ...REFUSED], "it"),
    before === pictureOf(outside.folder) ? {} : { wrong: ["something outside was changed"] },
    searchHome({ folder: outside.folder }, [ended], secretsOf(account, [mark])),
  );
}

/** Node's own place for compiled code is there, where another user may have put code. */
async function shareTemporary({ world }, stands) {
  const home = world.newHome();
  const shared = join(home.folder, "shared");
  mkdirSync(shared);
  chmodSync(shared, 0o1777);
  if (stands) {
    const planted = join(shared, "node-compile-cache");
    mkdirSync(planted);
    chmodSync(planted, 0o777);
    writeFileSync(join(planted, "planted"), "planted");
  }
  const before = pictureOf(shared);
  const words = [...newPlan("local").words, "--local"];
  const ends = [
    await home.run(words, { env: { TMPDIR: shared } }),
    await home.run(words, { env: { TMPDIR: shared } }),
  ];
  const own = join(home.folder, "state", "compile-cache");
  const isMine = !HAS_COMPILE_CACHE || (existsSync(own) && (lstatSync(own).mode & 0o077) === 0);
  return sumOf(
    ...ends.map((ended) => checkEnd(ended, [0], "it")),
    before === pictureOf(shared) ? {} : { wrong: [`it was written to: ${pictureOf(shared)}`] },
    isMine ? {} : { wrong: ["the compiled code is not in a folder of the tool's own"] },
  );
}

function openOutside(home) {
  const folder = join(home.folder, "outside");
  mkdirSync(folder);
  const victim = join(folder, "victim");
  writeFileSync(victim, "untouched");
  return { folder, victim };
}

function ledgersIn(home) {
  const folder = join(home.folder, "state", "ledger");
  return readdirSync(folder).map((name) => join(folder, name));
}

/** What stands in a folder, as text. */
function pictureOf(folder) {
  const lines = readdirSync(folder, { recursive: true }).map((name) => {
    const path = join(folder, name);
    const found = lstatSync(path);
    return [name, found.mode, found.uid, found.isFile() ? readFileSync(path, "hex") : ""].join(" ");
  });
  return lines.sort().join("\n");
}
