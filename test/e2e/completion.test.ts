/** The script for Bash in a real Bash: what it puts on the command line, and that no name runs anything. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { freshHome, type Home } from "../support/nectar-process.ts";

const SITE = "55555555";

function home(): Home {
  const place = freshHome();
  const folder = join(place.folder, "config");
  mkdirSync(folder, { mode: 0o700 });
  const name = "Acme $(touch A) `touch A` : \"'; touch A\t*";
  const acme = { target: "local", company: { id: "cccccccc", name }, sites: [{ id: SITE, name }] };
  const beta = { target: "local", company: { id: "dddddddd", name } };
  const config = { schemaVersion: 1, currentProfile: "acme", profiles: { acme, beta } };
  writeFileSync(join(folder, "config.json"), JSON.stringify(config), { mode: 0o600 });
  return place;
}

/** What Bash would offer for each line, with the cursor at its end; words as Bash splits them. */
function offered(place: Home, type: number, ...lines: readonly (readonly string[])[]): string[][] {
  const script = [
    "source <(nectar completion bash)",
    ...lines.flatMap((words) => [
      `COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")})`,
      `COMP_CWORD=${words.length - 1} COMP_TYPE=${type}`,
      `COMP_LINE='${words.join(" ").replace(/ ([=:]+) ?/g, "$1")}'`,
      `COMP_POINT=\${#COMP_LINE}`,
      `_nectar; printf '%s\\n' "\${COMPREPLY[@]}" .`,
    ]),
  ];
  const out = execFileSync("/bin/bash", ["--norc", "-s"], {
    cwd: place.folder,
    env: place.env,
    input: script.join("\n"),
    encoding: "utf8",
  });
  return out
    .split("\n.\n")
    .slice(0, -1)
    .map((part) => part.split("\n").filter(Boolean));
}

test("Bash completes commands, flags and values, also behind = and :", () => {
  expect(
    offered(
      home(),
      9,
      ["nectar", "conn"],
      ["nectar", "connections", "list", "--status", "=", "PEN"],
      ["nectar", "emulator", "start", "--scenario", "pend"],
      ["nectar", "--api-url", "http", ":", "//127.0.0.1:1/v2.2", "connect"],
      ["nectar", "sites", "get", ""],
    ),
  ).toEqual([["connections"], ["PENDING"], ["pending-for="], ["connections"], [SITE]]);
});

test("Bash shows names in a list alone, and runs nothing of them", () => {
  const place = home();
  const [inserted, listed] = [9, 63].map(
    (type) => offered(place, type, ["nectar", "sites", "list", "--company", ""])[0],
  );
  expect(inserted).toEqual(["cccccccc", "dddddddd"]);
  expect(listed?.[0]).toBe("cccccccc  (Acme $(touch A) `touch A` : \"'; touch A *)");
  expect(readdirSync(place.folder)).not.toContain("A");
});
