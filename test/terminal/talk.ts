/** Runs one question in a pseudo-terminal, for the tests of both prompters. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { spawn } from "@lydell/node-pty";
import { afterAll, beforeAll } from "vitest";
import { openStreams } from "../../src/terminal/open-streams.ts";
import { coloredStreams, type Streams } from "../../src/terminal/streams.ts";
import { bundled } from "../support/bundled.ts";

let folder = "";
let script = "";

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "nectar-prompter-"));
  script = await bundled(new URL("./prompt-child.ts", import.meta.url), folder);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

export interface Talk {
  readonly shown: string;
  readonly stdout: string;
  readonly result: { readonly answer?: unknown; readonly exit?: string; readonly text?: string };
  readonly exitCode: number;
}

export type Steps = readonly (readonly [awaited: string, keys: string])[];

/**
 * Each step waits for its text to be shown and then types.
 *
 * @param kind a question of `prompt-child.ts`
 */
export async function talk(
  kind: string,
  steps: Steps,
  options: { readonly level?: "0" | "1"; readonly form?: "lines"; readonly term?: string } = {},
): Promise<Talk> {
  const { level = "0", form = "", term = "xterm-256color" } = options;
  const own = mkdtempSync(join(folder, `${kind}-`));
  const stdoutFile = join(own, "stdout");
  const resultFile = join(own, "result");
  const { PATH } = process.env;
  const terminal = spawn(
    "/bin/sh",
    [
      ...["-c", 'exec "$0" "$@" > "$STDOUT_FILE"', process.execPath, script],
      ...[kind, level, resultFile, form],
    ],
    {
      ...{ name: term, cols: 80, rows: 24 },
      env: { PATH, TERM: term, FORCE_COLOR: "3", STDOUT_FILE: stdoutFile },
    },
  );
  let shown = "";
  let from = 0;
  const waiting = [...steps];
  terminal.onData((data) => {
    shown += data;
    for (let step = waiting[0]; step !== undefined; step = waiting[0]) {
      const at = shown.indexOf(step[0], from);
      if (at < 0) return;
      from = at + step[0].length;
      waiting.shift();
      terminal.write(step[1]);
    }
  });
  const exitCode = await new Promise<number>((resolve) => {
    terminal.onExit((end) => resolve(end.exitCode));
  });
  return {
    shown,
    stdout: readFileSync(stdoutFile, "utf8"),
    result: JSON.parse(readFileSync(resultFile, "utf8")),
    exitCode,
  };
}

/** Streams of which only an input is given; what is written is lost. */
export function streamsFor(stdin: PassThrough): Streams {
  const sink = new PassThrough();
  sink.resume();
  return coloredStreams(openStreams({ stdin, stdout: sink, stderr: sink }), {}, undefined);
}
