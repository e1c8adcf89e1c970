/** `nectar emulator fault`: makes the local emulator misbehave on purpose, for tests of whatever calls the API. Our own, not Nectar's. */

import type { Context } from "../../app/context.ts";
import { defineCommand, type Field, list, option, schemaOf, toggle } from "../../cli/define.ts";
import {
  DURATION_ALLOWED,
  oneOf,
  parseDuration,
  read,
  readWhole,
  wholeNumber,
} from "../../cli/values.ts";
import {
  combinationProblems,
  FAULT_CHANGES,
  FAULT_EFFECTS,
  FAULT_METHODS,
  isHeader,
  isMember,
  isPathPattern,
  isRouteName,
  isStatus,
  isWebUrl,
  LONGEST_LAG_MS,
  MEMBER_RULE,
  PATH_RULE,
  ROUTE_NAMES,
  STATUS_RULE,
} from "../../emulator/faults/rules.ts";
import { UsageError } from "../../errors.ts";
import { type FaultOutcome, faultView } from "./fault-view.ts";

const MOMENTS = ["before", "after"] as const;
const MOMENTS_ALLOWED = "before (acting) or after (the commit)";
const COUNT_ALLOWED = "a whole number above zero";
const MOST = 999_999_999;

const fields = {
  method: option("--method <METHOD>", {
    help: `the requests that get it: ${FAULT_METHODS.join(", ")} (default: *)`,
    schema: oneOf(FAULT_METHODS),
    allowed: FAULT_METHODS.join(", "),
  }),
  path: option("--path <PATTERN>", {
    help: "their path, such as /company/*/site; * is one segment, ** any rest (default: **)",
    schema: read((text) => (isPathPattern(text) ? text : null)),
    allowed: PATH_RULE,
  }),
  route: option("--route <NAME>", {
    help: `instead of both, a route in either path form: ${ROUTE_NAMES.join(", ")}`,
    schema: read((text) => (isRouteName(text) ? text : null)),
    allowed: ROUTE_NAMES.join(", "),
  }),
  skip: option("--skip <N>", {
    help: "let so many of them through first (default: 0)",
    schema: wholeNumber(0, MOST),
    allowed: "a whole number",
  }),
  times: option("--times <N>", {
    help: "how many then get it, or forever (default: 1)",
    schema: schemaOf((text) => {
      if (text === "forever") return null;
      const times = readWhole(text, 1, MOST);
      if (times === null) throw new Error("");
      return times;
    }),
    allowed: `${COUNT_ALLOWED}, or forever`,
  }),
  status: option("--status <CODE>", {
    help: "answer this status without acting; 101 changes to another protocol, and nothing follows",
    schema: read((text) => {
      const status = readWhole(text, 0, MOST);
      return status !== null && isStatus(status) ? status : null;
    }),
    allowed: STATUS_RULE,
  }),
  headers: list("--header <HEADER>", {
    help: "a header of that answer, such as 'Retry-After: 2'; may be repeated",
    schema: read(readHeader),
    allowed: "'Name: value', without a header that frames the message",
  }),
  body: option("--body <TEXT>", {
    help: "the body of that answer, JSON or text (default: an error in JSON)",
    schema: schemaOf(readBody),
    allowed: "JSON or any text",
  }),
  after: toggle("--after-commit", { help: "with --status: act first, and hide it" }),
  delayMs: option("--delay <DURATION>", {
    help: "act, then wait this long before the answer",
    schema: read(parseDuration),
    allowed: DURATION_ALLOWED,
  }),
  commitAfterMs: option("--commit-after <DURATION>", {
    help: "act and answer this much later, also when the client is gone by then",
    schema: read(parseDuration),
    allowed: DURATION_ALLOWED,
  }),
  cut: option("--cut <WHEN>", {
    help: "close the connection without an answer, before acting or after the commit",
    schema: oneOf(MOMENTS),
    allowed: MOMENTS_ALLOWED,
  }),
  truncate: option("--truncate <BYTES>", {
    help: "act, send so many bytes of the body, close the connection",
    schema: wholeNumber(0, MOST),
    allowed: "a whole number",
  }),
  slowBody: option("--slow <BYTES>", {
    help: "act, then send so many bytes of the body a second",
    schema: wholeNumber(1, MOST),
    allowed: COUNT_ALLOWED,
  }),
  endless: toggle("--endless", { help: "act, then send JSON that never ends" }),
  html: toggle("--html", { help: "act, then answer with a login page" }),
  malformed: toggle("--malformed", { help: "act, then answer with JSON that breaks off" }),
  when: toggle("--before-commit", {
    help: "with --endless, --html, --malformed: answer so without acting",
  }),
  redirect: option("--redirect <URL>", {
    help: "answer 307 to this URL without acting",
    schema: read((text) => (isWebUrl(text) ? text : null)),
    allowed: "an http or https URL",
  }),
  hang: option("--hang <WHEN>", {
    help: "never answer, before acting or after the commit",
    schema: oneOf(MOMENTS),
    allowed: MOMENTS_ALLOWED,
  }),
  lagMs: option("--lag <DURATION>", {
    help: "lists show what was there this long ago, up to 1h; a read by ID does not lag",
    schema: read((text) => {
      const ms = parseDuration(text);
      return ms === null || ms > LONGEST_LAG_MS ? null : ms;
    }),
    allowed: "a duration above zero of at most 1h, such as 500ms or 5s",
  }),
  omit: option("--omit <FIELDS>", {
    help: "leave these members out of every object of the answer, such as username,sites",
    schema: read((text) => {
      const names = text.split(",").map((name) => name.trim());
      return names.every(isMember) ? names : null;
    }),
    allowed: `${MEMBER_RULE}, separated by commas`,
  }),
  list: toggle("--list", { help: "show the faults that are set, and how often each was met" }),
  clear: toggle("--clear", { help: "remove all of them" }),
} as const;

/** The flag of a field without its value. */
function flagOf(name: string): string {
  const field: Field | undefined = Object.entries(fields).find(([each]) => each === name)?.[1];
  return field?.flag.split(" ")[0] ?? name;
}

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
    const given = Object.entries(input)
      .filter(([, value]) => (Array.isArray(value) ? value.length > 0 : value !== undefined))
      .map(([name]) => name);
    if (given.length === 0) throw missing();
    const alone = given.find((name) => name === "list" || name === "clear");
    if (alone !== undefined && given.length > 1) {
      throw new UsageError("invalid_input", `${flagOf(alone)} goes with no other option`);
    }
    if (alone !== undefined) return;
    const [first, ...rest] = combinationProblems((field) => given.includes(field), flagOf);
    if (first !== undefined) throw new UsageError("invalid_input", first, { lines: rest });
  },
  async run(input, context: Context): Promise<FaultOutcome> {
    const { openFaults } = await import("../../emulator/faults/faults.ts");
    // One that runs reads the same file, so there is nobody else to tell.
    const faults = openFaults({ ...context.stateFolder, ids: context.newId });
    if (input.list) return { kind: "list", faults: await faults.list() };
    if (input.clear) return { kind: "cleared", count: await faults.clear() };
    const { list: _list, clear: _clear, headers, after, when, slowBody, ...plain } = input;
    const added = await faults.add({
      ...plain,
      headers: headers.length === 0 ? undefined : Object.fromEntries(headers),
      after: after ? "commit" : undefined,
      when: when ? "before" : undefined,
      slowBody: slowBody === undefined ? undefined : { bytesPerSecond: slowBody },
      endless: input.endless ? true : undefined,
      html: input.html ? true : undefined,
      malformed: input.malformed ? true : undefined,
    });
    return { kind: "added", fault: added };
  },
  view: faultView,
});

function missing(): UsageError {
  const effects = [...FAULT_EFFECTS, ...FAULT_CHANGES].map(flagOf).join(", ");
  return new UsageError("missing_input", `missing input: what is to go wrong, one of ${effects}`, {
    hint: "Or --list for the faults that are set, --clear to remove them.",
    next: [{ words: ["nectar", "emulator", "fault", "--help"], why: "all options, with examples" }],
  });
}

function readHeader(text: string): readonly [name: string, value: string] | null {
  const colon = text.indexOf(":");
  const [name, value] = [text.slice(0, colon).trim(), text.slice(colon + 1).trim()];
  return colon > 0 && isHeader(name, value) ? [name, value] : null;
}

function readBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
