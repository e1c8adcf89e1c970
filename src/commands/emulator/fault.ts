/** `nectar emulator fault`: makes the local emulator misbehave, for testing API clients. Our own, not Nectar's. */
import * as z from "zod/mini";
import type { Context } from "../../app/context.ts";
import { defineCommand, type Field, list, option, toggle } from "../../cli/define.ts";
import {
  combinationProblems,
  FAULT_ENTRIES,
  FAULT_KINDS,
  type Fault,
  openFaults,
} from "../../emulator/emulator.ts";
import { UsageError } from "../../errors.ts";
import { type FaultOutcome, faultView } from "./fault-view.ts";

type Entry = (typeof FAULT_ENTRIES)[number][1];

function parse({ schema, read }: Entry, text: string) {
  return z.safeParse(schema, read === undefined ? text : read(text));
}

const ofFaults: Readonly<Record<string, Field>> = Object.fromEntries(
  FAULT_ENTRIES.map(([name, entry]) => {
    const { flag, help, takes, repeatable } = entry;
    if (typeof takes !== "string") return [name, toggle(flag, { help })];
    const read = (text: string) => (parse(entry, text).success ? text : null);
    const spec = { help, read, allowed: takes };
    return [name, repeatable ? list(flag, spec) : option(flag, spec)];
  }),
);

const fields = {
  ...ofFaults,
  list: toggle("--list", {
    help: "show the faults that are set, and how often each was triggered",
  }),
  clear: toggle("--clear", { help: "remove all faults" }),
};

export const command = defineCommand({
  description:
    "Makes the local emulator misbehave, so that you can see how your integration reacts. A fault specifies which requests\nit affects, how many of them, and what goes wrong. It takes effect at once for `nectar --local` and for an emulator\nrunning with this state folder, until it is used up or cleared.\n\nOnly one thing goes wrong with a request: the first fault that is due for it applies, in the order in which they were\nadded. In addition, --lag and --omit, which change the emulator's own responses, apply from every fault that matches the\nrequest. One fault may have both, combined with --delay, --commit-after, --truncate, --slow or --malformed.\n\nA commit delayed by --commit-after is dropped when the emulator stops, and the one inside `nectar --local` stops with its\ncommand: run `nectar emulator start` for a commit that outlives its client.\n\n--lag uses the emulator's clock. Lists leave out newer objects and still show companies deleted since; other changes\nshow at once. The sites within a company are such a list, even when the company is read by ID.\n\nAlso available over HTTP, with the emulator's key: GET, POST and DELETE /_emulator/faults.\nThe Nectar API has no equivalent.",
  fields,
  examples: {
    "nectar emulator fault --route connections.create --cut after":
      "the connection is created, the response is lost",
    "nectar emulator fault --method POST --status 429 --header 'Retry-After: 2' --times 3":
      "rate limit the next three creates",
    "nectar emulator fault --route connections.create --commit-after 40s":
      "the connection is created after the client has given up",
    "nectar emulator fault --lag 5s --times forever": "lists show the state of five seconds ago",
    "nectar emulator fault --omit username,initialSites --times forever":
      "responses contain neither the user name nor the sites",
    "nectar emulator fault --list --json":
      "the faults that are set, and how often each was triggered",
    "nectar emulator fault --clear": "remove all faults",
  },
  check(input) {
    const { list: isList, clear, ...rest } = input;
    const given = faultOf(rest);
    if (isList || clear) {
      if ((isList && clear) || Object.keys(given).length > 0) {
        const alone = isList ? fields.list.flag : fields.clear.flag;
        throw new UsageError("invalid_input", `${alone} can't be used with other options`);
      }
      return;
    }
    if (Object.keys(given).length === 0) throw missing();
    const [first, ...others] = combinationProblems(given, flagOf);
    if (first !== undefined) throw new UsageError("invalid_input", first, { lines: others });
  },
  async run({ list: isList, clear, ...given }, context: Context): Promise<FaultOutcome> {
    // A running emulator reads the same file, so it needs no notification.
    const faults = await openFaults(context.emulator);
    if (isList) return { kind: "list", faults: await faults.list() };
    if (clear) return { kind: "cleared", removed: await faults.clear() };
    return { kind: "added", fault: await faults.add(faultOf(given)) };
  },
  view: faultView,
});

function faultOf(input: Readonly<Record<string, unknown>>): Fault {
  return Object.fromEntries(
    FAULT_ENTRIES.flatMap(([name, entry]) => {
      const given = input[name];
      if (given === undefined) return [];
      if (typeof entry.takes !== "string") return [[name, entry.takes.on]];
      const values = [given].flat().map((text) => parse(entry, String(text)).data);
      if (!entry.repeatable) return [[name, values[0]]];
      return values.length === 0 ? [] : [[name, Object.assign({}, ...values)]];
    }),
  );
}

function flagOf(name: string): string {
  return ofFaults[name]?.flag.split(" ")[0] ?? name;
}

function missing(): UsageError {
  const kinds = FAULT_KINDS.map(flagOf).join(", ");
  return new UsageError("missing_input", `missing input: what should go wrong, one of ${kinds}`, {
    hint: "Use --list to show the faults that are set, --clear to remove them.",
    next: [{ words: ["nectar", "emulator", "fault", "--help"], why: "all options, with examples" }],
  });
}
