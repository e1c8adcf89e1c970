/** The emulator with tens of thousands of objects: the time per page, and the memory of the process. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { printTable, row } from "./bench-figures.mjs";
import { memoryOf, request, startEmulator } from "./bench-processes.mjs";

const COMPANIES = 10_000;
const SITES = 3;
const CONNECTIONS_OF_ONE = 10_000;
const REQUESTS = 50;

export async function benchScale() {
  const { company, connection } = await fill();
  const emulator = await startEmulator("many");
  const many = await request(emulator, "GET", "/company");
  if (many.length !== COMPANIES) throw new Error(`${many.length} companies, not ${COMPANIES}`);
  const one = `/connection/company/${company}`;
  const last = (await request(emulator, "GET", one)).totalPages;
  const other = many.at(-1).id;
  const before = memoryOf(emulator.pid);
  const rows = [];
  const pages = [
    ["page 1 of 10,000 connections of a company", () => `${one}?page=1`],
    ["a page in the middle", (index) => `${one}?page=${1 + (index % last)}`],
    ["page of 500, the last", () => `${one}?limit=500&page=9999`],
    ["filter by status, no match", () => `${one}?status=MFA_TOKEN_EXPIRED`],
    ["filter by site, one match", () => `${one}?sites=${many[0].sites[0].id}`],
    ["filter by owner, all match", () => `${one}?connectionOwnerEmail=you@nectar.local`],
    ["the one connection of one company in 10,000", () => `/connection/company/${other}`],
    ["a company with its sites", () => `/company/${other}`],
    ["documents of a connection", () => `/document/connection/${connection}`],
    ["usage of a connection", () => `/usage/connection/${connection}`],
    ["documents of a company with one connection", () => `/document/company/${other}`],
    ["usage of a company with one connection", () => `/usage/company/${other}`],
  ];
  for (const [what, path] of pages) rows.push(await timedPage(emulator, what, path));
  // The time of a write depends on the size of the file: shown, without a goal.
  const post = await timedPage(emulator, "POST site", () => `/site/company/${other}`, {
    name: "New",
  });
  rows.push({ ...post, budget: "" });
  const paging = memoryOf(emulator.pid);
  const whole = await timedPage(emulator, "GET company list, all 10,000", () => "/company");
  rows.push({ ...whole, budget: "" });
  const after = memoryOf(emulator.pid);
  if (after !== null) {
    rows.push(row("MiB in memory: started", [before.now], "< 200", undefined, 0));
    rows.push(row("MiB in memory: after all pages", [paging.now], "< 200", undefined, 0));
    rows.push(row("MiB in memory: after all lists", [after.now], "< 200", undefined, 0));
    rows.push(row("MiB in memory: peak", [after.highest], "", undefined, 0));
  }
  await emulator.stop();
  printTable(
    `The emulator with ${COMPANIES} companies of ${SITES} sites and a connection, and ${CONNECTIONS_OF_ONE} of one: milliseconds, medians of ${REQUESTS}`,
    rows,
  );
}

/** The time until the last byte of a response, in milliseconds. */
async function timedPage(emulator, what, pathOf, body, requests = REQUESTS) {
  const times = [];
  for (let index = -3; index < requests; index += 1) {
    const started = performance.now();
    await request(emulator, body ? "POST" : "GET", pathOf(Math.max(0, index)), body);
    if (index >= 0) times.push(performance.now() - started);
  }
  return row(what, times, "< 20", undefined);
}

/**
 * Has an emulator write one company with its sites and connections, then duplicates them in its file under other IDs: this
 * is fast, and does not depend on the file format.
 */
async function fill() {
  const emulator = await startEmulator("many");
  const company = await request(emulator, "POST", "/company", { name: "Company", externalId: "c" });
  const sites = [];
  for (let index = 0; index < SITES; index += 1) {
    const site = { name: `Site ${index}`, address: "1 Main St, Austin, TX" };
    sites.push((await request(emulator, "POST", `/site/company/${company.id}`, site)).id);
  }
  const connection = await request(emulator, "POST", `/connection/company/${company.id}`, {
    ...{ url: "https://nectarclimate.com", username: "nectar-sandbox-username" },
    ...{ password: "nectar-sandbox-password", sites },
  });
  await emulator.stop();

  const file = join(emulator.stateDir, "emulator", "data.json");
  const state = JSON.parse(readFileSync(file, "utf8"));
  const [one] = state.companies;
  const own = new Set([company.id, ...sites]);
  for (let index = 1; index < COMPANIES; index += 1) {
    state.companies.push(renamed(one, index, new Set()));
  }
  for (let index = 1; index < CONNECTIONS_OF_ONE; index += 1) {
    one.connections.push(renamed(one.connections[0], COMPANIES + index, own));
  }
  writeFileSync(file, JSON.stringify(state));
  return { company: company.id, connection: connection.id };
}

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** A copy with every ID replaced except those in `kept`; equal IDs get equal replacements. */
function renamed(object, index, kept) {
  const end = index.toString(16).padStart(8, "0");
  const text = JSON.stringify(object);
  return JSON.parse(text.replace(UUID, (id) => (kept.has(id) ? id : `${end}${id.slice(8)}`)));
}
