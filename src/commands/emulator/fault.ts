/** `nectar emulator fault`: makes the local emulator misbehave on purpose, for tests of whatever calls the API. Our own, not Nectar's. */
import { defineCommand, type Field, list, option, schemaOf, toggle } from "../../cli/define.ts";
import { DURATION_ALLOWED, parseDuration } from "../../cli/duration.ts";
import { oneOf, read, readWhole, wholeNumber } from "../../cli/values.ts";
import {
  combinationProblems,
  FAULT_EFFECTS,
  FAULT_METHODS,
  isHeader,
  isPathPattern,
  isRouteName,
  isWebUrl,
  PATH_RULE,
  ROUTE_NAMES,
} from "../../emulator/faults/rules.ts";
import { UsageError } from "../../errors.ts";
import type { Context } from "../context.ts";
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
    help: "answer this status without acting",
    schema: wholeNumber(200, 599),
    allowed: "a status from 200 to 599",
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
    help: "with --delay, --endless, --html, --malformed: before acting, or without it",
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
    "Makes the local emulator misbehave, so that you see what your integration does then. A fault names the requests\nthat get it, how many, and one thing that goes wrong. It holds for `nectar --local` and for an emulator that runs\nwith this state folder, at once, until it is used up or cleared; several are met in the order in which they were\nadded. The same over HTTP, with the emulator's key: GET, POST and DELETE /_emulator/faults.\nThe Nectar API has no such thing.",
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
      command: "nectar emulator fault --path '/company/**' --delay 40s --before-commit",
      note: "act only when the client has given up",
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
    const { stateDir } = context.places;
    // One that runs reads the same file, so there is nobody else to tell.
    const faults = openFaults({ stateDir, ids: context.machine.newId });
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
  const effects = FAULT_EFFECTS.map(flagOf).join(", ");
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
