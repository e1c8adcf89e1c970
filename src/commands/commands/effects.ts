/** What each command reads, writes, deletes and serves, and the exit statuses that only some commands have. */
import type { ExitName } from "../../errors.ts";

/**
 * `api` is the API of the target, `emulator` the data of the local one, `ledger` what this machine remembers of its
 * creates, `file` one that the user names, `port` one on 127.0.0.1.
 */
type Thing =
  | "api"
  | "profile"
  | "key"
  | "ledger"
  | "emulator"
  | "file"
  | "stdin"
  | "port"
  | "command";

export interface Effects {
  readonly reads?: readonly Thing[];
  readonly writes?: readonly Thing[];
  readonly deletes?: readonly Thing[];
  readonly serves?: readonly Thing[];
  /** Besides those that follow from the others. */
  readonly exits?: readonly ExitName[];
}

const looks: Effects = { reads: ["api", "profile"] };
const creates: Effects = {
  reads: ["api", "profile", "ledger"],
  writes: ["api", "profile", "ledger"],
};
const changes: Effects = { reads: ["profile"], writes: ["api", "profile"] };
const emulates: Effects = { reads: ["emulator"] };
const drives: Effects = { reads: ["emulator"], writes: ["emulator"] };
const status = { exits: ["unhealthy", "pending"] } as const;

export const EFFECTS: Readonly<Record<string, Effects>> = {
  onboard: { ...creates, ...status },
  plan: { reads: ["file", "api", "ledger"], exits: ["pending"] },
  apply: { ...creates, reads: ["file", "api", "profile", "ledger"], ...status },
  export: looks,
  teardown: {
    reads: ["file", "api", "ledger"],
    writes: ["ledger", "profile"],
    deletes: ["api"],
  },
  "companies create": creates,
  "companies list": looks,
  "companies get": looks,
  "companies update": changes,
  "companies delete": { reads: ["profile"], writes: ["profile", "ledger"], deletes: ["api"] },
  "companies use": { reads: ["api"], writes: ["profile"] },
  "sites create": creates,
  "sites list": looks,
  "sites get": looks,
  "sites update": changes,
  "connections create": { ...creates, ...status },
  "connections list": looks,
  "connections get": looks,
  "connections wait": { ...looks, ...status },
  "invitations create": { reads: ["profile"], writes: ["api"] },
  "invitations list": looks,
  "invitations get": looks,
  "invitations revoke": { deletes: ["api"] },
  "documents list": looks,
  "documents get": looks,
  "usage list": looks,
  "usage chart": looks,
  "auth login": { reads: ["stdin", "api"], writes: ["key", "profile"] },
  "auth status": { reads: ["key", "profile", "api"] },
  "auth logout": { deletes: ["key"] },
  "profiles list": { reads: ["profile"] },
  "profiles show": { reads: ["profile"], exits: ["not-found"] },
  "profiles use": { writes: ["profile"] },
  "profiles delete": { deletes: ["profile", "key"], exits: ["not-found"] },
  "webhooks listen": { reads: ["stdin"], serves: ["port"] },
  env: looks,
  doctor: { reads: ["api", "profile", "key", "ledger", "emulator"] },
  completion: {},
  schema: {},
  commands: {},
  api: { reads: ["file", "api"], writes: ["api"], deletes: ["api"] },
  "emulator start": { reads: ["file"], writes: ["emulator"], serves: ["port"] },
  "emulator run": { reads: ["file"], serves: ["port", "command"] },
  "emulator stop": emulates,
  "emulator status": emulates,
  "emulator reset": { writes: ["profile"], deletes: ["emulator"] },
  "emulator seed": { reads: ["file"], writes: ["emulator"] },
  "emulator export": emulates,
  "emulator set-status": { ...drives, exits: ["not-found"] },
  "emulator advance": drives,
  "emulator fault": drives,
  "emulator webhooks add": drives,
  "emulator webhooks list": emulates,
  "emulator webhooks remove": { deletes: ["emulator"], exits: ["not-found"] },
  "emulator webhooks deliveries": emulates,
};

const ALWAYS: readonly ExitName[] = [
  ...(["done", "bug", "usage", "local-state", "sigint", "sigterm", "sighup"] as const),
];

/** Every exit that a command may have. */
export function exitsOf({ reads = [], writes = [], deletes = [], exits = [] }: Effects) {
  const changesApi = [...writes, ...deletes].includes("api");
  const usesApi = changesApi || reads.includes("api");
  return new Set<ExitName>([
    ...ALWAYS,
    ...(usesApi ? (["auth", "not-found", "network"] as const) : []),
    ...(changesApi ? (["refused"] as const) : []),
    ...exits,
  ]);
}
