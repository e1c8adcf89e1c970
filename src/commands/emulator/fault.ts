/** `nectar emulator fault`: makes the local emulator misbehave on purpose, for tests of whatever calls the API. Our own, not Nectar's. */

import * as z from "zod/mini";
import type { Context } from "../../app/context.ts";
import { defineCommand, type Field, list, option, schemaOf, toggle } from "../../cli/define.ts";
import {
  combinationProblems,
  FAULT_ENTRIES,
  FAULT_KINDS,
  type Fault,
  openFaults,
} from "../../emulator/emulator.ts";
import { UsageError } from "../../errors.ts";
import { type FaultOutcome, faultView } from "./fault-view.ts";

/** The flags of a fault's own fields. */
const ofFaults: Readonly<Record<string, Field>> = Object.fromEntries(
  FAULT_ENTRIES.map(([name, { flag, help, takes, schema, repeatable, read }]) => {
    if (typeof takes !== "string") return [name, toggle(flag, { help })];
    const checked = schemaOf((text) => {
      const result = z.safeParse(schema, read === undefined ? text : read(text));
      if (!result.success) throw new Error("");
      return result.data;
    });
    const spec = { help, schema: checked, allowed: takes };
    return [name, repeatable ? list(flag, spec) : option(flag, spec)];
  }),
);

const fields = {
  ...ofFaults,
  list: toggle("--list", { help: "show the faults that are set, and how often each was met" }),
  clear: toggle("--clear", { help: "remove all of them" }),
};

export const command = defineCommand({
  description:
    "Makes the local emulator misbehave, so that you see what your integration does then. A fault names the requests\nthat get it, how many, and what goes wrong. It holds for `nectar --local` and for an emulator that runs with this\nstate folder, at once, until it is used up or cleared.\n\nOne thing goes wrong with a request: what the first fault says whose turn it is, in the order in which they were added. On\ntop of that come --lag and --omit, which change the emulator's own answers, from every fault that means the request. One\nfault may have both, and beside them --delay, --commit-after, --truncate, --slow or --malformed.\n\nWhat --commit-after holds back is dropped when the emulator ends, and the one inside `nectar --local` ends with its\ncommand: run `nectar emulator start` for a commit that outlives its client.\n\n--lag goes by the emulator's time. Lists miss what is newer, and still show companies that were deleted since; what\nelse has changed shows at once. The sites inside a company are such a list, also where the company is read by ID.\n\nThe same over HTTP, with the emulator's key: GET, POST and DELETE /_emulator/faults.\nThe Nectar API has no such thing.",
  fields,
  examples: [
    {
      command: "nectar emulator fault --route connections.create --cut after",
      note: "the connection is created, the answer is lost",
    },
    {
      command:
        "nectar emulator fault --method POST --status 429 --header 'Retry-After: 2' --times 3",
      note: "rate limit the next three creates",
    },
    {
      command: "nectar emulator fault --route connections.create --commit-after 40s",
      note: "the connection is created when the client has given up",
    },
    {
      command: "nectar emulator fault --lag 5s --times forever",
      note: "lists show what was there five seconds ago",
    },
    {
      command: "nectar emulator fault --omit username,initialSites --times forever",
      note: "no answer tells whose login it is, and for which sites",
    },
    {
      command: "nectar emulator fault --list --json",
      note: "what is set, and how often it was met",
    },
    { command: "nectar emulator fault --clear", note: "behave again" },
  ],
  check(input) {
    const { list: isList, clear, ...rest } = input;
    const given = faultOf(rest);
    if (isList || clear) {
      if ((isList && clear) || Object.keys(given).length > 0) {
        const alone = isList ? fields.list.flag : fields.clear.flag;
        throw new UsageError("invalid_input", `${alone} goes with no other option`);
      }
      return;
    }
    if (Object.keys(given).length === 0) throw missing();
    const [first, ...others] = combinationProblems(given, flagOf);
    if (first !== undefined) throw new UsageError("invalid_input", first, { lines: others });
  },
  async run({ list: isList, clear, ...given }, context: Context): Promise<FaultOutcome> {
    // One that runs reads the same file, so there is nobody else to tell.
    const faults = await openFaults({ ...context.stateFolder, ids: context.newId });
    if (isList) return { kind: "list", faults: await faults.list() };
    if (clear) return { kind: "cleared", count: await faults.clear() };
    return { kind: "added", fault: await faults.add(faultOf(given)) };
  },
  view: faultView,
});

/** The fault that was given, flag by flag. */
function faultOf(input: Readonly<Record<string, unknown>>): Fault {
  return Object.fromEntries(
    FAULT_ENTRIES.flatMap(([name, { takes, repeatable }]) => {
      const value = input[name];
      if (value === undefined) return [];
      if (typeof takes !== "string") return [[name, takes.on]];
      if (!repeatable) return [[name, value]];
      const parts = Array.isArray(value) ? value : [];
      return parts.length === 0 ? [] : [[name, Object.assign({}, ...parts)]];
    }),
  );
}

/** The flag of a field without its value. */
function flagOf(name: string): string {
  return ofFaults[name]?.flag.split(" ")[0] ?? name;
}

function missing(): UsageError {
  const kinds = FAULT_KINDS.map(flagOf).join(", ");
  return new UsageError("missing_input", `missing input: what is to go wrong, one of ${kinds}`, {
    hint: "Or --list for the faults that are set, --clear to remove them.",
    next: [{ words: ["nectar", "emulator", "fault", "--help"], why: "all options, with examples" }],
  });
}
