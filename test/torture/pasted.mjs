/**
 * IDs and names that a shell would run, if a printed command did not quote them: each command that is printed for a person
 * or in JSON is run by a real shell, in which `nectar` only notes its words.
 */
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { newPlan, sumOf } from "./account.mjs";
import { openProxy } from "./proxy.mjs";
import { checkEnd, commandsIn } from "./runs.mjs";

const ROW = "hostile IDs in printed commands, pasted";
const NAMES = "hostile names in the command that goes on, pasted";
export const PASTED_ROWS = [ROW, NAMES];

/** What stands before an ID, or a name. */
const HOSTILE = [
  "$(touch A)",
  "`touch A`",
  "'; touch A; '",
  '"; touch A; "',
  "& touch A &",
  "$IFS; > A;",
  "-rf",
  "--api-url=https://elsewhere.example ",
  "a b  c *?[x] ~ ! # \\ %s ",
  "x\ntouch A\n",
  "x\rtouch A\u0000\u001b[2K",
];
/** Never shown as it is, so that a command can't hold it either. */
const hasControls = (text) => /\p{Cc}/u.test(text);
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const NOWHERE = "00000000-0000-4000-8000-000000000000";
const FORMS = [[], ["--json"]];

export async function paste(parts) {
  const { tally, lane, say } = parts;
  let commands = 0;
  const add = (row, which, { count, found }) => {
    commands += count;
    tally.add(row, which, found);
  };
  await Promise.all(
    HOSTILE.flatMap((text) => [
      lane(async () => {
        for (const one of await withIds(parts, text))
          add(ROW, `${one.which} ${JSON.stringify(text)}`, one);
      }),
      // A person's own words never hold any.
      ...(hasControls(text)
        ? []
        : [lane(async () => add(NAMES, text, await withNames(parts, text)))]),
    ]),
  );
  say(`printed commands: ${commands} in a shell`);
}

async function withIds({ world, account, mark }, text) {
  const plan = newPlan();
  const proxy = await openProxy(account, mark.text);
  proxy.next(disguise(text));
  const env = { NECTAR_API_KEY: mark.text };
  const at = ["--api-url", proxy.url];
  const used = world.newHome();
  const shell = openShell(world.newHome(), text);
  const tries = [];
  /** @param names whether a command must name an ID */
  async function attempt(which, home, words, ends, names = true) {
    for (const form of FORMS) {
      const machine = home ?? world.newHome();
      const ended = await machine.run([...words, ...at, ...form], { env });
      const { count, named, found } = await shell.pasteAll(ended);
      const silent =
        names && named === 0 && !hasControls(text)
          ? [`no command names an ID: ${ended.stderr}`]
          : [];
      const all = sumOf(checkEnd(ended, ends), found, { wrong: silent });
      tries.push({ which: [which, ...form].join(" "), count, found: all });
    }
  }
  const ofProfile = ["--profile", plan.profile];

  await attempt("done", used, plan.words, [0], false);
  const [company] = (await account.send("GET", "/company")).filter(
    ({ externalId }) => externalId === plan.externalId,
  );
  const list = `/company/${company.id}/connection`;
  const [connection] = (await account.send("GET", list)).connections;
  const setStatus = (status) =>
    account.send("POST", `/_emulator/connections/${connection.id}/status`, { status });

  await setStatus("PASSWORD_INCORRECT");
  await attempt("needs action", used, ["connections", "wait", ...ofProfile], [3]);
  await attempt("needs action, onboard", used, plan.words, [3]);
  await setStatus("PENDING");
  const soon = ["--timeout", "15s"];
  await attempt("pending", used, ["connections", "wait", ...ofProfile, ...soon], [8]);
  await attempt("no such site", used, ["sites", "get", NOWHERE, ...ofProfile], [5], false);

  await account.send("POST", list, {
    url: connection.url,
    username: connection.username,
    password: "x",
    country: "US",
    sites: connection.initialSites,
  });
  await attempt("two connections", null, plan.words, [5]);
  await account.send("POST", `/company/${company.id}/site`, { name: plan.sites[0] });
  await attempt("two sites", null, plan.words, [5]);
  const taken = ["onboard", "--company-name", `Torture/${plan.externalId.split("-")[1]}`];
  await attempt("taken", null, [...taken, "--site", "Plant", ...ofProfile], [5]);
  await account.send("POST", "/company", { name: company.name, externalId: plan.externalId });
  await attempt("two companies", null, plan.words, [5]);
  proxy.close();
  return tries;
}

/** Stopped at its first create, a run prints the command that goes on. */
async function withNames({ world, account, mark }, text) {
  const home = world.newHome();
  const shell = openShell(world.newHome(), text);
  const { externalId } = newPlan();
  const proxy = await openProxy(account, mark.text);
  const names = [`${text}${externalId}`, `${text}${externalId} Plant`];
  let running = null;
  proxy.next(async (exchange) => {
    if (exchange.method === "POST") running.kill("SIGTERM");
    else await exchange.pass(await exchange.forward());
  });
  const words = ["onboard", `--company-name=${names[0]}`, `--site=${names[1]}`, "--no-wait"];
  running = home.start([...words, "--api-url", proxy.url], { env: { NECTAR_API_KEY: mark.text } });
  const ended = await running.ended;
  proxy.close();
  const { count, words: said, found } = await shell.pasteAll(ended);
  const missing = names.filter(
    (name) => !said.some((word) => word === name || word.endsWith(`=${name}`)),
  );
  const wrong = missing.map((name) => `${name} is not a word of ${JSON.stringify(said)}`);
  return { count, found: sumOf(checkEnd(ended, [143]), found, { wrong }) };
}

/** Every ID of the account gets a hostile beginning on its way out, and loses it on its way in. */
function disguise(text) {
  const out = (value) => (UUID.test(value) ? `${text}${value}` : value);
  const back = (value) => (value.startsWith(text) ? value.slice(text.length) : value);
  const inJson = (content, change) =>
    JSON.stringify(
      JSON.parse(content, (_, value) => (typeof value === "string" ? change(value) : value)),
    );
  return async (exchange) => {
    const [path, ...query] = exchange.path.split("?");
    const segments = path
      .split("/")
      .map((part) => encodeURIComponent(back(decodeURIComponent(part))));
    const content = exchange.body.toString("utf8");
    const answer = await exchange.forward({
      path: [segments.join("/"), ...query].join("?"),
      body: content === "" ? "" : inJson(content, back),
    });
    const said = answer.body.toString("utf8");
    await exchange.pass({ ...answer, body: said === "" ? "" : inJson(said, out) });
  };
}

/** A shell in which `nectar` does nothing but note its words. */
function openShell(home, text) {
  const stub = join(home.folder, "stub");
  const notes = join(home.folder, "notes");
  const cwd = join(home.folder, "cwd");
  for (const folder of [stub, notes]) mkdirSync(folder);
  const file = join(stub, "nectar");
  writeFileSync(file, `#!/bin/sh\nprintf '%s\\0' "$@" > "$NOTE.$$"\n`);
  chmodSync(file, 0o755);
  let turn = 0;

  async function pasteOne(line) {
    turn += 1;
    const note = `note-${turn}`;
    await home.shell(line, {
      env: { PATH: `${stub}:/usr/bin:/bin`, NOTE: join(notes, note) },
    });
    const made = readdirSync(notes).filter((name) => name.startsWith(`${note}.`));
    const wrong = made.length === 1 ? [] : [`${line} runs nectar ${made.length} times`];
    const left = readdirSync(cwd);
    if (left.length > 0) wrong.push(`${line} makes ${left.join(", ")}`);
    const words = made.flatMap((name) => readFileSync(join(notes, name), "utf8").split("\0"));
    const hostile = words.filter((word) => word.includes(text));
    const named = hostile.filter((word) => isWhole(word, text)).length;
    return { words, named, wrong };
  }

  return {
    /** Runs every command that a run has printed. */
    async pasteAll({ stdout, stderr }) {
      const lines = [stdout, stderr].flatMap((said) =>
        said.startsWith("{") ? commandsInJson(said) : commandsIn(said),
      );
      const all = [];
      for (const line of lines) all.push(await pasteOne(line));
      return {
        count: lines.length,
        named: all.reduce((sum, { named }) => sum + named, 0),
        words: all.flatMap(({ words }) => words),
        found: { wrong: all.flatMap(({ wrong }) => wrong) },
      };
    },
  };
}

/** An ID as a word of its own, or as the value of an option. */
function isWhole(word, text) {
  const at = word.indexOf(text);
  const before = word.slice(0, at);
  return UUID.test(word.slice(at + text.length)) && (before === "" || /^--[a-z-]+=$/.test(before));
}

function commandsInJson(said) {
  const { next, error } = JSON.parse(said);
  return [...(next ?? []), ...(error?.next ?? [])].map(({ command }) => command);
}
