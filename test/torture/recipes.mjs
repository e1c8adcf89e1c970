/** How each command is called so that it does its work, its secrets on stdin. A command that is not here runs bare. */

/** Commands that take away what others need. */
const LAST = ["companies delete", "auth logout", "profiles delete", "emulator reset"];

/** Commands that go on until they are stopped. */
export const ENDLESS = ["emulator start", "webhooks listen"];

/** Commands that send nothing to the account, so that the account's mood is nothing to them. */
export const isLocal = ([group]) => group === "profiles" || group === "emulator";

/**
 * The calls of every command, in an order in which all can work.
 *
 * @param commands their words
 * @param has IDs of the account, the plan that is done, the two secrets
 * @returns `words`, and `stdin` where something is read from there
 */
export function callsOf(commands, has) {
  const known = recipes(has);
  const named = commands.map((words) => words.join(" "));
  const order = [
    ...named.filter((name) => !LAST.includes(name)),
    ...LAST.filter((name) => named.includes(name)),
  ];
  return order.flatMap((name) => {
    const words = name.split(" ");
    return (known[name] ?? [{ more: [] }, { more: ["--yes"] }]).map(({ more, stdin }) => ({
      words: [...words, ...more],
      ...(stdin === undefined ? {} : { stdin }),
    }));
  });
}

function recipes({ ids, plan, key, password, salt }) {
  const login = ["--url", "https://utility.example", "--password-stdin", "--no-wait"];
  const secret = (more) => ({ more: [...more, ...login], stdin: `${password}\n` });
  const fresh = ["--company-name", `Canary ${salt}`, "--site", "Nest", "--username", "bird"];
  return {
    onboard: [
      { more: plan.words.slice(1) },
      secret(fresh),
      secret([...fresh, "--dry-run"]),
      secret([...fresh, "--fresh", "--new-connection"]),
    ],
    "companies create": [{ more: ["--name", `Canary company ${salt}`] }],
    "companies list": [{ more: [] }],
    "companies get": [{ more: [] }, { more: [ids.company] }],
    "companies update": [{ more: [ids.company, "--data-collection-start-date", "2024-01-01"] }],
    "companies use": [{ more: [ids.company] }],
    "companies delete": [{ more: [ids.spare, "--yes"] }],
    "sites create": [{ more: ["--company", ids.company, "--name", `Perch ${salt}`] }],
    "sites list": [{ more: [] }],
    "sites get": [{ more: [ids.site] }],
    "sites update": [{ more: [ids.site, "--address", "7 Dock Rd, Oakland, CA"] }],
    "connections create": [
      secret(["--username", "finch", "--company", ids.company, "--site-id", ids.site]),
      secret(["--username", "finch", "--new-connection"]),
    ],
    "connections list": [{ more: [] }, { more: ["--all-companies"] }],
    "connections get": [{ more: [] }, { more: [ids.connection] }],
    "connections wait": [{ more: [ids.connection] }],
    "auth login": [
      { more: ["--key-stdin"], stdin: `${key}\n` },
      { more: ["--key-stdin", "--store", "file"], stdin: `${key}\n` },
      { more: ["--key-stdin", "--store", "keyring"], stdin: `${key}\n` },
    ],
    "auth status": [{ more: [] }],
    "auth logout": [{ more: [] }],
    "profiles list": [{ more: [] }],
    "profiles show": [{ more: [] }],
    "profiles use": [{ more: [plan.profile] }],
    "profiles delete": [{ more: ["nobody", "--yes"] }, { more: [plan.profile, "--yes"] }],
    ...Object.fromEntries(ENDLESS.map((name) => [name, []])),
    "documents list": [{ more: [] }, { more: ["--connection", ids.connection, "--limit", "3"] }],
    "documents get": [{ more: [ids.connection] }],
    "usage list": [{ more: ["--site", ids.site, "--type", "GAS"] }],
    "usage chart": [{ more: [] }, { more: ["--csv"] }],
    "invitations create": [
      { more: ["--company", ids.company, "--email", "finch@nest.example", "--max-uses", "1"] },
      { more: ["--reconnect", ids.connection] },
    ],
    "invitations list": [{ more: [] }],
    "invitations get": [{ more: [ids.connection] }],
    "invitations revoke": [{ more: [ids.connection, "--yes"] }],
    "emulator set-status": [{ more: [ids.connection, "WEBSITE_DOWN"] }],
    "emulator advance": [{ more: ["7d"] }],
    "emulator seed": [{ more: ["no-such-file.json"] }],
    "emulator webhooks add": [{ more: ["http://127.0.0.1:9/hook"] }],
    "emulator webhooks list": [{ more: [] }],
    "emulator webhooks deliveries": [{ more: [] }],
    "emulator webhooks remove": [{ more: ["http://127.0.0.1:9/hook"] }],
    "emulator status": [{ more: [] }],
    "emulator reset": [{ more: ["--yes"] }],
    "emulator fault": [
      { more: ["--route", "ping", "--status", "503"] },
      { more: ["--list"] },
      { more: ["--clear"] },
    ],
  };
}

/** Calls that put a secret where none belongs. */
export function misuses(commands, { key, password, plan }) {
  const places = [
    (words) => [...words, `--api-key=${key}`],
    (words) => [...words, "--password", password],
    (words) => [...words, `--key-stdin=${key}`],
    (words) => [...words, `--password-stdin=${password}`, "--", key],
    (words) => [...words, "one", "two", key],
    (words) => [`--token=${key}`, ...words],
    (words) => [...words, `-p${password}`],
  ];
  const each = commands.flatMap((words, index) =>
    [0, 1, 2].map((turn) => ({ words: places[(index + turn * 2) % places.length](words) })),
  );
  const inUrl = [encodeURIComponent(password), password].map(
    (text) => `https://bird:${text}@utility.example`,
  );
  const profile = ["--profile", plan.profile];
  return [
    ...each,
    { words: [key] },
    { words: ["auth", key] },
    { words: ["auth", "login", key, ...profile] },
    { words: ["auth", "login", "--key-stdin", ...profile], stdin: `${key} and more\n` },
    { words: ["auth", "login", "--key-stdin", ...profile], stdin: `${key}\n`.repeat(3_000) },
    { words: ["auth", "status", ...profile], env: { NECTAR_API_KEY: `${key} and more` } },
    ...inUrl.flatMap((url) => [
      { words: [...plan.words, "--url", url] },
      { words: ["companies", "list", "--api-url", url] },
      { words: ["companies", "list"], env: { NECTAR_API_URL: url } },
    ]),
  ];
}
