/** Runs what a page of the documentation shows, in order, in folders of the page's own and at a fixed time. */
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import type { Clock } from "../../src/api/http.ts";
import { InterruptedError } from "../../src/errors.ts";
import { LOGIN, send, visit } from "../emulator/visitor.ts";
import { freshPlace, type Place } from "../support/run-cli.ts";
import { shellWords } from "../support/shell-words.ts";
import { workClock } from "../support/test-clock.ts";

/** A block of a page: its language, the file that it is (`csv companies.csv`), and its text. */
export interface Block {
  readonly language: string;
  readonly file: string | undefined;
  readonly text: string;
}

const BLOCK = /^```(\w+)(?: (\S+))?\n([\s\S]*?)^```$/gm;

/** The blocks of a page, in order. */
export function blocksOf(page: string): readonly Block[] {
  return [...page.matchAll(BLOCK)].map(([, language = "", file, text = ""]) => ({
    ...{ language, file, text },
  }));
}

/** In a page: what somebody else does between two commands. */
const VISIT = "<!-- somebody signs in through the link -->";

export const START = Date.UTC(2026, 10, 30, 11, 8, 41);

interface Standing {
  readonly shown: RegExp;
  readonly ask: string;
  readonly ready: RegExp;
}

const COLUMNS = 100;

/** The commands that run until they are stopped, and the question whose answer says that they are ready. */
const STANDING: readonly Standing[] = [
  { shown: /^\$ nectar emulator start/m, ask: "emulator status --json", ready: /"running": true/ },
  { shown: /^\$ nectar webhooks listen/m, ask: "emulator webhooks list --json", ready: /"id"/ },
];

/**
 * Runs the commands of each block of the language `console`, which begin with `$`; every other block that names a file is
 * written to it first.
 *
 * @returns the page with what the commands printed, on a terminal of 100 columns
 */
export async function runPage(page: string): Promise<string> {
  const place = freshPlace();
  const clock = STANDING.some(({ shown }) => shown.test(page)) ? passingClock() : workClock(START);
  const stop = new AbortController();
  const standing: { readonly mark: string; readonly output: Promise<string> }[] = [];
  // What the emulator makes up depends on the IDs.
  let ids = 0;
  const newId = () => uuid(ids++);
  const options = { clock, newId, env: { NO_COLOR: "1", NECTAR_CONFIG_DIR: "" } };
  let last = { status: 0, stdout: "", stderr: "", output: "" };

  const run = async (command: string): Promise<string> => {
    if (command === "echo $?") return `${last.status}\n`;
    const [line = "", file] = command.split(" > ");
    const parts = line.split(" | ");
    for (const [index, part] of parts.entries()) {
      const [tool, ...words] = shellWords(part);
      const stays = STANDING.find(({ shown }) => shown.test(`$ ${part}`));
      if (stays !== undefined) return stand(command, words, stays);
      const isShown = index === parts.length - 1 && file === undefined;
      const columns = isShown ? { columns: COLUMNS } : {};
      const stdin = index === 0 ? {} : { stdin: last.stdout };
      last =
        tool === "echo"
          ? { ...last, stdout: `${words.join(" ")}\n` }
          : await place.run(words, { ...options, ...columns, ...stdin });
    }
    if (file === undefined) return last.output;
    writeFileSync(join(place.folder, file), last.stdout);
    return last.stderr;
  };
  const stand = async (mark: string, words: readonly string[], { ask, ready }: Standing) => {
    // The port of the page may be taken.
    const port = words[0] === "emulator" ? ["--port", "0"] : [];
    const stays = { ...options, columns: COLUMNS, signal: stop.signal };
    const running = place.run([...words, ...port], stays);
    standing.push({ mark: `(${mark})`, output: running.then(({ output }) => output) });
    await expect.poll(async () => (await place.run(ask.split(" "))).stdout).toMatch(ready);
    return `(${mark})`;
  };

  let shown = "";
  let done = 0;
  for (const match of page.matchAll(new RegExp(`${BLOCK.source}|${VISIT}`, "gm"))) {
    const [whole, language, file, text = ""] = match;
    shown += page.slice(done, match.index);
    done = match.index + whole.length;
    if (language === undefined) await signIn(last.stdout);
    if (file !== undefined) {
      mkdirSync(dirname(join(place.folder, file)), { recursive: true });
      writeFileSync(join(place.folder, file), text);
    }
    if (language === "console") {
      shown += "```console\n";
      for (const [line, command = ""] of text.matchAll(/^\$ (.*(?:\\\n.*)*)\n/gm)) {
        shown += `${line}${(await run(command.replaceAll("\\\n", ""))).trimEnd()}\n`;
      }
      shown = `${shown.trimEnd()}\n\`\`\``;
    } else shown += whole;
  }
  shown += page.slice(done);
  if (standing.length > 0) await deliveries(place);
  stop.abort(new InterruptedError("sigint"));
  for (const { mark, output } of standing) shown = shown.replace(mark, (await output).trimEnd());
  return withFixedNames(shown);
}

/** A standing emulator waits for its next event, so time must pass by itself. */
function passingClock(): Clock {
  const begun = performance.now();
  return {
    now: () => Math.round(START + performance.now() - begun),
    async sleep(ms, signal) {
      try {
        await sleep(ms, undefined, { signal });
      } catch {
        throw signal.reason;
      }
    },
  };
}

/** Waits until the webhooks that are due have been delivered. */
async function deliveries(place: Place): Promise<void> {
  const words = ["emulator", "webhooks", "deliveries", "--json"];
  await expect
    .poll(async () => {
      const all = (await place.run(words)).json<readonly { readonly state: string }[]>();
      return all.length === 0 ? null : all.filter(({ state }) => state !== "delivered");
    })
    .toEqual([]);
}

async function signIn(shown: string): Promise<void> {
  const url = /^http\S+$/m.exec(shown)?.[0] ?? "";
  await send(await visit(url), LOGIN);
}

/** What differs from run to run gets names that don't, in the order in which they are shown. */
function withFixedNames(page: string): string {
  return [
    fixed(/\b[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}\b/g, uuid),
    fixed(/(?<=nectar_local_)[0-9a-f]{32}/g, (index) => digits(index, 32)),
    fixed(/(?<=\/i\/)[\w-]{43}|(?<=whsec_)[\w+/=]+/g, (index) => `${digits(index, 42)}A`),
    fixed(/(?<=2026-1[12]-\d\dT)\d\d:\d\d:\d\d\.\d\d\dZ/g, (index) =>
      new Date(START + index * 1000).toISOString().slice("2026-11-30T".length),
    ),
    fixed(/(?<=127\.0\.0\.1:)\d+/g, (index) => String(4010 + index)),
  ].reduce((text, replace) => replace(text), page);
}

/** @param name of the text that was found as number `index`, from 0 */
function fixed(form: RegExp, name: (index: number) => string): (text: string) => string {
  return (text) => {
    const names = new Map<string, string>();
    return text.replaceAll(form, (found) => {
      const known = names.get(found) ?? name(names.size);
      names.set(found, known);
      return known;
    });
  };
}

/** Looks as if it were random. */
function uuid(index: number): string {
  return digits(index, 32).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, "$1-$2-4$3-a$4-$5");
}

function digits(index: number, length: number): string {
  return createHash("sha256").update(String(index)).digest("hex").slice(0, length);
}
