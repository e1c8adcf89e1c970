/** Two names of which the same external ID is derived: the first company is never taken for the second. */
import { newPlan, openAccount, sumOf } from "./account.mjs";
import { checkEnd, checkFailure } from "./runs.mjs";

const WHERE = { account: "on an account", local: "--local" };
const rowOf = (where) => `names with one external ID, ${WHERE[where]}`;
export const NAME_ROWS = Object.keys(WHERE).map(rowOf);

const PAIRS = [
  ["C++ Energy", "C# Energy"],
  ["A & B", "A/B"],
  ["Café", "Cafe"],
];

export async function likenNames(parts) {
  const { tally, say, lane } = parts;
  const cases = Object.keys(WHERE).flatMap((where) =>
    PAIRS.flatMap((pair) =>
      [pair, pair.toReversed()].map(([taken, wanted]) => ({ where, taken, wanted })),
    ),
  );
  await Promise.all(
    cases.map(({ where, taken, wanted }) =>
      lane(async () => {
        const found = await liken(parts, where, taken, wanted);
        tally.add(rowOf(where), `"${wanted}" after "${taken}"`, found);
      }),
    ),
  );
  say(`names: ${cases.length}`);
}

/** By the same profile, by another one, and on another machine where there can be one. */
async function liken({ world, account }, where, first, second) {
  const home = world.newHome();
  const { externalId: salt } = newPlan();
  const [taken, wanted] = [`${first} ${salt}`, `${second} ${salt}`];
  const isLocal = where === "local";
  const at = isLocal ? ["--local"] : ["--api-url", account.url];
  const env = isLocal ? {} : { NECTAR_API_KEY: account.key };
  const run = (machine, profile, name) =>
    machine.run(
      ["onboard", "--profile", profile, "--company-name", name, "--site", "Plant", ...at],
      { env },
    );
  const done = await run(home, "first", taken);
  const before = await read(isLocal, home, world, account, salt);
  const machines = [
    [home, "first"],
    [home, "second"],
    ...(isLocal ? [] : [[world.newHome(), "first"]]),
  ];
  const ends = [];
  for (const [machine, profile] of machines) ends.push(await run(machine, profile, wanted));
  const after = await read(isLocal, home, world, account, salt);
  return sumOf(
    checkEnd(done, [0], "the first company"),
    ...ends.map(({ stderr }) =>
      [taken, wanted].every((name) => stderr.includes(name))
        ? {}
        : { wrong: [`it does not name both: ${stderr}`] },
    ),
    ...ends.flatMap((ended) => [checkEnd(ended, [5], "the second"), checkFailure(ended)]),
    before.length === 1 ? {} : { wrong: [`${before.length} companies are there`] },
    before.join() === after.join() ? {} : { duplicated: Math.max(1, after.length - before.length) },
  );
}

/** What the account has of both, as text. */
async function read(isLocal, home, world, account, salt) {
  const standing = isLocal ? await openAccount(world, { home }) : account;
  const all = await standing.send("GET", "/company");
  const meant = all.filter(({ name }) => name.endsWith(` ${salt}`));
  const texts = [];
  for (const company of meant) {
    const connections = await standing.send("GET", `/company/${company.id}/connection`);
    const ids = [...company.sites, ...connections.connections].map(({ id }) => id);
    texts.push([company.id, company.name, ...ids].join(" "));
  }
  if (isLocal) await standing.close();
  return texts;
}
