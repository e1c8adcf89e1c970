import { expect, it } from "vitest";
import { freshPlace } from "../support/run-cli.ts";

it.each([
  ["login", "auth login"],
  ["status", "connections get"],
  ["connect", "onboard"],
  ["serve", "emulator start"],
  ["connections show", "connections get"],
  ["connection status", "connections get"],
  ["profiles get", "profiles show"],
  ["companies rm", "companies delete"],
  ["invitations delete", "invitations revoke"],
  ["emulator webhooks rm", "emulator webhooks remove"],
  ["sites new --name X", "sites create"],
])("%s means %s", async (given, meant) => {
  const run = await freshPlace().run([...given.split(" "), "--json"]);
  expect([run.status, run.stdout]).toEqual([2, ""]);
  expect(run.error()).toMatchObject({
    code: "unknown_command",
    hint: `Did you mean ${meant}?`,
    next: [{ command: `nectar ${meant} --help` }],
  });
});

it.each([
  ["conections", "Did you mean connections?"],
  ["companies lst", "Did you mean list, ls?"],
])("%s is misspelt", async (given, hint) => {
  const run = await freshPlace().run([...given.split(" "), "--json"]);
  expect([run.status, run.error().hint]).toEqual([2, hint]);
});

it.each(["constructor", "companies toString", "bogus"])("%s means nothing", async (given) => {
  const run = await freshPlace().run([...given.split(" "), "--json"]);
  expect([run.status, run.error().hint]).toEqual([2, null]);
});
