/** Files that a user names: what is read of them, and what is refused at once. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readInputFile } from "../../src/cli/input-file.ts";
import { readJsonFile } from "../../src/commands/emulator/drive.ts";

const MIB = 1024 * 1024;

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nectar-input-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const contextOf = (stdin: Readable, signal = new AbortController().signal) => ({
  cwd: folder,
  streams: { stdin, stderr: { write: () => {} } },
  signal,
});

const read = (path: string, stdin = Readable.from([])) =>
  readInputFile("<file>", path, contextOf(stdin));

const refusal = (path: string, why: string) => ({
  exit: "usage",
  code: "invalid_input",
  message: `<file>: ${path}: ${why}`,
});

describe("a plain file", () => {
  it("is read from the working folder, without its byte order mark", async () => {
    writeFileSync(join(folder, "a.json"), "\ufeff{}ü");
    expect(await read("a.json")).toBe("{}ü");
    expect(await read(join(folder, "a.json"))).toBe("{}ü");
  });

  it("may hold 64 MiB and not a byte more", async () => {
    const file = join(folder, "large");
    writeFileSync(file, "");
    truncateSync(file, 64 * MIB);
    expect(await read(file)).toHaveLength(64 * MIB);
    truncateSync(file, 64 * MIB + 1);
    await expect(read(file)).rejects.toMatchObject(refusal(file, "it is larger than 64 MiB"));
  });

  it.each([
    ["\xfc", "0xFC on line 1", "WINDOWS-1252"],
    ["a\nb\r\nCaf\xe9\n", "0xE9 on line 3", "WINDOWS-1252"],
    ["\xff\xfea\x00", "0xFF on line 1", "UTF-16"],
    ["\xef\xbf\xbd\n\xc3", "0xC3 on line 2", "WINDOWS-1252"],
    ["\n\xed\xa0\x80", "0xED on line 2", "WINDOWS-1252"],
  ])("must be UTF-8, not %j", async (text, where, from) => {
    writeFileSync(join(folder, "latin"), Buffer.from(text, "latin1"));
    const convert = ["iconv", "-f", from, "-t", "UTF-8"];
    await expect(read("latin")).rejects.toMatchObject({
      ...refusal("latin", `it is not UTF-8: byte ${where}`),
      next: [{ words: [...convert, "latin"] }],
    });
    const piped = readInputFile(
      "<file>",
      "-",
      contextOf(Readable.from([Buffer.from(text, "latin1")])),
    );
    await expect(piped).rejects.toMatchObject({ next: [{ words: convert }] });
  });

  it("of JSON may be as deep as it likes, and is said to be none where it ends too early", async () => {
    const deep = "[".repeat(100_000);
    writeFileSync(join(folder, "deep"), deep + "]".repeat(100_000));
    writeFileSync(join(folder, "open"), deep);
    const json = (path: string) => readJsonFile("<file>", path, contextOf(Readable.from([])));
    expect(Array.isArray(await json("deep"))).toBe(true);
    await expect(json("open")).rejects.toMatchObject({
      message: expect.stringMatching(/^<file>: open: it is not JSON: .{1,80}$/),
    });
  });
});

describe("what is not a regular file", () => {
  it.each([
    ["gone", "there is no such file"],
    [".", "it is a folder"],
  ])("%s is refused", async (path, why) => {
    await expect(read(path)).rejects.toMatchObject(refusal(path, why));
  });

  it.runIf(process.platform !== "win32")(
    "is refused at once, also where it has no end",
    async () => {
      execFileSync("mkfifo", [join(folder, "pipe")]);
      for (const path of ["pipe", "/dev/zero", "/dev/null"]) {
        await expect(read(path)).rejects.toMatchObject({
          exit: "usage",
          message: expect.stringContaining(`${path}: it is not a regular file`),
        });
      }
    },
  );
});

describe("stdin", () => {
  it("is read with -, without its byte order mark", async () => {
    const bytes = Buffer.from("\ufeff{}ü");
    expect(await read("-", Readable.from([bytes.subarray(0, 6), bytes.subarray(6)]))).toBe("{}ü");
  });

  it("is left when it does not end", async () => {
    let given = 0;
    const endless = new Readable({
      read() {
        given += MIB;
        this.push(Buffer.alloc(MIB, " "));
      },
    });
    await expect(read("-", endless)).rejects.toMatchObject(
      refusal("stdin", "it is larger than 64 MiB"),
    );
    expect(given).toBeLessThan(70 * MIB);
    expect(endless.destroyed).toBe(true);
  });

  it("is left when the command is stopped", async () => {
    const stop = new AbortController();
    const silent = new Readable({ read() {} });
    const reading = readInputFile("<file>", "-", contextOf(silent, stop.signal));
    const reason = new Error("stopped");
    stop.abort(reason);
    await expect(reading).rejects.toBe(reason);
  });
});
