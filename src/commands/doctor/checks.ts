/** The checks of `nectar doctor`, in the order in which they are shown. None of them changes or creates anything. */
import { findKey, openApi } from "../../app/client.ts";
import { NECTAR } from "../../app/target.ts";
import { countText } from "../../cli/list-view.ts";
import { findDeadRegistration, findStanding, openEmulator } from "../../emulator/emulator.ts";
import type { LocalStateError } from "../../errors.ts";
import { ledgersOf } from "../../onboarding/ledger.ts";
import { formatDuration } from "../../words/duration.ts";
import { requireProfile } from "../profiles/ids.ts";
import {
  type Check,
  type Finding,
  findingOf,
  needed,
  ok,
  repairable,
  type Subject,
  skipped,
  unsafeFinding,
  warning,
} from "./check.ts";
import { SkippedError } from "./reach.ts";

/** Our choice: far below what a certificate or a signed webhook tolerates. */
const CLOCK_TOLERANCE_MS = 30_000;

export const CHECKS: readonly Check[] = [
  {
    name: "node",
    async run({ context: { nodeVersion, version, platform } }) {
      return ok(`Node ${nodeVersion} on ${platform}, for nectar ${version}`);
    },
  },
  {
    name: "config folder",
    isRepairable: true,
    run: async (subject) => folderFinding(subject, "config"),
  },
  {
    name: "state folder",
    isRepairable: true,
    run: async (subject) => folderFinding(subject, "state"),
  },
  {
    name: "profile",
    async run({ context }) {
      await requireProfile(context);
      const name = await context.profileName();
      const profile = await context.profile();
      if (profile === null) return ok(`"${name}" is not stored yet`);
      const { company, sites, connection } = profile;
      const parts = [
        company === null ? "no company" : `company ${company.id}`,
        countText(sites.length, "site"),
        connection === null ? "no connection" : `connection ${connection.id}`,
      ];
      return ok(`"${name}": ${parts.join(", ")}`);
    },
  },
  {
    name: "target",
    async run({ target }) {
      const found = await target();
      return found === null ? skipped("none is named, and there is no key") : ok(found.name);
    },
  },
  {
    name: "key",
    async run({ context, target }) {
      const found = (await needed(target(), "the target is not known")) ?? NECTAR;
      if (found.kind === "local") return skipped("the local emulator has its own");
      const { source, where } = await findKey(found, await context.profileName(), context);
      return ok(source === where ? source : `from the ${source}: ${where}`);
    },
  },
  {
    name: "proxy",
    async run({ reach }) {
      const { proxy, first } = await reach.way();
      return ok(proxy === null ? "none" : `${first.host}, from ${proxy}`);
    },
  },
  {
    name: "name",
    async run({ reach }) {
      const { first } = await route(reach);
      return ok(`${first.hostname} is ${await reach.address()}`);
    },
  },
  {
    name: "connect",
    async run({ reach }) {
      const { first } = await route(reach);
      await needed(reach.address(), "the name was not found");
      return ok(`${first.host} in ${await reach.connected()} ms`);
    },
  },
  {
    name: "tls",
    async run({ reach }) {
      const { url } = await route(reach);
      if (url.protocol !== "https:")
        return skipped("plain HTTP, which does not leave this machine");
      await needed(reach.connected(), "there is no connection");
      await reach.date();
      return ok("the certificate is valid");
    },
  },
  {
    name: "ping",
    async run({ context, target, reach, signal }) {
      const { url } = await route(reach);
      await needed(reach.connected(), "there is no connection");
      if (url.protocol === "https:") await needed(reach.date(), "there is no secure connection");
      const found = await target();
      if (found === null) throw new SkippedError("the target is not known");
      const key = await needed(
        findKey(found, await context.profileName(), context),
        "there is no key",
      );
      const started = context.clock.now();
      const api = await openApi({ ...context, signal }, { key: key.key, baseUrl: key.baseUrl });
      await api.ping();
      return ok(`${url.host} accepts the key, in ${context.clock.now() - started} ms`);
    },
  },
  {
    name: "clock",
    async run({ reach }) {
      await route(reach);
      const date = await needed(reach.date(), "there is no response");
      if (date === null) return skipped("the server does not say its time");
      const ahead = date.ours - date.theirs;
      if (Math.abs(ahead) <= CLOCK_TOLERANCE_MS) return ok("agrees with the server's");
      const how = `${formatDuration(Math.abs(ahead))} ${ahead > 0 ? "ahead of" : "behind"}`;
      return warning(
        `this machine's clock is ${how} the server's. Set it, or certificates and webhooks may be refused.`,
      );
    },
  },
  { name: "open creates", run: openCreates },
  {
    name: "locks",
    isRepairable: true,
    async run({ folders }) {
      const { config, state } = folders();
      const held = [...config.held, ...state.held];
      const stale = [...config.stale, ...state.stale];
      if (stale.length > 0) {
        return repairable(
          `${countText(stale.length, "lock")} of a run that is gone. It blocks nothing: the next run takes it over.`,
          stale.map(({ path, repair: run }) => ({ what: `removed the lock of ${path}`, run })),
        );
      }
      const holders = held.map(({ holder }) =>
        holder === null ? "unknown" : `${holder.command}, process ${holder.pid}`,
      );
      return ok(held.length === 0 ? "none" : `held by a run: ${holders.join("; ")}`);
    },
  },
  {
    name: "leftovers",
    isRepairable: true,
    async run({ folders }) {
      const { config, state } = folders();
      const left = [...config.leftovers, ...state.leftovers];
      if (left.length === 0) return ok("none");
      const what = (path: string) => `removed the temporary files of ${path}`;
      return repairable(
        `a run that was killed left temporary files of ${left.map(({ path }) => path).join(", ")}.`,
        left.map(({ path, repair: run }) => ({ what: what(path), run })),
      );
    },
  },
  {
    name: "emulator",
    isRepairable: true,
    async run({ context: { emulator } }) {
      const state = await openEmulator(emulator);
      await state.faults.list();
      const standing = await findStanding(emulator);
      if (standing !== null) return ok(`${standing.url}, process ${standing.pid}`);
      const remove = await findDeadRegistration(emulator);
      if (remove === null) return ok("none is running");
      return repairable(
        "the registration of one that is gone is still there. The next one replaces it.",
        [{ what: "removed the registration of an emulator that is gone", run: remove }],
      );
    },
  },
];

/** The way to the server, for a check of one of its steps. */
function route(reach: Subject["reach"]) {
  return reach.way().catch((error: unknown) => {
    throw error instanceof SkippedError ? error : new SkippedError("the proxy can't be used");
  });
}

function folderFinding({ context, folders }: Subject, which: "config" | "state"): Finding {
  const inspection = folders()[which];
  const path = context.places[which === "config" ? "configDir" : "stateDir"];
  const bad = unsafeFinding(inspection);
  if (bad !== null) return bad;
  return ok(inspection.exists ? path : `${path} does not exist yet`);
}

/** Creates whose outcome is unknown, and runs that did not finish, at this target. */
async function openCreates({ context, target }: Subject): Promise<Finding> {
  const found = await needed(target(), "the target is not known");
  if (found === null) return skipped("the target is not known");
  const { places, uid, clock } = context;
  const damaged: LocalStateError[] = [];
  const place = { folder: places.ledger, top: places.stateDir, uid };
  const ledgers = ledgersOf(place, found.name, (error) => damaged.push(error));
  const [first] = damaged;
  if (first !== undefined) return findingOf(first);
  const untils = ledgers.flatMap(({ intents }) => intents.map(({ until }) => until));
  const unfinished = ledgers.filter(({ run }) => run !== null).length;
  if (untils.length > 0) {
    const until = Math.max(...untils);
    const isOne = untils.length === 1;
    const what =
      until > clock.now()
        ? `may still be under way, until ${new Date(until).toISOString()}`
        : `${isOne ? "is" : "are"} not known to have happened`;
    return warning(
      `${countText(untils.length, "create")} ${what}. Then run the same command again: it looks before it creates.`,
    );
  }
  if (unfinished > 0) {
    return warning(
      `${countText(unfinished, "run")} did not finish. Run the same command again to continue.`,
    );
  }
  return ok("none");
}
