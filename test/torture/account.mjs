/** The account that the tool works on: a standing emulator, and what it holds of a plan. */

/** @param home where it keeps its data; a fresh one when not given */
export async function openAccount(world, { home = world.newHome() } = {}) {
  const running = home.start(["emulator", "start", "--port", "0", "--json"], {
    limitMs: 3_600_000,
  });
  const { url, key } = await firstJson(running);
  const secrets = new Set();
  async function send(method, path, body, base = url) {
    const answer = await fetch(path.startsWith("/_") ? new URL(path, base) : `${base}${path}`, {
      method,
      headers: { "x-api-key": key, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch(async (error) => {
      if (!running.isOver()) throw error;
      const { status, signal, stderr } = await running.ended;
      throw new Error(`the account has ended with ${status ?? signal}: ${stderr}`);
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    const said = await answer.text();
    noteSecrets(said, secrets);
    return said === "" ? null : JSON.parse(said);
  }
  return {
    url,
    key,
    home,
    /** Every `connectionMagicLinkSecret` that was handed out as far as it was seen. */
    secrets,
    send,
    fault: (fault) => send("POST", "/_emulator/faults", fault),
    faults: () => send("GET", "/_emulator/faults"),
    clearFaults: () => send("DELETE", "/_emulator/faults"),
    async close() {
      running.kill("SIGINT");
      return running.ended;
    },
  };
}

/** Remembers the secrets that an answer holds. */
export function noteSecrets(text, secrets) {
  for (const [, secret] of text.matchAll(/"connectionMagicLinkSecret":\s*"([^"]+)"/g)) {
    secrets.add(secret);
  }
}

/** Waits for the one JSON document that a command prints while it goes on. */
async function firstJson(running) {
  if (!(await running.shows((text) => text.trimEnd().endsWith("}")))) {
    throw new Error(`the emulator did not start: ${(await running.ended).stderr}`);
  }
  return JSON.parse(running.stdout());
}

let plans = 0;

/**
 * A plan that no other is like: a company and three sites, each given in another way.
 *
 * @param options.accents whether names have letters that Unicode can write in more than one way
 */
export function newPlan(profile = "torture", { accents = false } = {}) {
  plans += 1;
  const externalId = `torture-${plans}`;
  const names = accents ? ["Plänt", "Döck", "Yárd"] : ["Plant", "Dock", "Yard"];
  const sites = names.map((name) => `${name} ${plans}`);
  const words = [
    ...["onboard", "--profile", profile, "--company-name", `Torture ${plans}`],
    ...["--site", sites[0]],
    ...["--site", `name=${sites[1]};external-id=${externalId}-dock`],
    ...["--site", `name=${sites[2]};address=5 Dock Rd, Oakland, CA`],
  ];
  return { externalId, sites, profile, words };
}

/** The same plan, for another profile. */
export function inProfile(plan, profile) {
  const words = plan.words.map((word, at) => (plan.words[at - 1] === "--profile" ? profile : word));
  return { ...plan, profile, words };
}

/**
 * Holds what the account has, and what the profile and the ledger know, against a plan that is done.
 *
 * @param home whose profile and ledger; no run of it is under way
 * @param most how many connections the plan's company may have
 * @returns objects that are there more than once; IDs that are missing in the account or in the profile
 */
export async function examine(account, home, plan, most = 1) {
  const { all, companies, sites, connections, duplicated, wrong } = await countTwins(
    account,
    plan,
    most,
  );
  const profile = home.profile(plan.profile);
  const isThere = (objects, id) => objects.some((object) => object.id === id);
  const kept = [
    isThere(companies, profile?.company?.id),
    ...plan.sites.map((name) => {
      const meant = sites.filter((site) => site.name === name);
      return (profile?.sites ?? []).some(({ id }) => isThere(meant, id));
    }),
    isThere(connections, profile?.connection?.id),
  ];
  const lost = kept.filter((is) => !is).length;
  if ((profile?.sites?.length ?? 0) > plan.sites.length) wrong.push("the profile has more sites");
  wrong.push(...(await examineLedgers(account, home, all)));
  if (duplicated > 0) wrong.push(`${duplicated} objects are there twice (${plan.externalId})`);
  if (lost > 0) wrong.push(`${lost} IDs are lost (${plan.externalId})`);
  return { duplicated, lost, wrong };
}

/**
 * Counts what the account has of a plan, whatever any machine knows of it.
 *
 * @param most how many connections it may have
 */
export async function countTwins(account, plan, most = 1) {
  const wrong = [];
  const all = await account.send("GET", "/company");
  const companies = all.filter(({ externalId }) => externalId === plan.externalId);
  const sites = companies.flatMap((company) => company.sites);
  const connections = [];
  for (const { id } of companies) connections.push(...(await connectionsOf(account, id)));
  let duplicated = extra(companies) + Math.max(0, connections.length - most);
  for (const name of plan.sites) duplicated += extra(sites.filter((site) => site.name === name));
  for (const { name } of sites) {
    if (!plan.sites.includes(name)) wrong.push(`a site that nobody asked for: ${name}`);
  }
  return { all, companies, sites, connections, duplicated, wrong };
}

/**
 * What is wrong with the ledgers of a machine on which every run has ended: something is unfinished, or an ID in them
 * leads to nothing.
 *
 * @param companies all of the account
 */
export async function examineLedgers(account, home, companies) {
  const wrong = [];
  const leftovers = home.leftovers();
  if (leftovers.length > 0) wrong.push(`files are left over: ${leftovers.join(", ")}`);
  const there = new Set(companies.flatMap(({ id, sites }) => [id, ...sites.map((one) => one.id)]));
  for (const { company, objects, intents, deleted, run } of home.ledgers()) {
    if (run !== null) wrong.push(`the ledger of ${company} has a run that has not ended`);
    for (const { kind, name } of intents) {
      wrong.push(`the ledger of ${company} has an open create: the ${kind} "${name}"`);
    }
    const companyIds = new Set(objects.map(({ companyId }) => companyId));
    for (const id of companyIds) {
      if (!there.has(id)) continue;
      for (const connection of await connectionsOf(account, id)) there.add(connection.id);
    }
    const gone = new Set(deleted.map(({ id }) => id));
    for (const { kind, id, companyId } of objects) {
      if (there.has(id) || gone.has(id) || gone.has(companyId)) continue;
      wrong.push(`the ledger of ${company} has a ${kind} that is not there: ${id}`);
    }
  }
  return wrong;
}

/** All connections of a company. */
async function connectionsOf(account, companyId) {
  const all = [];
  for (let page = 1; ; page += 1) {
    const answer = await account.send("GET", `/company/${companyId}/connection?page=${page}`);
    all.push(...answer.connections);
    if (!answer.hasNext) return all;
  }
}

function extra(objects) {
  return Math.max(0, objects.length - 1);
}

/** Puts findings together. */
export function sumOf(...findings) {
  return findings.reduce(
    (total, { duplicated = 0, lost = 0, leaked = 0, wrong = [] }) => ({
      duplicated: total.duplicated + duplicated,
      lost: total.lost + lost,
      leaked: total.leaked + leaked,
      wrong: [...total.wrong, ...wrong],
    }),
    { duplicated: 0, lost: 0, leaked: 0, wrong: [] },
  );
}
