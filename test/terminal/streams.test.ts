import { PassThrough, Writable } from "node:stream";
import { expect, test } from "vitest";
import { openStreams, type StreamOptions } from "../../src/terminal/open-streams.ts";
import { coloredStreams } from "../../src/terminal/streams.ts";

/** A stream that keeps what it gets, or fails with a code. */
class Sink extends Writable {
  text = "";
  isTTY?: boolean;
  columns?: number;
  failWith: string | null = null;

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error) => void): void {
    if (this.failWith === null) {
      this.text += chunk.toString();
      done();
    } else done(Object.assign(new Error("write"), { code: this.failWith }));
  }
}

function open(options: Partial<StreamOptions> = {}) {
  const stdout = new Sink({ autoDestroy: false });
  const stderr = new Sink({ autoDestroy: false });
  const base = { stdin: new PassThrough(), stdout, stderr };
  return { stdout, stderr, streams: () => openStreams({ ...base, ...options }) };
}

const turn = () => new Promise(setImmediate);

test("each stream has its own colours", () => {
  const { stderr, streams } = open();
  stderr.isTTY = true;
  const { stdout: out, stderr: err } = coloredStreams(streams(), { TERM: "xterm" }, undefined);
  expect([out.isTTY, out.palette.level]).toEqual([false, 0]);
  expect([err.isTTY, err.palette.level]).toEqual([true, 1]);
});

test("the width is read when it is asked for, and 0 is unknown", () => {
  const { stdout, streams } = open();
  const { stdout: out } = streams();
  expect(out.columns).toBeNull();
  stdout.columns = 80;
  expect(out.columns).toBe(80);
  stdout.columns = 40;
  expect(out.columns).toBe(40);
  stdout.columns = 0;
  expect(out.columns).toBeNull();
});

test.each(["EPIPE", "EIO"])("after %s it is quiet", async (code) => {
  const { stdout, stderr, streams } = open();
  const { stdout: out, stderr: err } = streams();
  out.write("first\n");
  await turn();
  stdout.failWith = code;
  for (let time = 0; time < 3; time++) {
    out.write("lost\n");
    await turn();
  }
  err.write("still here\n");
  expect(stdout.text).toBe("first\n");
  expect(stderr.text).toBe("still here\n");
});

test("a full disk is told, not swallowed", async () => {
  const told: string[] = [];
  const { stdout, streams } = open({
    onWriteError: (error) => told.push(`${"code" in error ? error.code : ""}`),
  });
  stdout.failWith = "ENOSPC";
  streams().stdout.write("x");
  await turn();
  expect(told).toEqual(["ENOSPC"]);
});

test.each(["ENOSPC", "EIO"])("what can't be said on stderr is no failure: %s", async (code) => {
  const told: string[] = [];
  const { stderr, streams } = open({ onWriteError: (error) => told.push(error.message) });
  stderr.failWith = code;
  streams().stderr.write("x");
  await turn();
  expect(told).toEqual([]);
});

test("what a terminal can do is asked apart from what the user wishes", () => {
  const asked: object[] = [];
  const terminal = Object.assign(new PassThrough(), {
    isTTY: true,
    getColorDepth(env?: object) {
      asked.push(env ?? {});
      return 8;
    },
  });
  const env = { NO_COLOR: "1", FORCE_COLOR: "3", TERM: "xterm" };
  const { streams } = open({ stdout: terminal });
  expect(coloredStreams(streams(), env, true).stdout.palette.level).toBe(2);
  expect(asked).toEqual([{ TERM: "xterm", NO_COLOR: undefined, FORCE_COLOR: undefined }]);
});
