/**
 * Requests per second of the emulator, Stoplight Prism and json-server: the same objects and load, one server after the
 * other in each round. autocannon generates the load in a separate process. By default Prism returns one made-up object
 * where the others return a hundred; that is shown as well, without a goal.
 */
import { createServer } from "node:net";
import { median, printTable, row } from "./bench-figures.mjs";
import { environment, request, run, startEmulator } from "./bench-processes.mjs";
import {
  installRivals,
  scriptOf,
  startJsonServer,
  startPrism,
  versionOf,
} from "./bench-rivals.mjs";

const COMPANIES = 100;
const CONNECTIONS = 100;
const ROUNDS = 3;
const SECONDS = 1;
/** Keep-alive connections, each with one request at a time. */
const CLIENTS = 8;

/** Compares the emulator, on disk and in memory, with both rivals. Skipped when they can't be installed. */
export async function benchEmulator() {
  if (!(await installRivals())) return;
  const disk = await startEmulator("disk", ["--data-delay", "0"]);
  const ids = await fill(disk);
  const data = {
    companies: await request(disk, "GET", "/company"),
    connections: await request(
      disk,
      "GET",
      `/connection/company/${ids.company}?limit=${CONNECTIONS}`,
    ),
  };
  const memory = await startEmulator("memory", ["--memory", "--data-delay", "0"]);
  const inMemory = await fill(memory);
  const prism = await startPrism(data, await freePort());
  const oneEach = await startPrism(null, await freePort());
  const jsonServer = await startJsonServer(data, await freePort());
  const servers = [
    target("on disk", disk, ids),
    target("in memory", memory, inMemory),
    { ...target("Prism", prism, ids), key: "any" },
    { ...target("Prism, one object", oneEach, ids), key: "any" },
    jsonServerTarget(jsonServer),
  ];
  const rows = [];
  for (const what of ["GET company list", "GET connection list, 100", "POST site"]) {
    rows.push(...compare(what, await measure(what, servers)));
  }
  for (const one of [disk, memory, prism, oneEach, jsonServer]) await one.stop();
  const rivals = `Prism ${versionOf("@stoplight/prism-cli")} and json-server ${versionOf("json-server")}`;
  printTable(
    `The emulator compared with ${rivals}: requests per second, ours over theirs, medians of ${ROUNDS} rounds`,
    rows,
    "rates",
  );
}

/** The requests for a server that uses the paths of the OpenAPI file. */
function target(name, { url, key }, { company }) {
  const site = { name: "Bench", address: "1 Main St", externalId: "bench" };
  return {
    ...{ name, url, key },
    requests: {
      "GET company list": ["GET", "/company"],
      "GET connection list, 100": ["GET", `/connection/company/${company}?limit=${CONNECTIONS}`],
      "POST site": ["POST", `/site/company/${company}`, site],
    },
  };
}

function jsonServerTarget({ url }) {
  const site = { name: "Bench", address: "1 Main St", externalId: "bench" };
  return {
    ...{ name: "json-server", url, key: "any" },
    requests: {
      "GET company list": ["GET", "/companies"],
      "GET connection list, 100": ["GET", `/connections?_page=1&_per_page=${CONNECTIONS}`],
      "POST site": ["POST", "/sites", site],
    },
  };
}

/** @returns the requests per second of each round, by server */
async function measure(what, servers) {
  const rates = new Map(servers.map(({ name }) => [name, []]));
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const server of servers) {
      const rate = await load(server, server.requests[what]);
      // The first round is a warm-up.
      if (round > 0) rates.get(server.name).push(rate);
    }
  }
  return rates;
}

async function load({ name, url, key }, [method, path, body]) {
  const words = [scriptOf("autocannon"), "--json", "--connections", String(CLIENTS)];
  words.push("--duration", String(SECONDS), "--method", method, "--headers", `x-api-key=${key}`);
  if (body)
    words.push("--headers", "content-type=application/json", "--body", JSON.stringify(body));
  const { stdout } = await run([...words, `${url}${path}`], environment("load"));
  const result = JSON.parse(stdout);
  // A server that rejects requests is fast but does no work.
  if (result.non2xx > 0 || result.errors > 0 || result["2xx"] === 0) {
    throw new Error(
      `${name} refused ${method} ${path}: ${result.non2xx} of ${result.requests.sent}`,
    );
  }
  return result["2xx"] / result.duration;
}

function compare(what, rates) {
  const rivals = [...rates.keys()].filter((name) => name !== "on disk" && name !== "in memory");
  return ["on disk", "in memory"].flatMap((ours) =>
    rivals.map((theirs) => {
      const ratios = rates.get(ours).map((rate, round) => rate / rates.get(theirs)[round]);
      const [mine, other] = [ours, theirs].map((name) => Math.round(median(rates.get(name))));
      const goal = theirs.includes(",") ? "" : "> 1.00";
      const one = row(`${what}: ${ours} / ${theirs}`, ratios, goal);
      return { ...one, rates: `${mine} / ${other}` };
    }),
  );
}

/** @returns the ID of the company that has all connections */
async function fill(emulator) {
  let company = "";
  for (let index = 0; index < COMPANIES; index += 1) {
    const made = await request(emulator, "POST", "/company", {
      name: `Company ${index}`,
      externalId: `company-${index}`,
    });
    const sites = [];
    for (let site = 0; site <= index % 3; site += 1) {
      const fields = {
        name: `Site ${site}`,
        address: `${site} Main St`,
        externalId: `site-${site}`,
      };
      sites.push((await request(emulator, "POST", `/site/company/${made.id}`, fields)).id);
    }
    if (index > 0) continue;
    company = made.id;
    for (let connection = 0; connection < CONNECTIONS; connection += 1) {
      await request(emulator, "POST", `/connection/company/${company}`, {
        url: "https://nectarclimate.com",
        username: "nectar-sandbox-username",
        password: "nectar-sandbox-password",
        sites,
        country: "US",
      });
    }
  }
  return { company };
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
