/** Gives printed commands to a real `/bin/sh`, and tells which words their programs would get. Nothing else is run. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Texts that a shell would take for more than a word, or a program for an option. */
export const HOSTILE: readonly string[] = [
  "$(touch A)",
  "`touch A`",
  "'; touch A; '",
  '"; touch A; "',
  "a\ntouch A",
  "a; touch A",
  "a && touch A | touch B > C",
  "-rf",
  "--yes",
  "--",
  "\u200b--yes",
  "\u001b[0m-rf",
  "~",
  "~root",
  "*",
  "?[a-z]{b,c}",
  "!x",
  "#a",
  "=a",
  "a=b",
  "$HOME",
  "\\",
  "a\\",
  "'",
  "''",
  " a ",
  "",
  "naïve 東京 🏭",
  "\u202etxt",
];

/**
 * Runs lines one after the other, with `nectar`, `npx` and `node` replaced by something that only notes its words.
 *
 * @param lines whole commands
 * @returns for each line the words after its program
 * @throws Error when a line made a file, ran something else, or is not one command
 */
export function wordsInShell(lines: readonly string[]): string[][] {
  const folder = mkdtempSync(join(tmpdir(), "nectar-shell-"));
  try {
    const note = `() { printf '%s\\0' "$#" "$@"; }`;
    const programs = ["nectar", "npx", "node", "chmod", "chown", "cp", "mv", "sudo", "unset"];
    const script = [
      // A special built-in of the shell can't be replaced by a function: an alias is.
      ...programs.map((name) => `note_${name}${note}\nalias ${name}=note_${name}`),
      ...lines,
    ];
    const out = execFileSync("/bin/sh", ["-s"], {
      cwd: folder,
      encoding: "utf8",
      input: `${script.join("\n")}\n`,
      env: { PATH: "/usr/bin:/bin", HOME: folder },
      stdio: ["pipe", "pipe", "pipe"],
    });
    const made = readdirSync(folder);
    if (made.length > 0) throw new Error(`made ${made.join(", ")}`);
    const parts = out.split("\0").slice(0, -1);
    const all: string[][] = [];
    while (parts.length > 0) {
      const count = Number(parts.shift());
      all.push(parts.splice(0, count));
    }
    if (all.length !== lines.length)
      throw new Error(`${lines.length} lines, ${all.length} commands`);
    return all;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
