import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { freshHome } from "../support/nectar-process.ts";

const ONBOARD = ["onboard", "--company-name", "Acme", "--site", "Plant", "--json"];
const preload = pathToFileURL(`${import.meta.dirname}/preloads/loopback-only.mjs`).href;
const node = ["--import", preload];

test("onboard --local and what follows speak to nobody but this machine", async () => {
  const home = freshHome();
  for (const words of [
    [...ONBOARD, "--local"],
    [...ONBOARD, "--local"],
    ["connections", "list", "--local"],
    ["auth", "status", "--local"],
    ["emulator", "status"],
    ["emulator", "reset", "--yes"],
    ["--help"],
  ]) {
    const { status, stderr } = await home.run(words, { node });
    expect(stderr).not.toContain("left this machine");
    expect(status).toBe(0);
  }
});

test.each([
  ["by name", "https://nectar.invalid/v2.2"],
  ["by address", "https://192.0.2.1/v2.2"],
])("the guard of the test above bites: a server %s is not reached", async (_, url) => {
  const { status, stderr } = await freshHome().run(
    [...ONBOARD, "--api-url", url, "--timeout", "1s"],
    {
      node,
      env: { NECTAR_API_KEY: "a-key" },
    },
  );
  expect(status).not.toBe(0);
  expect(stderr).toContain("left this machine");
});
