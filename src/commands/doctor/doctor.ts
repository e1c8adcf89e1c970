/** `nectar doctor`: checks this machine's side, and the way to the API. */
import { findTarget } from "../../app/client.ts";
import type { Context } from "../../app/context.ts";
import { once } from "../../app/create-context.ts";
import { inspectOwnFolders } from "../../app/own-folders.ts";
import { defineCommand, toggle } from "../../cli/define.ts";
import { countText } from "../../cli/list-view.ts";
import { nextJson, nextLines, nextShape } from "../../cli/run.ts";
import { listOf, objectOf, text, wordOf } from "../../cli/shape.ts";
import { findStanding } from "../../emulator/emulator.ts";
import { LocalStateError, mostSerious, NetworkError, PartialError } from "../../errors.ts";
import type { Palette } from "../../terminal/palette.ts";
import { printable } from "../../terminal/sanitize.ts";
import { wrapText } from "../../terminal/wrap.ts";
import { formatDuration } from "../../words/duration.ts";
import {
  type Check,
  type Finding,
  findingOf,
  STATES,
  type State,
  type Subject,
  skipped,
} from "./check.ts";
import { CHECKS } from "./checks.ts";
import { openReach } from "./reach.ts";

/** For all checks, in milliseconds: with what comes before and after, the command ends within ten seconds. */
const LIMIT_MS = 6_000;
/** The share of a given --timeout that the checks may take. */
const SHARE = 0.9;

export const command = defineCommand({
  description: `Checks what a run needs: Node, the tool's folders, profile, target and key, and the way to the API (proxy, name,
connection, TLS, /ping, clock); also creates whose outcome is unknown, locks, what killed runs left, and the emulator.
One line each: ok, warning, failed or skipped, and below it the command that helps. It changes nothing without --fix, and ends within ten seconds.

Exits with the status of the most serious check that failed, such as 4 without a key; a warning does not fail. With --json
the list is on stdout in any case. The output holds no secret, and can be pasted into a ticket.`,
  fields: {
    fix: toggle("--fix", {
      help: "repair what is safe: modes of the tool's own files, locks and files that dead runs left",
    }),
  },
  examples: {
    "nectar doctor": "of the current profile",
    "nectar doctor --local": "of the local emulator, without a network",
    "nectar doctor --fix --json": "repair, and the result as JSON",
  },
  async run({ fix = false }, context: Context): Promise<Report> {
    const fixed = fix ? await repairAll(context) : [];
    const checks = await examineAll(CHECKS, context);
    return { checks, fixed, withoutHome: (text) => withoutHome(text, context.home) };
  },
  view: {
    async human(report, screen, _now, commandLine) {
      const lines = linesOf(report).map(async ({ state, name, said, next }) => {
        const painted = screen.palette[COLORS[state]](state.padEnd(STATE_WIDTH));
        const text = await wrapText(said, screen, STATE_WIDTH + NAME_WIDTH);
        return [
          `${painted}${name.padEnd(NAME_WIDTH)}${text.trimStart()}`,
          ...next.flatMap((one) => nextLines(one, screen, commandLine)),
        ];
      });
      return (await Promise.all(lines)).flat().join("\n");
    },
    // What is to be run comes in lines of its own, so that each line has the same columns.
    plain: (report, commandLine) =>
      linesOf(report)
        .flatMap(({ state, name, said, next }) => [
          [state, name, said],
          ...next.map((one) => ["next", name, commandLine(one)]),
        ])
        .map((cells) => cells.join("\t"))
        .join("\n"),
    ids: ({ checks }) =>
      checks
        .filter(({ state }) => state === "failed" || state === "warning")
        .map(({ check }) => check.name),
    json: ({ checks, fixed, withoutHome }, commandLine) => ({
      checks: checks.map(({ check, state, message, next = [] }) => ({
        name: check.name,
        state,
        message: withoutHome(message),
        next: next.map((one) => nextJson(one, commandLine)),
      })),
      fixed: fixed.map(withoutHome),
    }),
    shape: objectOf({
      checks: listOf(
        objectOf({ name: text, state: wordOf(STATES), message: text, next: listOf(nextShape) }),
      ),
      fixed: listOf(text),
    }),
  },
  failure({ checks, withoutHome }) {
    const failed = checks.filter(({ state }) => state === "failed");
    if (failed.length === 0) return null;
    const names = failed.map(({ check }) => check.name).join(", ");
    const exit = mostSerious(failed.map(({ exit = "bug" }) => exit));
    const [first] = failed.filter((one) => one.exit === exit);
    return new PartialError(exit, `${countText(failed.length, "check")} failed: ${names}`, {
      retryable: false,
      hint: first === undefined ? undefined : withoutHome(first.message),
      next: first?.next,
    });
  },
});

interface Result extends Finding {
  readonly check: Check;
}

interface Report {
  readonly checks: readonly Result[];
  readonly fixed: readonly string[];
  readonly withoutHome: (text: string) => string;
}

/** A line for each check, and for each repair. */
function linesOf({ checks, fixed, withoutHome }: Report) {
  const said = (text: string) => printable(withoutHome(text));
  return [
    ...checks.map(({ check: { name }, state, message, next = [] }) => {
      return { state, name, said: said(message), next };
    }),
    ...fixed.map((what) => ({ state: "fixed" as const, name: "", said: said(what), next: [] })),
  ];
}

const STATE_WIDTH = Math.max(...STATES.map(({ length }) => length)) + 2;
const NAME_WIDTH = Math.max(...CHECKS.map(({ name }) => name.length)) + 2;

/** How often repaired files are looked at again: an unsafe folder hides what is in it. */
const MAX_ROUNDS = 3;

/** Repairs what is safe to repair. @returns what was done */
async function repairAll(context: Context): Promise<readonly string[]> {
  const fixed: string[] = [];
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const found = await examineAll(
      CHECKS.filter(({ isRepairable }) => isRepairable),
      context,
    );
    const repairs = found.flatMap(({ repairs = [] }) => repairs);
    for (const { what, run } of repairs) {
      await run();
      fixed.push(what);
    }
    if (repairs.length === 0) break;
  }
  return fixed;
}

/** Runs the checks side by side. One that does not end in time has failed. A cause is told by the first that met it. */
async function examineAll(checks: readonly Check[], context: Context): Promise<readonly Result[]> {
  const { clock, globals, signal: stopped } = context;
  const limitMs = globals.hasTimeout ? Math.min(LIMIT_MS, globals.timeoutMs * SHARE) : LIMIT_MS;
  const [ended, late] = [new AbortController(), new AbortController()];
  const lateError = new NetworkError("timeout", `no result within ${formatDuration(limitMs)}`, {
    processed: "no",
    hint: "Something on the way does not respond: a name server, a proxy, a firewall or the server.",
  });
  const isLate = clock.sleep(limitMs, ended.signal).then(
    () => {
      late.abort(lateError);
      throw lateError;
    },
    () => new Promise<never>(() => {}),
  );
  isLate.catch(() => {});
  const signal = AbortSignal.any([stopped, late.signal]);
  const subject = subjectOf(context, signal);
  const results = await Promise.all(
    checks.map(async (check): Promise<Result> => {
      try {
        return { check, ...(await Promise.race([check.run(subject), isLate])) };
      } catch (error) {
        return { check, ...findingOf(error) };
      }
    }),
  );
  ended.abort();
  stopped.throwIfAborted();
  return results.map(({ check, ...found }, index) => {
    const isSame = (other: Result) =>
      other.state === "failed" && other.message.includes(found.message);
    const first = found.state === "failed" ? results.slice(0, index).find(isSame) : undefined;
    return { check, ...(first === undefined ? found : skipped(`see ${first.check.name}`)) };
  });
}

function subjectOf(context: Context, signal: AbortSignal): Subject {
  const target = once(() => findTarget(context));
  let folders: ReturnType<Subject["folders"]> | null = null;
  const base = async () => {
    const found = await target().catch(() => null);
    if (found === null) return { none: "the target is not known" };
    if (found.kind === "remote") return { url: found.name };
    const standing = await findStanding(context.emulator).catch((error: unknown) => {
      // The finding of another check.
      if (error instanceof LocalStateError) return { none: "the emulator's files can't be used" };
      throw error;
    });
    return standing ?? { none: "not needed: each --local command runs its own emulator" };
  };
  return {
    ...{ context, signal, target },
    folders() {
      folders ??= inspectOwnFolders(context);
      return folders;
    },
    reach: openReach(base, context, signal),
  };
}

/** `~` for the user's home folder, where a shell that gets the text would read it the same way. */
function withoutHome(text: string, home: string): string {
  if (home.length < 2) return text;
  return text
    .split(home)
    .reduce((before, after) =>
      /^(?:[/\\]|[^\w.-]|$)/.test(after) && !/['\w/\\]$/.test(before)
        ? `${before}~${after}`
        : `${before}${home}${after}`,
    );
}

const COLORS = {
  ...{ ok: "green", fixed: "green", warning: "yellow", failed: "red", skipped: "dim" },
} as const satisfies Record<State | "fixed", keyof Palette>;
