/** Plants what must never be, and sees whether it is counted: a counter that can't count proves nothing. */
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { examine, newPlan, openAccount } from "./account.mjs";
import { CAN_LOOK, watchProcess } from "./processes.mjs";
import { searchHome } from "./runs.mjs";
import { formsOf, leaksIn, newMark } from "./search.mjs";
import { newTally } from "./tally.mjs";

/**
 * @returns the table's rows as they were counted, and what was not counted as it was planted
 */
export async function prove(world) {
  const tally = newTally();
  const mark = newMark("a planted mark", `"+/\\%&=?' <~é€`);
  const forms = formsOf(mark);
  const account = await openAccount(world);
  const amiss = [];
  const expect = (what, is, planted) => {
    if (is !== planted) amiss.push(`${what}: ${planted} planted, ${is} counted`);
  };

  const { home, plan } = await done(world, account);
  const clean = await examine(account, home, plan);
  expect("nothing wrong", clean.duplicated + clean.lost + clean.wrong.length, 0);
  const company = home.profile(plan.profile).company;
  const { sites, connection } = home.profile(plan.profile);

  const again = await account.send("POST", "/company", {
    name: company.name,
    externalId: plan.externalId,
  });
  await account.send("POST", `/company/${company.id}/site`, { name: plan.sites[0] });
  await account.send("POST", `/company/${again.id}/site`, { name: plan.sites[1] });
  await account.send("POST", `/company/${company.id}/connection`, {
    url: connection.url,
    username: connection.username,
    password: "x",
    country: "US",
    sites: sites.map(({ id }) => id),
  });
  const twice = await examine(account, home, plan);
  tally.add("a company, two sites and a connection planted twice", plan.externalId, twice);
  expect("objects duplicated", twice.duplicated, 4);

  const forgetful = await done(world, account);
  changeProfile(forgetful, (profile) => {
    profile.sites.pop();
    profile.connection.id = again.id;
  });
  const lost = await examine(account, forgetful.home, forgetful.plan);
  tally.add("two IDs taken out of the profile", forgetful.plan.externalId, lost);
  expect("IDs lost", lost.lost, 2);

  const bereft = await done(world, account);
  await account.send("DELETE", `/company/${bereft.home.profile(bereft.plan.profile).company.id}`);
  const gone = await examine(account, bereft.home, bereft.plan);
  tally.add("a company deleted behind its profile", bereft.plan.externalId, gone);
  expect("IDs lost with a company", gone.lost, 2 + bereft.plan.sites.length);

  const untrue = await done(world, account);
  changeLedger(untrue.home, (ledger) => {
    const [one] = ledger.objects;
    ledger.objects.push({ ...one, kind: "site", id: connection.id });
    ledger.intents.push({ ...one });
    ledger.run = {};
  });
  const believed = await examine(account, untrue.home, untrue.plan);
  tally.add("a ledger with a false ID, an open create and a run", untrue.plan.externalId, believed);
  expect("untruths in a ledger", believed.wrong.length, 3);

  const config = join(home.env.NECTAR_CONFIG_DIR, "config.json");
  appendFileSync(config, mark.text);
  const said = { stdout: `x${JSON.stringify(mark.text)}x`, stderr: "" };
  const leaked = searchHome(home, [said], forms);
  tally.add("a mark in a file and on stdout", config, leaked);
  const bytes = Buffer.byteLength(mark.text) + Buffer.byteLength(JSON.stringify(mark.text)) - 2;
  expect("bytes leaked", leaked.leaked, bytes);
  for (const [name, text] of Object.entries(disguises(mark.text))) {
    const { count } = leaksIn(Buffer.from(text), forms);
    if (count === 0) amiss.push(`a mark as ${name} is not found`);
  }
  if (CAN_LOOK) await provenSeen(home, mark, forms, tally, amiss);
  await account.close();
  return { tally, amiss };
}

async function done(world, account) {
  const home = world.newHome();
  const plan = newPlan("planted");
  await home.run([...plan.words, "--api-url", account.url], {
    env: { NECTAR_API_KEY: account.key },
  });
  return { home, plan };
}

function changeProfile({ home, plan }, change) {
  const file = join(home.env.NECTAR_CONFIG_DIR, "config.json");
  const config = JSON.parse(readFileSync(file, "utf8"));
  change(config.profiles[plan.profile]);
  writeFileSync(file, JSON.stringify(config));
}

function changeLedger(home, change) {
  const folder = join(home.env.NECTAR_STATE_DIR, "ledger");
  const [name] = readdirSync(folder);
  const ledger = JSON.parse(readFileSync(join(folder, name), "utf8"));
  change(ledger);
  writeFileSync(join(folder, name), JSON.stringify(ledger));
}

/** How a secret may stand in the middle of something else. */
function disguises(text) {
  const encoded = (encoding, before) => Buffer.from(`${before}${text} and more`).toString(encoding);
  return {
    JSON: JSON.stringify({ text }),
    "JSON in JSON": JSON.stringify({ text: JSON.stringify(text) }),
    URL: encodeURIComponent(text),
    form: new URLSearchParams({ text }).toString(),
    hexadecimal: encoded("hex", "x"),
    "base64, first way": encoded("base64", ""),
    "base64, second way": encoded("base64", "x"),
    "base64, third way": encoded("base64", "xx"),
    base64url: encoded("base64url", "xxxx"),
    "a beginning": text.slice(0, 16),
    "an end": text.slice(-16),
  };
}

/** A command line of the process itself, and one of its child. */
async function provenSeen(home, mark, forms, tally, amiss) {
  const wait = `${process.execPath} -e 'setTimeout(() => {}, 200)'`;
  const lines = {
    "a mark as an argument of a process": [`${wait}; true "$0"`, mark.text],
    "a mark as an argument of its child": [`${wait} -- "$MARK"; true`],
    "a mark in the environment of its child": [`NAME=$MARK ${wait}; true`],
  };
  for (const [name, [line, ...words]] of Object.entries(lines)) {
    const running = home.startShell(line, words, { env: { MARK: mark.text } });
    const stop = watchProcess(running.pid, forms, { own: true });
    await running.ended;
    const { seen: _, ...found } = stop();
    tally.add(name, "planted", found);
    if (found.leaked === 0) amiss.push(`${name} is not found`);
  }
}
