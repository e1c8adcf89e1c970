/** Every command: its words, one line about it, and how to load it. Read at start-up, so it loads nothing itself. */

import type { Context } from "../app/context.ts";
import type { Runnable } from "../cli/define.ts";

export interface CommandEntry {
  /** The words that call it, such as `["companies", "list"]`. */
  readonly path: readonly string[];
  readonly aliases: readonly string[];
  readonly summary: string;
  readonly load: () => Promise<{ readonly command: Runnable<Context> }>;
}

export interface CommandGroup {
  /** The words that call it, such as `["companies"]`. */
  readonly path: readonly string[];
  readonly aliases: readonly string[];
  readonly summary: string;
}

export const GROUPS: readonly CommandGroup[] = [
  { path: ["companies"], aliases: ["company"], summary: "the companies that the key sees" },
  { path: ["sites"], aliases: ["site"], summary: "the sites of a company" },
  { path: ["connections"], aliases: ["connection"], summary: "the logins at utility providers" },
  { path: ["invitations"], aliases: ["invitation"], summary: "links by which others give a login" },
  { path: ["documents"], aliases: ["document"], summary: "the bills that connections bring" },
  { path: ["usage"], aliases: [], summary: "the usage that bills state" },
  { path: ["auth"], aliases: [], summary: "API keys" },
  { path: ["profiles"], aliases: ["profile"], summary: "IDs kept on this machine, by name" },
  { path: ["webhooks"], aliases: ["webhook"], summary: "the events that are sent to you" },
  { path: ["emulator"], aliases: [], summary: "the Nectar API on this machine" },
  {
    path: ["emulator", "webhooks"],
    aliases: ["webhook"],
    summary: "where the local emulator sends events",
  },
];

const LIST = ["ls"];
const NONE: readonly string[] = [];

export const COMMANDS: readonly CommandEntry[] = [
  {
    path: ["onboard"],
    aliases: ["init"],
    summary: "company, 1 to 3 sites, sandbox connection, validated status",
    load: () => import("./onboard/onboard.ts"),
  },
  entry("companies", "create", "create a company", NONE, () => import("./companies/create.ts")),
  entry("companies", "list", "list the companies", LIST, () => import("./companies/list.ts")),
  entry("companies", "get", "show a company", NONE, () => import("./companies/get.ts")),
  entry("companies", "update", "change a company", NONE, () => import("./companies/update.ts")),
  entry("companies", "delete", "delete a company", NONE, () => import("./companies/delete.ts")),
  entry("companies", "use", "make it the profile's", NONE, () => import("./companies/use.ts")),
  entry("sites", "create", "create a site", NONE, () => import("./sites/create.ts")),
  entry("sites", "list", "list the sites", LIST, () => import("./sites/list.ts")),
  entry("sites", "get", "show a site", NONE, () => import("./sites/get.ts")),
  entry("sites", "update", "change a site", NONE, () => import("./sites/update.ts")),
  entry(
    "connections",
    "create",
    "open a connection",
    NONE,
    () => import("./connections/create.ts"),
  ),
  entry(
    "connections",
    "list",
    "list connections, every page",
    LIST,
    () => import("./connections/list.ts"),
  ),
  entry(
    "connections",
    "get",
    "show a connection, its status explained",
    NONE,
    () => import("./connections/get.ts"),
  ),
  entry(
    "connections",
    "wait",
    "wait while it is pending",
    NONE,
    () => import("./connections/wait.ts"),
  ),
  entry(
    "invitations",
    "create",
    "invite somebody to give a login",
    NONE,
    () => import("./invitations/create.ts"),
  ),
  entry("invitations", "list", "list invitations", LIST, () => import("./invitations/list.ts")),
  entry(
    "invitations",
    "get",
    "show an invitation and what happened with it",
    NONE,
    () => import("./invitations/get.ts"),
  ),
  entry(
    "invitations",
    "revoke",
    "make an invitation's link unusable",
    NONE,
    () => import("./invitations/revoke.ts"),
  ),
  entry(
    "documents",
    "list",
    "list documents, every page",
    LIST,
    () => import("./documents/list.ts"),
  ),
  entry(
    "documents",
    "get",
    "show a document, its line items and usage",
    NONE,
    () => import("./documents/get.ts"),
  ),
  entry("usage", "list", "list usage rows, every page", LIST, () => import("./usage/list.ts")),
  entry(
    "usage",
    "chart",
    "chart usage by month, with totals",
    NONE,
    () => import("./usage/chart.ts"),
  ),
  entry("auth", "login", "check a key and store it", NONE, () => import("./auth/login.ts")),
  entry(
    "auth",
    "status",
    "which key is used, and is it valid",
    NONE,
    () => import("./auth/status.ts"),
  ),
  entry("auth", "logout", "remove the stored keys", NONE, () => import("./auth/logout.ts")),
  entry("profiles", "list", "list the profiles", LIST, () => import("./profiles/list.ts")),
  entry("profiles", "show", "show a profile", NONE, () => import("./profiles/show.ts")),
  entry("profiles", "use", "make it the current one", NONE, () => import("./profiles/use.ts")),
  entry("profiles", "delete", "forget a profile", NONE, () => import("./profiles/delete.ts")),
  entry(
    "webhooks",
    "listen",
    "receive, verify and print events until Ctrl-C",
    NONE,
    () => import("./webhooks/listen.ts"),
  ),
  entry(
    "emulator",
    "start",
    "serve the API until Ctrl-C",
    NONE,
    () => import("./emulator/start.ts"),
  ),
  entry(
    "emulator",
    "status",
    "does one run, and where",
    NONE,
    () => import("./emulator/status.ts"),
  ),
  entry("emulator", "reset", "remove its data", NONE, () => import("./emulator/reset.ts")),
  entry("emulator", "seed", "fill it from a file", NONE, () => import("./emulator/seed.ts")),
  entry(
    "emulator",
    "set-status",
    "give a connection any status",
    NONE,
    () => import("./emulator/set-status.ts"),
  ),
  entry("emulator", "advance", "move its time ahead", NONE, () => import("./emulator/advance.ts")),
  entry("emulator", "fault", "let requests go wrong", NONE, () => import("./emulator/fault.ts")),
  entry(
    "emulator webhooks",
    "add",
    "send events to a URL",
    NONE,
    () => import("./emulator/webhooks/add.ts"),
  ),
  entry(
    "emulator webhooks",
    "list",
    "the URLs that events are sent to",
    LIST,
    () => import("./emulator/webhooks/list.ts"),
  ),
  entry(
    "emulator webhooks",
    "remove",
    "send no more events to a URL",
    NONE,
    () => import("./emulator/webhooks/remove.ts"),
  ),
  entry(
    "emulator webhooks",
    "deliveries",
    "what was sent, and what became of it",
    NONE,
    () => import("./emulator/webhooks/deliveries.ts"),
  ),
];

function entry(
  group: string,
  verb: string,
  summary: string,
  aliases: readonly string[],
  load: CommandEntry["load"],
): CommandEntry {
  return { path: [...group.split(" "), verb], aliases, summary, load };
}
