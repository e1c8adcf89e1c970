/**
 * Requests per second of the emulator, Stoplight Prism and json-server, one server after the other in each round.
 * autocannon generates the load in a separate process.
 *
 * All of them serve the same objects, and a POST sends the same site. What differs: json-server indents its JSON, has an
 * envelope of its own, and knows neither keys nor schemas; Prism validates requests and stores nothing; the emulator checks
 * the key, validates, and stores. The last column has the characters in one response of each. By default Prism returns one
 * made-up object where the others return a hundred; that is shown as well, without a goal.
 */
import { median, printTable, row } from "./figures.mjs";
import { environment, request, run, seedCompany, startEmulator, written } from "./processes.mjs";
import { installRivals, JSON_SERVER, PRISM, startJsonServer, startPrism } from "./rivals.mjs";

const COMPANIES = 100;
const CONNECTIONS = 100;
const ROUNDS = 3;
const SECONDS = 1;
/** Keep-alive connections, each with one request at a time. */
const CLIENTS = 8;
const SITE = { name: "Bench", address: "1 Main St", externalId: "bench" };

/** Compares the emulator, on disk and in memory, with both rivals. */
export async function benchEmulator() {
  const script = installRivals();
  const seed = written("seed-emulator.json", {
    companies: Array.from({ length: COMPANIES }, (_, index) =>
      seedCompany(`Company ${index}`, 1 + (index % 3), index === 0 ? CONNECTIONS : 0),
    ),
  });
  // Without a data delay, nothing that is listed changes by itself. A seed's IDs are the same in every emulator.
  const options = ["--data-delay", "0", "--seed", seed];
  const disk = await startEmulator("disk", options);
  const memory = await startEmulator("memory", [...options, "--memory"]);
  const companies = JSON.parse(await request(disk, "GET", "/company"));
  const { id } = companies.find(({ name }) => name === "Company 0");
  const list = `/connection/company/${id}?limit=${CONNECTIONS}`;
  const page = JSON.parse(await request(disk, "GET", list));
  const data = { "/company": companies, "/connection/company/{company_id}": page };
  const sites = companies.flatMap((company) => company.sites);
  const database = { companies, sites, connections: page.connections };
  const prism = await startPrism(script("prism"), data);
  const oneEach = await startPrism(script("prism"), null);
  const jsonServer = await startJsonServer(script("json-server"), database);
  const own = { list: "/company", page: list, sites: `/site/company/${id}` };
  const flat = {
    ...{ list: "/companies", sites: "/sites" },
    page: `/connections?_page=1&_per_page=${CONNECTIONS}`,
  };
  const servers = {
    "on disk": { ...disk, paths: own },
    "in memory": { ...memory, paths: own },
    Prism: { ...prism, paths: own },
    "Prism, one object": { ...oneEach, paths: own },
    "json-server": { ...jsonServer, paths: flat },
  };
  const load = (...words) => loadWith(script("autocannon"), ...words);
  const rows = [
    ...(await compare("GET company list", load, servers, ({ list }) => ["GET", list])),
    ...(await compare("GET connection list, 100", load, servers, ({ page }) => ["GET", page])),
    ...(await compare("POST site", load, servers, ({ sites }) => ["POST", sites, SITE])),
  ];
  for (const { stop } of Object.values(servers)) await stop();
  printTable(
    `The emulator compared with ${PRISM} and ${JSON_SERVER}: requests per second, ours over theirs, medians of ${ROUNDS} rounds`,
    rows,
    "rates (size)",
  );
}

/** Measures one request on all servers; returns a row for each pair of one of ours and one of theirs. */
async function compare(what, load, servers, requestOf) {
  const [rates, sizes] = [{}, {}];
  for (const [name, server] of Object.entries(servers)) {
    rates[name] = [];
    sizes[name] = (await request(server, ...requestOf(server.paths))).length;
  }
  // The first round is a warm-up.
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [name, server] of Object.entries(servers)) {
      const rate = load(server, ...requestOf(server.paths));
      if (round > 0) rates[name].push(rate);
    }
  }
  const figure = (name) => `${Math.round(median(rates[name]))} (${sizes[name]})`;
  return ["on disk", "in memory"].flatMap((ours) =>
    ["Prism", "Prism, one object", "json-server"].map((theirs) => {
      const ratios = rates[ours].map((rate, round) => rate / rates[theirs][round]);
      const goal = theirs.includes(",") ? "" : "> 1.00";
      const last = `${figure(ours)} / ${figure(theirs)}`;
      return row(`${what}: ${ours} / ${theirs}`, ratios, goal, last);
    }),
  );
}

/** @returns requests per second */
function loadWith(autocannon, { url, key }, method, path, body) {
  const words = [autocannon, "--json", "--connections", `${CLIENTS}`, "--duration", `${SECONDS}`];
  words.push("--method", method, "--headers", `x-api-key=${key}`);
  if (body) words.push("--headers", "content-type=application/json");
  if (body) words.push("--body", JSON.stringify(body));
  const result = JSON.parse(run([...words, `${url}${path}`], environment("load")));
  // A server that rejects requests is fast but does no work.
  if (result.non2xx > 0 || result.errors > 0 || result["2xx"] === 0) {
    throw new Error(
      `${url} refused ${method} ${path}: ${result.non2xx} of ${result.requests.sent}`,
    );
  }
  return result["2xx"] / result.duration;
}
