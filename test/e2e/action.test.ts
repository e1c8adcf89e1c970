/** The step of the GitHub action, run as a runner runs it. */
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { ROOT } from "../support/built-tool.ts";
import { freshHome, startProcess } from "../support/nectar-process.ts";
import { blocksOf } from "../surface/pages.ts";

const FOLDER = join(ROOT, ".github", "actions", "onboard");
const action = parse(readFileSync(join(FOLDER, "action.yml"), "utf8"));
const [step] = action.runs.steps;

/** `inputs.NAME` of an expression that is nothing else. */
function inputOf(expression: string): string {
  const [, name = ""] = /^\$\{\{ inputs\.([\w-]+) \}\}$/.exec(expression) ?? [];
  expect(Object.keys(action.inputs)).toContain(name);
  return name;
}

/** Reads the file form of outputs: `name<<END`, lines, `END`. */
function outputsIn(text: string): Record<string, string> {
  const found = text.matchAll(/^([\w-]+)<<(\S+)\n([\s\S]*?)\n\2$/gm);
  return Object.fromEntries([...found].map(([, name = "", , value = ""]) => [name, value]));
}

async function use(
  inputs: Readonly<Record<string, string>>,
  { home = freshHome(), ref = "main", version = "latest" } = {},
) {
  const npx = join(home.folder, "bin", "npx");
  const check = `[ "$1 $2" = "--yes nectar-cli@${version}" ] || exit 99`;
  writeFileSync(npx, `#!/bin/bash\n${check}\nshift 2\nexec nectar "$@"\n`);
  chmodSync(npx, 0o755);
  const [output, summary] = [join(home.folder, "output"), join(home.folder, "summary")];
  for (const file of [output, summary]) writeFileSync(file, "");
  const variables = Object.entries<string>(step.env).map(([variable, expression]) => {
    if (variable === "ACTION_REF") return [variable, ref];
    const name = inputOf(expression);
    return [variable, inputs[name] ?? action.inputs[name].default ?? ""];
  });
  const { status, stdout, stderr } = await startProcess(
    "bash",
    ["--noprofile", "--norc", "-eo", "pipefail", "-c", step.run],
    {
      cwd: home.folder,
      env: {
        ...home.env,
        CI: "true",
        GITHUB_ACTION_PATH: FOLDER,
        GITHUB_OUTPUT: output,
        GITHUB_STEP_SUMMARY: summary,
        ...Object.fromEntries(variables),
      },
    },
  ).ended;
  expect(stderr).toBe("");
  return {
    ...{ home, status, stdout },
    outputs: outputsIn(readFileSync(output, "utf8")),
    summary: readFileSync(summary, "utf8"),
    errors: stdout.split("\n").filter((line) => line.startsWith("::error")),
  };
}

const LOCAL = { local: "true", "company-name": "Acme", sites: "Plant\nCold Store\n" };

describe("the GitHub action", () => {
  test("onboards, and gives the IDs as outputs and in the summary", async () => {
    const { home, status, outputs, summary, errors } = await use(LOCAL);
    expect([status, errors]).toEqual([0, []]);
    expect(outputs).toEqual({
      "company-id": expect.stringMatching(/^[0-9a-f-]{36}$/),
      "site-ids": expect.stringMatching(/^[0-9a-f-]{36},[0-9a-f-]{36}$/),
      "connection-id": expect.stringMatching(/^[0-9a-f-]{36}$/),
      ...{ status: "CONNECTED", outcome: "created" },
    });
    expect(Object.keys(action.outputs)).toEqual(Object.keys(outputs));
    for (const text of ["nectar onboard: done", "Acme", "Cold Store", outputs["connection-id"]])
      expect(summary).toContain(text);
    const again = await use(LOCAL, { home, ref: "v1.2.3", version: "1.2.3" });
    expect(again.outputs).toEqual({ ...outputs, outcome: "existing" });
  });

  test("keeps the exit status, annotates, and masks the password", async () => {
    const login = { username: "someone", password: "hunter2 %\nsecond" };
    const { status, stdout, outputs, summary, errors } = await use({ ...LOCAL, ...login });
    expect(status).toBe(3);
    expect(outputs).toMatchObject({ status: "PASSWORD_INCORRECT", outcome: "created" });
    expect(errors).toEqual([expect.stringContaining("nectar invitations create --reconnect")]);
    expect(summary).toContain("nectar onboard: exit 3");
    const masks = ["::add-mask::hunter2 %25\n", "::add-mask::second\n"];
    for (const mask of masks) expect(stdout).toContain(mask);
    expect(masks.reduce((rest, mask) => rest.replace(mask, ""), stdout)).not.toMatch(
      /hunter2|second/,
    );
  });

  test("works as the README shows it", async () => {
    const blocks = blocksOf(readFileSync(join(ROOT, "README.md"), "utf8"));
    const [{ uses, with: inputs }, { run }] = parse(
      blocks.find(({ text }) => text.includes("actions/onboard"))?.text ?? "",
    );
    expect(uses).toContain("/.github/actions/onboard@");
    for (const name of Object.keys(inputs)) expect(Object.keys(action.inputs)).toContain(name);
    const output = /outputs\.([\w-]+)/.exec(run)?.[1];
    expect(Object.keys(action.outputs)).toContain(output);
    const { "api-key": _, ...rest } = inputs;
    const { status, outputs } = await use({ ...rest, local: "true" });
    expect([status, outputs["status"]]).toEqual([0, "CONNECTED"]);
  });

  test("takes no word but true and false for a switch", async () => {
    const { status, errors, outputs } = await use({ ...LOCAL, local: "True\n::error::forged" });
    expect([status, outputs]).toEqual([2, {}]);
    expect(errors).toEqual([
      '::error title=nectar onboard::local: "True%0A::error::forged" is not allowed; it takes true or false',
    ]);
  });

  test("says what is missing", async () => {
    const { status, outputs, errors } = await use({ local: "true" });
    expect(status).toBe(2);
    expect(errors).toEqual([expect.stringMatching(/--company-name.*--site/)]);
    expect(outputs["company-id"]).toBe("");
  });

  test("never takes an input or a name for a command", async () => {
    const evil = `"'; touch A; $(touch A) \`touch A\` | <img> %0A`;
    const { home, status, outputs, summary } = await use({ ...LOCAL, "company-name": evil });
    expect([status, outputs["status"]]).toEqual([0, "CONNECTED"]);
    expect(summary).not.toMatch(/[<`$]/);
    expect(existsSync(join(home.folder, "A"))).toBe(false);

    const lines = await use({ ...LOCAL, "company-name": "Acme\n::error::forged\nstatus=forged" });
    expect([lines.status, lines.errors]).toEqual([0, []]);
    expect(lines.outputs).toMatchObject({ status: "CONNECTED", outcome: "created" });
  });
});
