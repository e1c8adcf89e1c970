/** Answers without what the description of the API promises, or with it written another way. */
import { countTwins, newPlan, openAccount, sumOf } from "./account.mjs";
import { openProxy, passOn } from "./proxy.mjs";
import { creates, first, loseAnswer } from "./requests.mjs";
import { checkEnd, checkFailure, examineAfter, searchHome, secretsOf } from "./runs.mjs";

const HOME = "a shape of answers, three times";
const OTHER = "a shape of answers, a second machine";
const LOST = "a shape of answers, the connection's is lost";
export const SHAPE_ROWS = [HOME, OTHER, LOST];

/** Left out by the emulator, whose fault it is. */
const OMITTED = [
  ["externalId"],
  ["sites"],
  ["initialSites"],
  ["username"],
  ["url"],
  ["externalId", "sites", "initialSites", "username", "url", "address"],
];

const change = (member, write) => (object) =>
  typeof object[member] === "string" ? { ...object, [member]: write(object[member]) } : object;

/** Written another way by what stands before the account. */
const REWRITTEN = {
  "url with http": change("url", (url) => url.replace(/^https:/, "http:")),
  "url with www": change("url", (url) => url.replace("://", "://www.")),
  "url with a path": change("url", (url) => `${url}/login`),
  "url with a slash": change("url", (url) => `${url}/`),
  "url without a scheme": change("url", (url) => url.replace(/^https:\/\//, "")),
  "url null": change("url", () => null),
  "user name null": change("username", () => null),
  "user name masked": change("username", (name) => `${name.slice(0, 3)}***`),
  "user name in capitals": change("username", (name) => name.toUpperCase()),
  "names in capitals": change("name", (name) => name.toUpperCase()),
  "names with spaces": change("name", (name) => ` ${name.replaceAll(" ", "  ")} `),
  "names trimmed": change("name", (name) => name.trim()),
  "names decomposed": change("name", (name) => name.normalize("NFD")),
};

/** Names that can be written in more than one way. */
const newNames = () => newPlan("torture", { accents: true });

export async function shape(parts) {
  await Promise.all([
    ...OMITTED.map((omit) => withoutMembers(parts, omit)),
    ...Object.entries(REWRITTEN).map(([name, write]) => {
      const reshape = async (exchange) => exchange.pass(rewritten(await exchange.forward(), write));
      return tryShape(parts, parts.account, `${name}`, reshape, async () => {});
    }),
  ]);
  parts.say(`shapes: ${OMITTED.length + Object.keys(REWRITTEN).length}`);
}

async function withoutMembers(parts, omit) {
  const account = await openAccount(parts.world);
  await account.fault({ path: "**", omit, times: null });
  await tryShape(parts, account, `no ${omit.join(", ")}`, passOn, () => account.clearFaults());
  await account.close();
}

/**
 * @param reshape hands the answers on
 * @param bare called when all runs have ended, and the account must tell all
 */
async function tryShape(parts, account, name, reshape, bare) {
  const { tally, lane } = parts;
  const tries = await Promise.all([
    lane(() => onMachines(parts, account, reshape)),
    lane(() => withLostAnswer(parts, account, reshape)),
  ]);
  await bare();
  const [{ home, plan, machine, other }, lost] = tries;
  tally.add(HOME, name, await examineAfter(account, home, plan, machine));
  tally.add(OTHER, name, await twinsAfter(account, plan, other));
  tally.add(LOST, name, await twinsAfter(account, lost.plan, lost.found));
}

async function onMachines({ world, mark }, account, reshape) {
  const plan = newNames();
  const proxy = await openProxy(account, mark.text);
  const run = (home) => {
    proxy.next(reshape);
    return home.run([...plan.words, "--api-url", proxy.url], {
      env: { NECTAR_API_KEY: mark.text },
    });
  };
  const home = world.newHome();
  const ends = [await run(home), await run(home), await run(home)];
  const second = world.newHome();
  const there = await run(second);
  proxy.close();
  const forms = secretsOf(account, [mark]);
  const machine = sumOf(
    ...ends.map((ended, index) => checkEnd(ended, [0], `run ${index + 1}`)),
    searchHome(home, ends, forms),
  );
  const other = sumOf(
    checkEnd(there, [0, 5], "the second machine"),
    there.status === 0 ? {} : checkFailure(there, "the second machine"),
    searchHome(second, [there], forms),
  );
  return { home, plan, machine, other };
}

/** Found or not, it is never made again. */
async function withLostAnswer({ world, mark }, account, reshape) {
  const plan = newNames();
  const home = world.newHome();
  const proxy = await openProxy(account, mark.text);
  const { handler, hasMet } = first((one) => creates(one, "connection"), loseAnswer, reshape);
  const ends = [];
  for (let turn = 0; turn < 2; turn += 1) {
    proxy.next(handler);
    ends.push(
      await home.run([...plan.words, "--api-url", proxy.url], {
        env: { NECTAR_API_KEY: mark.text },
      }),
    );
  }
  proxy.close();
  const found = sumOf(
    hasMet() ? {} : { wrong: ["the create did not come"] },
    ...ends.map((ended, index) => checkEnd(ended, [0, 5], `run ${index + 1}`)),
    searchHome(home, ends, secretsOf(account, [mark])),
  );
  return { plan, found };
}

async function twinsAfter(account, plan, found) {
  const { duplicated, companies, sites, connections, wrong } = await countTwins(account, plan);
  const there = companies.length + sites.length + connections.length;
  const all = there < 2 + plan.sites.length ? [...wrong, `${there} objects are there`] : wrong;
  return sumOf(found, { duplicated, wrong: all });
}

function rewritten({ status, headers, body }, write) {
  const text = body.toString("utf8");
  if (text === "") return { status, headers, body };
  const parsed = JSON.parse(text, (_, value) =>
    typeof value === "object" && value !== null && !Array.isArray(value) ? write(value) : value,
  );
  return { status, headers, body: JSON.stringify(parsed) };
}
