/** The emulator with tens of thousands of objects: the time per page, and the memory of the process. */
import { printTable, row } from "./figures.mjs";
import { memoryIn, request, seedCompany, startEmulator, written } from "./processes.mjs";

const COMPANIES = 10_000;
const SITES = 3;
const CONNECTIONS_OF_ONE = 10_000;
const REQUESTS = 50;

export async function benchScale() {
  const companies = Array.from({ length: COMPANIES }, (_, index) =>
    seedCompany(`Company ${index}`, SITES, index === 0 ? CONNECTIONS_OF_ONE : 1),
  );
  companies[0].sites.push({ name: "Alone" });
  companies[0].connections.push({ sites: [SITES] });
  const seed = written("seed-scale.json", { companies });
  // Measured in a process that has only loaded its data, as after any start but the first.
  await (await startEmulator("many", ["--seed", seed])).stop();
  const emulator = await startEmulator("many");
  const get = async (path) => JSON.parse(await request(emulator, "GET", path));
  const many = await get("/company");
  if (many.length !== COMPANIES) throw new Error(`${many.length} companies, not ${COMPANIES}`);
  const { id: company, sites } = many.find(({ name }) => name === "Company 0");
  const alone = sites.find(({ name }) => name === "Alone").id;
  const other = many.find(({ name }) => name === `Company ${COMPANIES - 1}`).id;
  const one = `/connection/company/${company}`;
  const { totalPages: last, connections } = await get(one);
  const connection = connections[0].id;
  const status = `/proc/${emulator.pid}/status`;
  const before = memoryIn(status);
  const rows = [];
  const pages = [
    ["page 1 of 10,000 connections of a company", () => `${one}?page=1`],
    ["a page in the middle", (index) => `${one}?page=${1 + (index % last)}`],
    ["page of 500, the last", () => `${one}?limit=500&page=9999`],
    ["filter by status, no match", () => `${one}?status=MFA_TOKEN_EXPIRED`],
    ["filter by site, one match", () => `${one}?sites=${alone}`],
    ["filter by owner, all match", () => `${one}?connectionOwnerEmail=you@nectar.local`],
    ["the one connection of one company in 10,000", () => `/connection/company/${other}`],
    ["a company with its sites", () => `/company/${other}`],
    ["documents of a connection", () => `/document/connection/${connection}`],
    ["usage of a connection", () => `/usage/connection/${connection}`],
    ["documents of a company with one connection", () => `/document/company/${other}`],
    ["usage of a company with one connection", () => `/usage/company/${other}`],
  ];
  for (const [what, path] of pages) rows.push(await timedPage(emulator, what, path, "< 20"));
  // The time of a write depends on the size of the file: shown, without a goal.
  const site = { name: "New" };
  rows.push(await timedPage(emulator, "POST site", () => `/site/company/${other}`, "", site));
  const paging = memoryIn(status);
  rows.push(await timedPage(emulator, "GET company list, all 10,000", () => "/company", ""));
  const after = memoryIn(status);
  rows.push(row("MiB in memory: started", [before.now], "< 200", "", 0));
  rows.push(row("MiB in memory: after all pages", [paging.now], "< 200", "", 0));
  rows.push(row("MiB in memory: after all lists", [after.now], "< 200", "", 0));
  rows.push(row("MiB in memory: peak", [after.highest], "", "", 0));
  await emulator.stop();
  printTable(
    `The emulator with ${COMPANIES} companies of ${SITES} sites and a connection, and ${CONNECTIONS_OF_ONE} of one: milliseconds, medians of ${REQUESTS}`,
    rows,
  );
}

/** The time until the last byte of a response, in milliseconds. */
async function timedPage(emulator, what, pathOf, budget, body) {
  const times = [];
  // The first three are a warm-up.
  for (let index = -3; index < REQUESTS; index += 1) {
    const started = performance.now();
    await request(emulator, body ? "POST" : "GET", pathOf(Math.max(0, index)), body);
    if (index >= 0) times.push(performance.now() - started);
  }
  return row(what, times, budget);
}
