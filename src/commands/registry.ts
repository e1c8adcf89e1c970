/** Every group and command: its words, a one-line summary, and how to load it. Read at start-up, so it imports no command itself. */
import type { Registry } from "../app/context.ts";

type CommandGroup = Registry["groups"][number];
type CommandEntry = Registry["commands"][number];
type Row = CommandGroup | CommandEntry;

/** In the order of the help. */
export const NODES: readonly Row[] = [
  entry(
    "onboard|init",
    "company, 1 to 3 sites, sandbox connection, validated status",
    () => import("./onboard/onboard.ts"),
  ),
  entry("plan", "show what a file of companies would create", () => import("./portfolio/plan.ts")),
  entry("apply", "create what a file of companies describes", () => import("./portfolio/apply.ts")),
  entry("export", "print companies as a plan file", () => import("./portfolio/export.ts")),
  entry(
    "teardown",
    "delete companies that this tool created",
    () => import("./portfolio/teardown.ts"),
  ),
  ...group("companies|company", "companies that the key can access", [
    entry("create", "create a company", () => import("./companies/create.ts")),
    entry("list|ls", "list the companies", () => import("./companies/list.ts")),
    entry("get", "show a company", () => import("./companies/get.ts")),
    entry("update", "change a company", () => import("./companies/update.ts")),
    entry("delete", "delete a company", () => import("./companies/delete.ts")),
    entry("use", "set the company of the profile", () => import("./companies/use.ts")),
  ]),
  ...group("sites|site", "sites of a company", [
    entry("create", "create a site", () => import("./sites/create.ts")),
    entry("list|ls", "list the sites", () => import("./sites/list.ts")),
    entry("get", "show a site", () => import("./sites/get.ts")),
    entry("update", "change a site", () => import("./sites/update.ts")),
  ]),
  ...group("connections|connection", "logins at utility providers", [
    entry("create", "create a connection", () => import("./connections/create.ts")),
    entry("list|ls", "list connections, every page", () => import("./connections/list.ts")),
    entry("get", "show a connection, its status explained", () => import("./connections/get.ts")),
    entry("wait", "wait while its status is pending", () => import("./connections/wait.ts")),
  ]),
  ...group("invitations|invitation", "links that let others enter a login", [
    entry("create", "invite somebody to enter a login", () => import("./invitations/create.ts")),
    entry("list|ls", "list invitations", () => import("./invitations/list.ts")),
    entry("get", "show an invitation and its event log", () => import("./invitations/get.ts")),
    entry(
      "revoke",
      "make the link of an invitation unusable",
      () => import("./invitations/revoke.ts"),
    ),
  ]),
  ...group("documents|document", "utility bills", [
    entry("list|ls", "list documents, every page", () => import("./documents/list.ts")),
    entry("get", "show a document, its line items and usage", () => import("./documents/get.ts")),
  ]),
  ...group("usage", "usage that the bills report", [
    entry("list|ls", "list usage rows, every page", () => import("./usage/list.ts")),
    entry("chart", "chart usage by month, with totals", () => import("./usage/chart.ts")),
  ]),
  ...group("auth", "API keys", [
    entry("login", "check a key and store it", () => import("./auth/login.ts")),
    entry(
      "status",
      "show which key is used, and whether it is valid",
      () => import("./auth/status.ts"),
    ),
    entry("logout", "remove the stored keys", () => import("./auth/logout.ts")),
  ]),
  ...group("profiles|profile", "IDs stored on this machine, by name", [
    entry("list|ls", "list the profiles", () => import("./profiles/list.ts")),
    entry("show", "show a profile", () => import("./profiles/show.ts")),
    entry("use", "set the current profile", () => import("./profiles/use.ts")),
    entry("delete", "delete a profile and its stored keys", () => import("./profiles/delete.ts")),
  ]),
  entry("env", "print the profile's IDs as environment variables", () => import("./env/env.ts")),
  entry("doctor", "check this machine and the way to the API", () => import("./doctor/doctor.ts")),
  entry(
    "completion",
    "print a script that completes commands in a shell",
    () => import("./completion/completion.ts"),
  ),
  ...group("webhooks|webhook", "events that Nectar sends you", [
    entry(
      "listen",
      "receive, verify and print events until Ctrl-C",
      () => import("./webhooks/listen.ts"),
    ),
  ]),
  entry(
    "schema",
    "print the JSON Schema of a file or of a command's output",
    () => import("./schema/schema.ts"),
  ),
  entry("commands", "list every command, for programs", () => import("./commands/commands.ts")),
  entry("api", "send one request to the API", () => import("./api/api.ts")),
  ...group("emulator", "the Nectar API on this machine", [
    entry("start", "serve the API until Ctrl-C", () => import("./emulator/start.ts")),
    entry("status", "show whether it is running, and where", () => import("./emulator/status.ts")),
    entry("stop", "end the running one", () => import("./emulator/stop.ts")),
    entry("run", "serve it for the time of one command", () => import("./emulator/run.ts")),
    entry("export", "print its data as a seed file", () => import("./emulator/export.ts")),
    entry("reset", "remove its data", () => import("./emulator/reset.ts")),
    entry("seed", "load data from a file", () => import("./emulator/seed.ts")),
    entry("set-status", "set the status of a connection", () => import("./emulator/set-status.ts")),
    entry("advance", "move its clock forward", () => import("./emulator/advance.ts")),
    entry("fault", "make requests fail or misbehave", () => import("./emulator/fault.ts")),
    ...group("webhooks|webhook", "where the local emulator sends events", [
      entry("add", "send events to a URL", () => import("./emulator/webhooks/add.ts")),
      entry(
        "list|ls",
        "list the URLs that events are sent to",
        () => import("./emulator/webhooks/list.ts"),
      ),
      entry(
        "remove",
        "stop sending events to a URL",
        () => import("./emulator/webhooks/remove.ts"),
      ),
      entry(
        "deliveries",
        "list what was sent, and the results",
        () => import("./emulator/webhooks/deliveries.ts"),
      ),
    ]),
  ]),
];

export const GROUPS: readonly CommandGroup[] = NODES.filter((node) => !("load" in node));
export const COMMANDS: readonly CommandEntry[] = NODES.filter((node) => "load" in node);

/** A group, and what is in it. */
function group(names: string, summary: string, children: readonly Row[]): readonly Row[] {
  const own = named(names, summary);
  return [own, ...children.map((one) => ({ ...one, path: [...own.path, ...one.path] }))];
}

function entry(names: string, summary: string, load: CommandEntry["load"]): CommandEntry {
  return { ...named(names, summary), load };
}

/** @param names its name, and its aliases after bars */
function named(names: string, summary: string): CommandGroup {
  const [word = "", ...aliases] = names.split("|");
  return { path: [word], aliases, summary };
}
