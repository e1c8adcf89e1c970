/** `nectar commands` describes every command. */
import { expect, it } from "vitest";
import { EFFECTS } from "../../src/commands/commands/effects.ts";
import { COMMANDS } from "../../src/commands/registry.ts";
import { freshPlace } from "../support/run-cli.ts";

interface Described {
  readonly command: string;
  readonly parameters: readonly { readonly name: string }[];
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  readonly deletes: readonly string[];
  readonly exitStatuses: readonly number[];
  readonly examples: readonly unknown[];
  readonly output: object | null;
}

const lines = COMMANDS.map(({ path }) => path.join(" "));

it("says of every command, and of no other, what it touches", () => {
  expect(Object.keys(EFFECTS).sort()).toEqual([...lines].sort());
});

it("lists them in the order of the help", async () => {
  const place = freshPlace();
  const piped = await place.run(["commands"]);
  expect(piped.stdout.split("\n").map((line) => line.split("\t")[0])).toEqual([...lines, ""]);
  expect((await place.run(["commands", "-q"])).stdout.trimEnd().split("\n")).toEqual(lines);
});

it("has everything that a program needs", async () => {
  const all = (await freshPlace().run(["commands", "--json"])).json<{
    commands: Described[];
    options: { flag: string }[];
    variables: { name: string }[];
    exitStatuses: { code: number }[];
  }>();
  expect(all.options.map(({ flag }) => flag)).toContain("--profile <NAME>");
  expect(all.variables.map(({ name }) => name)).toContain("NECTAR_API_KEY");
  expect(all.exitStatuses.map(({ code }) => code)).toContain(130);
  const of = (name: string) => all.commands.find(({ command }) => command === name);
  expect(of("connections list")).toMatchObject({
    aliases: ["ls"],
    reads: ["api", "profile"],
    writes: [],
    exitStatuses: [0, 1, 2, 4, 5, 6, 9, 130, 143, 129],
    output: { type: "array" },
  });
  expect(of("connections list")?.parameters).toContainEqual({
    ...{ name: "--status", value: "STATUS", required: false, repeatable: true },
    ...{ help: expect.any(String), allowed: expect.stringContaining("CONNECTED") },
    ...{ default: null, variable: null },
  });
  expect(of("onboard")?.exitStatuses).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 130, 143, 129]);
  expect(of("onboard")?.parameters.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["--site", "--site-id", "--wait", "--no-wait"]),
  );
  expect(of("companies delete")).toMatchObject({ deletes: ["api"] });
  expect(of("webhooks listen")?.output).toBeNull();
  for (const { examples } of all.commands) expect(examples.length).toBeGreaterThan(0);
});
