/** The commands that are meant by words that other tools use. */
import { COMMANDS } from "./registry.ts";

/** Of the whole tool: a command line, or its beginning, and the command that is meant. */
const LINES: Readonly<Record<string, string>> = {
  login: "auth login",
  logout: "auth logout",
  whoami: "auth status",
  ping: "auth status",
  status: "connections get",
  connect: "onboard",
  start: "onboard",
  setup: "onboard",
  use: "profiles use",
  config: "profiles show",
  bills: "documents list",
  charts: "usage chart",
  chart: "usage chart",
  invite: "invitations create",
  listen: "webhooks listen",
  serve: "emulator start",
  mock: "emulator start",
  dev: "emulator start",
  destroy: "teardown",
  import: "apply",
  request: "api",
  curl: "api",
  "emulator serve": "emulator start",
  "emulator up": "emulator start",
  "emulator down": "emulator stop",
  "emulator status-set": "emulator set-status",
};

/** Of any group: a verb, and those that are meant, the best first. */
const VERBS: Readonly<Record<string, readonly string[]>> = {
  show: ["get"],
  view: ["get", "show"],
  describe: ["get", "show"],
  info: ["get", "show", "status"],
  explain: ["get", "show"],
  get: ["show"],
  status: ["get"],
  all: ["list"],
  add: ["create"],
  new: ["create"],
  connect: ["create"],
  edit: ["update"],
  set: ["update", "use"],
  patch: ["update"],
  rm: ["delete", "remove", "revoke"],
  remove: ["delete", "revoke"],
  delete: ["revoke", "remove"],
  cancel: ["revoke"],
  select: ["use"],
  switch: ["use"],
  watch: ["wait", "listen"],
};

/**
 * The command that is meant by an unknown one.
 *
 * @param group the words of the group, empty for the whole tool
 * @returns the words, or null
 */
export function meantBy(group: readonly string[], word: string): readonly string[] | null {
  const given = [...group, word].join(" ");
  const verbs = Object.hasOwn(VERBS, word) ? (VERBS[word] ?? []) : [];
  const candidates = [
    ...(Object.hasOwn(LINES, given) ? [LINES[given] ?? ""] : []),
    ...(group.length === 0 ? [] : verbs.map((verb) => [...group, verb].join(" "))),
  ];
  const isThere = (line: string) => COMMANDS.some(({ path }) => path.join(" ") === line);
  return candidates.find(isThere)?.split(" ") ?? null;
}
