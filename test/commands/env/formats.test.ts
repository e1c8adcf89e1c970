/** Each format, read by what it is for. */
import { execFileSync } from "node:child_process";
import { parseEnv } from "node:util";
import { describe, expect, it } from "vitest";
import { canHold, textOf } from "../../../src/commands/env/formats.ts";
import { HOSTILE } from "../../support/posix-shell.ts";

const NAME = "NECTAR_CONNECTION_STATUS";
const LINES = ["a\nNECTAR_API_URL=https://evil.example", "a\r\nb", "NECTAR_END\nNECTAR_END_"];

/** What a shell has in the variable after it has run the text. */
function inShell(text: string): string {
  const script = `${text}\nprintf '%s' "$${NAME}"`;
  const env = { PATH: "/usr/bin:/bin", HOME: "/home/somebody" };
  return execFileSync("/bin/sh", ["-s"], { input: script, encoding: "utf8", env });
}

/** The variables that a runner reads from a file, as actions/runner does (FileCommandManager). */
function inRunner(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  const lines = text.split("\n");
  for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
    const [equals, marker] = [line.indexOf("="), line.indexOf("<<")];
    if (line === "") continue;
    if (equals >= 0 && (marker < 0 || equals < marker)) {
      found[line.slice(0, equals)] = line.slice(equals + 1);
      continue;
    }
    const end = lines.indexOf(line.slice(marker + 2));
    if (marker < 0 || end < 0) throw new Error(`no variable: ${line}`);
    found[line.slice(0, marker)] = lines.slice(0, end).join("\n");
    lines.splice(0, end + 1);
  }
  return found;
}

describe("a value of any kind", () => {
  it.each([...HOSTILE, ...LINES])("is the same in a shell: %j", (value) => {
    expect(inShell(textOf("shell", [[NAME, value]]))).toBe(value);
  });

  it.each([...HOSTILE, ...LINES])(
    "is the same for a runner, and sets nothing else: %j",
    (value) => {
      expect(inRunner(textOf("github", [[NAME, value]]))).toEqual({ [NAME]: value });
    },
  );

  it.each([...HOSTILE, ...LINES])(
    "is the same for Node and for a shell that reads the dotenv file, or is left out: %j",
    (value) => {
      const isHeld = !value.includes("\r") && !(value.includes("'") && /["\\$`]/.test(value));
      const text = textOf("dotenv", [[NAME, value]]);
      expect(canHold("dotenv", [NAME, value])).toBe(isHeld);
      expect(parseEnv(text)).toEqual(isHeld ? { [NAME]: value } : {});
      expect(inShell(text)).toBe(isHeld ? value : "");
    },
  );

  it("ends no string of PowerShell", () => {
    const text = textOf("powershell", [[NAME, "a'; rm \u2019; $(b) `n"]]);
    expect(text).toBe(`$env:${NAME} = 'a''; rm \u2019\u2019; $(b) \`n'\n`);
  });
});
