/**
 * A marked key and a marked password through every command and every failure; then every byte that was written, and every
 * command line that could be seen, is searched for them.
 */
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { examine, newPlan, openAccount, sumOf } from "./account.mjs";
import { commandsOf } from "./help.mjs";
import { moodsOf } from "./moods.mjs";
import { CAN_LOOK, watchProcess } from "./processes.mjs";
import { openProxy } from "./proxy.mjs";
import { callsOf, isLocal, misuses } from "./recipes.mjs";
import { checkEnd, searchHome, secretsOf } from "./runs.mjs";
import { leaksIn, newMark, openKeyFiles } from "./search.mjs";

const SUCCESS = "canary, every command at work";
const FAILURE = "canary, every command and failure";
const MISUSE = "canary, secrets in the wrong place";
const LOCAL = "canary, --local";
const DAMAGED = "canary, damaged files";
const ARGV = "canary, processes seen by others";
export const CANARY_ROWS = [SUCCESS, FAILURE, MISUSE, LOCAL, DAMAGED, ...(CAN_LOOK ? [ARGV] : [])];

/** Said of each request on stderr, as a person, or as a program would have it. */
const VOICES = [["--debug"], ["--debug", "--json"], ["--debug", "--quiet"]];
/** A failing server is not waited for any longer. */
const PATIENCE = ["--timeout", "1500ms"];

/** Where a stored key belongs, if its mode is right. */
const isKeyFile = (name) => name === "config/credentials.json";

export async function canary(parts) {
  const { world, account, mark, tally, say, lane } = parts;
  const password = newMark("the marked password", `"+/\\%&=?' <~é€`);
  const marks = [mark, password];
  const bare = world.newHome();
  const commands = await commandsOf(bare);
  const trap = await openTrap();
  const forms = () => secretsOf(account, marks);

  let children = 0;

  /** Runs one call, looks at all that it shows, and counts it. */
  async function call(home, row, which, { words, stdin, env = {} }, own = true) {
    const running = home.start(words, { env, ...(stdin === undefined ? {} : { stdin }) });
    const stop = watchProcess(running.pid, forms(), { own });
    const ended = await running.ended;
    const { seen, children: started, ...visible } = stop();
    children += started;
    for (let one = 0; one < seen; one += 1) tally.add(ARGV, which, one === 0 ? visible : {});
    const end = ended.hung || ended.status === 1 ? checkEnd(ended, [0], words.join(" ")) : {};
    tally.add(row, which, sumOf(end, searchSaid(ended, words, forms())));
    return ended;
  }

  /** What is on disk when all is over: searched once, counted with the last call. */
  function searchDisk(home, row, which, except = isKeyFile) {
    const open = openKeyFiles(home.folder).map((name) => `${name} is open to others`);
    tally.add(
      row,
      `${which}, files`,
      sumOf({ wrong: open }, searchHome(home, [], forms(), except)),
    );
  }

  const tools = { ...parts, commands, password, forms, call, searchDisk };
  const moods = moodsOf(password.text, trap.url);
  await Promise.all([
    ...Object.entries(moods).map(([mood, handler]) => lane(() => inMood(tools, mood, handler))),
    lane(() => inWrongPlaces(tools)),
    lane(() => onLocal(tools)),
    lane(() => onDamage(tools)),
  ]);
  const caught = leaksIn(Buffer.concat(trap.caught), forms());
  tally.add(FAILURE, "where a redirect leads", {
    leaked: caught.count,
    wrong: trap.caught.length > 0 ? ["a redirect was followed"] : [],
  });
  searchDisk(account.home, SUCCESS, "the account", (name) => name.startsWith("state/emulator/"));
  trap.close();
  const kinds = Object.keys(moods).length;
  say(`canary: ${commands.length} commands, ${kinds} moods of the account, ${children} children`);
}

function searchSaid(ended, words, forms) {
  let leaked = 0;
  const wrong = [];
  for (const stream of ["stdout", "stderr"]) {
    const { count, forms: which } = leaksIn(Buffer.from(ended[stream]), forms);
    leaked += count;
    if (count > 0) {
      const line = words.slice(0, 3).join(" ");
      wrong.push(`${count} bytes of a secret on ${stream} of ${line} (${which.join("; ")})`);
    }
  }
  return { leaked, wrong };
}

/** A machine with a stored key and a plan that is done, on an account that is kind so far. */
async function prepare({ world, account, mark, call, password, commands }, salt) {
  const home = world.newHome();
  const plan = newPlan("canary");
  const proxy = await openProxy(account, mark.text);
  const at = ["--api-url", proxy.url];
  const login = ["auth", "login", "--profile", plan.profile, "--key-stdin", ...at];
  await call(home, SUCCESS, "login", { words: login, stdin: `${mark.text}\n` });
  await call(home, SUCCESS, "onboard", { words: [...plan.words, ...at] });
  const { wrong } = await examine(account, home, plan);
  if (wrong.length > 0) throw new Error(`the canary has no nest: ${wrong.join("; ")}`);
  const profile = home.profile(plan.profile);
  const spare = await account.send("POST", "/company", { name: `Spare ${salt}` });
  const ids = {
    company: profile.company.id,
    site: profile.sites[0].id,
    connection: profile.connection.id,
    spare: spare.id,
  };
  const has = { ids, plan, salt, key: mark.text, password: password.text };
  return { home, plan, proxy, calls: callsOf(commands, has) };
}

async function inMood(tools, mood, handler) {
  const { mark, call, searchDisk } = tools;
  const works = mood === "kind" || mood === "generous";
  const row = works ? SUCCESS : FAILURE;
  const { home, plan, proxy, calls } = await prepare(tools, mood);
  proxy.next(handler);
  for (const [index, one] of calls.entries()) {
    if (!works && isLocal(one.words)) continue;
    const voices = works ? VOICES.slice(0, 2) : [VOICES[index % VOICES.length]];
    for (const voice of voices) {
      const words = [...one.words, ...voice, ...(works ? [] : PATIENCE)];
      if (!words.includes("--profile")) words.push("--profile", plan.profile);
      // A stored key and one from the environment take different ways.
      const env = index % 2 === 0 ? {} : { NECTAR_API_KEY: mark.text };
      await call(home, row, mood, { ...one, words, env });
    }
  }
  searchDisk(home, row, mood);
  proxy.close();
}

async function inWrongPlaces({ world, mark, password, commands, call, searchDisk }) {
  const home = world.newHome();
  const plan = newPlan("canary");
  const texts = { key: mark.text, password: password.text, plan };
  for (const [index, one] of misuses(commands, texts).entries()) {
    const words = [...VOICES[index % 2], ...one.words];
    await call(home, MISUSE, "misuse", { ...one, words }, false);
  }
  searchDisk(home, MISUSE, "misuse");
}

async function onLocal({ world, password, commands, call, searchDisk }) {
  const home = world.newHome();
  const plan = newPlan("local");
  await call(home, LOCAL, "onboard", { words: [...plan.words, "--local"] });
  const { company, sites, connection } = home.profile(plan.profile);
  const ids = { company: company.id, site: sites[0].id, connection: connection.id };
  const has = { ids: { ...ids, spare: company.id }, plan, salt: "local", password: password.text };
  for (const { words, stdin } of callsOf(commands, has)) {
    if (words[0] === "auth") continue;
    const all = [...words, "--local", "--debug", ...PATIENCE];
    await call(home, LOCAL, words.join(" "), { words: all, stdin });
  }
  const account = await openAccount(world, { home });
  await account.close();
  searchDisk(home, LOCAL, "files");
}

/** A file of keys that can't be read as one: what is wrong is said without what is in it. */
async function onDamage({ world, mark, call, searchDisk }) {
  const key = JSON.stringify(mark.text);
  const damage = {
    "cut off": [`{"schemaVersion":1,"keys":[{"key":${key}`, 0o600],
    "no JSON at all": [`${mark.text}\n`, 0o600],
    "of another shape": [`{"schemaVersion":1,${key}:${key},"keys":${key}}`, 0o600],
    "of a newer version": [`{"schemaVersion":99,"keys":{${key}:${key}}}`, 0o600],
    "open to others": [`{"schemaVersion":1,"keys":{"p":{"https://a.example":${key}}}}`, 0o644],
  };
  const commands = [
    { words: ["auth", "status"] },
    { words: ["auth", "logout"] },
    { words: ["companies", "list", "--api-url", "http://127.0.0.1:9/v2.2"] },
    { words: ["auth", "login", "--key-stdin"], stdin: `${mark.text}\n` },
  ];
  for (const [which, [text, mode]] of Object.entries(damage)) {
    for (const [index, one] of commands.entries()) {
      const home = world.newHome();
      const folder = join(home.folder, "config");
      mkdirSync(folder, { mode: 0o700 });
      writeFileSync(join(folder, "credentials.json"), text);
      chmodSync(join(folder, "credentials.json"), mode);
      const voice = VOICES[index % 2];
      const words = [...one.words, ...voice, ...PATIENCE];
      if (!words.includes("--api-url")) words.push("--api-url", "http://127.0.0.1:9/v2.2");
      await call(home, DAMAGED, which, { ...one, words });
      // What the tester made open is not the tool's doing.
      chmodSync(join(folder, "credentials.json"), 0o600);
      searchDisk(home, DAMAGED, which);
    }
  }
}

/** A server that nothing should ever be sent to. */
async function openTrap() {
  const caught = [];
  const server = createServer((request, response) => {
    caught.push(
      Buffer.from(`${request.method} ${request.url}\n${request.rawHeaders.join("\n")}\n`),
    );
    request.on("data", (chunk) => caught.push(chunk));
    request.on("end", () => response.end("{}"));
  });
  await new Promise((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return { url: `http://127.0.0.1:${server.address().port}`, caught, close: () => server.close() };
}
