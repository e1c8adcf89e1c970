/** Every group and command: its words, a one-line summary, and how to load it. Read at start-up, so it imports no command itself. */
import type { Registry } from "../app/context.ts";

type CommandGroup = Registry["groups"][number];
type CommandEntry = Registry["commands"][number];

/** In the order of the help. Every `list` has the alias `ls`. */
export const NODES: readonly (CommandGroup | CommandEntry)[] = [
  entry(
    "onboard",
    "company, 1 to 3 sites, sandbox connection, validated status",
    () => import("./onboard/onboard.ts"),
    ["init"],
  ),
  entry("plan", "show what a file of companies would create", () => import("./portfolio/plan.ts")),
  entry("apply", "create what a file of companies describes", () => import("./portfolio/apply.ts")),
  entry("export", "print companies as a plan file", () => import("./portfolio/export.ts")),
  entry(
    "teardown",
    "delete companies that this tool created",
    () => import("./portfolio/teardown.ts"),
  ),
  group("companies", "companies that the key can access", ["company"]),
  entry("companies create", "create a company", () => import("./companies/create.ts")),
  entry("companies list", "list the companies", () => import("./companies/list.ts")),
  entry("companies get", "show a company", () => import("./companies/get.ts")),
  entry("companies update", "change a company", () => import("./companies/update.ts")),
  entry("companies delete", "delete a company", () => import("./companies/delete.ts")),
  entry("companies use", "set the company of the profile", () => import("./companies/use.ts")),
  group("sites", "sites of a company", ["site"]),
  entry("sites create", "create a site", () => import("./sites/create.ts")),
  entry("sites list", "list the sites", () => import("./sites/list.ts")),
  entry("sites get", "show a site", () => import("./sites/get.ts")),
  entry("sites update", "change a site", () => import("./sites/update.ts")),
  group("connections", "logins at utility providers", ["connection"]),
  entry("connections create", "create a connection", () => import("./connections/create.ts")),
  entry("connections list", "list connections, every page", () => import("./connections/list.ts")),
  entry(
    "connections get",
    "show a connection, its status explained",
    () => import("./connections/get.ts"),
  ),
  entry(
    "connections wait",
    "wait while its status is pending",
    () => import("./connections/wait.ts"),
  ),
  group("invitations", "links that let others enter a login", ["invitation"]),
  entry(
    "invitations create",
    "invite somebody to enter a login",
    () => import("./invitations/create.ts"),
  ),
  entry("invitations list", "list invitations", () => import("./invitations/list.ts")),
  entry(
    "invitations get",
    "show an invitation and its event log",
    () => import("./invitations/get.ts"),
  ),
  entry(
    "invitations revoke",
    "make the link of an invitation unusable",
    () => import("./invitations/revoke.ts"),
  ),
  group("documents", "utility bills", ["document"]),
  entry("documents list", "list documents, every page", () => import("./documents/list.ts")),
  entry(
    "documents get",
    "show a document, its line items and usage",
    () => import("./documents/get.ts"),
  ),
  group("usage", "usage that the bills report"),
  entry("usage list", "list usage rows, every page", () => import("./usage/list.ts")),
  entry("usage chart", "chart usage by month, with totals", () => import("./usage/chart.ts")),
  group("auth", "API keys"),
  entry("auth login", "check a key and store it", () => import("./auth/login.ts")),
  entry(
    "auth status",
    "show which key is used, and whether it is valid",
    () => import("./auth/status.ts"),
  ),
  entry("auth logout", "remove the stored keys", () => import("./auth/logout.ts")),
  group("profiles", "IDs stored on this machine, by name", ["profile"]),
  entry("profiles list", "list the profiles", () => import("./profiles/list.ts")),
  entry("profiles show", "show a profile", () => import("./profiles/show.ts")),
  entry("profiles use", "set the current profile", () => import("./profiles/use.ts")),
  entry(
    "profiles delete",
    "delete a profile and its stored keys",
    () => import("./profiles/delete.ts"),
  ),
  entry("env", "print the profile's IDs as environment variables", () => import("./env/env.ts")),
  entry("doctor", "check this machine and the way to the API", () => import("./doctor/doctor.ts")),
  entry(
    "completion",
    "print a script that completes commands in a shell",
    () => import("./completion/completion.ts"),
  ),
  group("webhooks", "events that Nectar sends you", ["webhook"]),
  entry(
    "webhooks listen",
    "receive, verify and print events until Ctrl-C",
    () => import("./webhooks/listen.ts"),
  ),
  entry(
    "schema",
    "print the JSON Schema of a file or of a command's output",
    () => import("./schema/schema.ts"),
  ),
  entry("commands", "list every command, for programs", () => import("./commands/commands.ts")),
  entry("api", "send one request to the API", () => import("./api/api.ts")),
  group("emulator", "the Nectar API on this machine"),
  entry("emulator start", "serve the API until Ctrl-C", () => import("./emulator/start.ts")),
  entry(
    "emulator status",
    "show whether it is running, and where",
    () => import("./emulator/status.ts"),
  ),
  entry("emulator stop", "end the running one", () => import("./emulator/stop.ts")),
  entry("emulator run", "serve it for the time of one command", () => import("./emulator/run.ts")),
  entry("emulator export", "print its data as a seed file", () => import("./emulator/export.ts")),
  entry("emulator reset", "remove its data", () => import("./emulator/reset.ts")),
  entry("emulator seed", "load data from a file", () => import("./emulator/seed.ts")),
  entry(
    "emulator set-status",
    "set the status of a connection",
    () => import("./emulator/set-status.ts"),
  ),
  entry("emulator advance", "move its clock forward", () => import("./emulator/advance.ts")),
  entry("emulator fault", "make requests fail or misbehave", () => import("./emulator/fault.ts")),
  group("emulator webhooks", "where the local emulator sends events", ["webhook"]),
  entry(
    "emulator webhooks add",
    "send events to a URL",
    () => import("./emulator/webhooks/add.ts"),
  ),
  entry(
    "emulator webhooks list",
    "list the URLs that events are sent to",
    () => import("./emulator/webhooks/list.ts"),
  ),
  entry(
    "emulator webhooks remove",
    "stop sending events to a URL",
    () => import("./emulator/webhooks/remove.ts"),
  ),
  entry(
    "emulator webhooks deliveries",
    "list what was sent, and the results",
    () => import("./emulator/webhooks/deliveries.ts"),
  ),
];

export const GROUPS: readonly CommandGroup[] = NODES.filter((node) => !("load" in node));
export const COMMANDS: readonly CommandEntry[] = NODES.filter((node) => "load" in node);

function group(words: string, summary: string, aliases: readonly string[] = []): CommandGroup {
  return { path: words.split(" "), aliases, summary };
}

function entry(
  words: string,
  summary: string,
  load: CommandEntry["load"],
  aliases: readonly string[] = words.endsWith(" list") ? ["ls"] : [],
): CommandEntry {
  return { path: words.split(" "), aliases, summary, load };
}
