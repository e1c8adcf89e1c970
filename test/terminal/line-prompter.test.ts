import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import { createLinePrompter } from "../../src/terminal/line-prompter.ts";
import { type Steps, streamsFor, talk } from "./talk.ts";

const ENTER = "\r";
const CTRL_C = "\u0003";
const CTRL_D = "\u0004";
const BACKSPACE = "\u007f";

/** Every line that was shown, and the answer. Nothing of it may be an escape sequence or move the cursor back. */
async function read(kind: string, steps: Steps) {
  const { shown, stdout, result, exitCode } = await talk(kind, steps, {
    ...{ form: "lines", level: "1" },
  });
  expect(stdout).toBe("");
  expect(shown).not.toMatch(/\u001b|\u009b/);
  expect(shown.replaceAll(/\r+\n/g, "\n")).not.toContain("\r");
  expect(exitCode).toBe(0);
  return { lines: shown.trimEnd().split(/\r+\n/), result };
}

describe("a question is one line", () => {
  test("of text, that ends with its default", async () => {
    const { lines, result } = await read("text", [["[Sandbox Test Company]: ", ENTER]]);
    expect(lines).toEqual(["Company name [Sandbox Test Company]:"]);
    expect(result).toEqual({ answer: "Sandbox Test Company" });
  });

  test("of text that may be left out", async () => {
    const { lines, result } = await read("optional", [["Your own ID, optional: ", ENTER]]);
    expect(lines).toEqual(["Your own ID, optional:"]);
    expect(result).toEqual({ answer: "" });
  });

  test("with a yes or no", async () => {
    const { lines, result } = await read("confirm", [["Go ahead, yes or no [yes]: ", `n${ENTER}`]]);
    expect(lines).toEqual(["Go ahead, yes or no [yes]: n"]);
    expect(result).toEqual({ answer: false });
  });

  test("for a number, and a wrong answer gets one line", async () => {
    const { lines, result } = await read("number", [
      ["How many sites, 1 to 3 [1]: ", `4${ENTER}`],
      ["from 1 to 3.", ""],
      ["[1]: ", `2${ENTER}`],
    ]);
    expect(lines).toEqual([
      "How many sites, 1 to 3 [1]: 4",
      "Enter a number from 1 to 3.",
      "How many sites, 1 to 3 [1]: 2",
    ]);
    expect(result).toEqual({ answer: 2 });
  });

  test("for a secret, which is not echoed", async () => {
    const { lines, result } = await read("secret", [
      ["Password, not shown: ", `x\u0015s3${BACKSPACE}3\u001b[Acr3t ${ENTER}`],
    ]);
    expect(lines).toEqual(["Password, not shown:"]);
    expect(result).toEqual({ answer: "s3cr3t " });
  });

  test("and a mistake can be corrected on it", async () => {
    const { result } = await talk(
      "text",
      [["]: ", `Acmee${BACKSPACE} é${BACKSPACE}Corp${ENTER}`]],
      {
        form: "lines",
      },
    );
    expect(result).toEqual({ answer: "Acme Corp" });
  });
});

describe("choices are numbered", () => {
  test("within the question if they are few", async () => {
    const { lines, result } = await read("select", [["API: ", `2${ENTER}`]]);
    expect(lines[0]).toBe("Where to: 1 Local emulator, 2 The Nectar API: 2");
    expect(result).toEqual({ answer: "api" });
  });

  test.each([
    ["", "yes"],
    ["1", "yes"],
    ["y", "yes"],
    ["2", "change"],
    ["change", "change"],
    ["answer", "change"],
    ["n", "stop"],
    ["NO", "stop"],
    ["3", "stop"],
    ["st", "stop"],
  ])("and %j at the last question means %s", async (typed, answer) => {
    const { lines, result } = await read("last", [["[1]: ", `${typed}${ENTER}`]]);
    expect(lines).toEqual([
      `Create this: 1 Yes, 2 Change an answer, 3 Stop [1]: ${typed}`.trimEnd(),
    ]);
    expect(result).toEqual({ answer });
  });

  test("in lines above it if they are many, and found by a part of the name", async () => {
    const { lines, result } = await read("many", [
      ["Number, or part of a name [30]: ", `31${ENTER}`],
      // Only at the next question: what is typed ahead is echoed in front of it.
      ["Enter a number from 1 to 30.", ""],
      ["[30]: ", `er 2${ENTER}`],
      ["Several match", ""],
      ["[30]: ", `number 17${ENTER}`],
    ]);
    expect(lines.slice(0, 2)).toEqual(["Company:", "1 Company number 1"]);
    expect(lines[21]).toBe("and 10 more");
    expect(lines.filter((line) => line.includes("Company number 1,"))).toEqual([]);
    expect(lines.find((line) => line.startsWith("Several"))).toMatch(
      /^Several match: 2 Company number 2, 20 Company number 20, .*29 Company number 29\.$/,
    );
    expect(result).toEqual({ answer: "17" });
  });
});

test.each(["back", "secret-back", "select-back"])(
  "< leads from %s to the one before",
  async (kind) => {
    expect((await read(kind, [[": ", `<${ENTER}`]])).result).toMatchObject({ exit: "back" });
  },
);

test.each(["text", "secret", "select", "confirm", "number"])(
  "Ctrl-C and the end of stdin leave %s, and what follows begins a line",
  async (kind) => {
    for (const key of [CTRL_C, CTRL_D]) {
      // Outside raw mode Ctrl-C is a signal, which ends this child; main.ts turns it into the same error.
      if (key === CTRL_C && kind !== "secret") continue;
      const { lines, result } = await read(kind, [[": ", key]]);
      expect(result.exit).toBe("sigint");
      expect(result.text).toContain(key === CTRL_C ? "SIGINT" : "the input ended");
      expect(lines).toHaveLength(1);
    }
  },
);

test("what is typed ahead answers the next question", async () => {
  const { lines, result } = await read("two", [["First: ", `a${ENTER}y${ENTER}`]]);
  expect(lines.join()).toContain("Second, yes or no [no]:");
  expect(result).toEqual({ answer: ["a", true] });
});

test("an aborted signal ends the question with its own reason", async () => {
  expect((await read("abort", [])).result.exit).toBe("sigterm");
});

test("lines may come in any pieces, and the end of the input is an interruption", async () => {
  const input = new PassThrough();
  const { signal } = new AbortController();
  const prompter = createLinePrompter({ streams: streamsFor(input), signal });
  const bytes = Buffer.from("Størage\r\n7\n");
  const first = prompter.text({ message: "Site" });
  for (const byte of bytes) input.write(Buffer.from([byte]));
  expect(await first).toBe("Størage");
  expect(await prompter.number({ message: "Count", default: 1, min: 1, max: 9 })).toBe(7);
  input.write("a\nb\n");
  expect(await prompter.text({ message: "Site" })).toBe("a");
  input.write("c\n");
  expect(await prompter.text({ message: "Site" })).toBe("b");
  expect(await prompter.text({ message: "Site" })).toBe("c");
  input.end();
  const interrupted = { code: "interrupted", exit: "sigint" };
  await expect(prompter.text({ message: "Site" })).rejects.toMatchObject(interrupted);
  await expect(prompter.text({ message: "Site" })).rejects.toMatchObject(interrupted);
});

test("no question is put once the signal has aborted", async () => {
  const reason = new Error("the deadline has come");
  const prompter = createLinePrompter({
    streams: streamsFor(new PassThrough()),
    signal: AbortSignal.abort(reason),
  });
  await expect(prompter.confirm({ message: "Go ahead", default: true })).rejects.toBe(reason);
});
