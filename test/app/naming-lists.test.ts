import { describe, expect, it } from "vitest";
import { createClient } from "../../src/api/client.ts";
import { namingLists } from "../../src/app/naming-lists.ts";
import { NotFoundError } from "../../src/errors.ts";
import { freshPlace } from "../support/run-cli.ts";
import { json, stubServer } from "../support/stub-server.ts";

const ID = "9d3e0c5e-6a0f-4a52-8f53-0f9d6d3c7a11";

async function nextOf(place: ReturnType<typeof freshPlace>, words: readonly string[], env = {}) {
  const run = await place.run([...words, "--json"], { env });
  expect(run.status).toBe(5);
  expect(run.error().code).toBe("not_found");
  return run.error().next.map(({ command }) => command);
}

describe("an object that does not exist", () => {
  it("is answered with the command that lists those that do, the same way", async () => {
    const place = freshPlace();
    await place.run(["onboard", "--local", "--company-name", "Acme", "--site", "Plant", "-q"]);
    const cases: [words: string[], next: string][] = [
      [["companies", "get", ID], "nectar companies list"],
      [["companies", "use", ID], "nectar companies list"],
      [["companies", "update", ID, "--name", "B"], "nectar companies list"],
      [["companies", "delete", ID, "--yes"], "nectar companies list"],
      [["sites", "get", ID], "nectar sites list"],
      [["sites", "update", ID, "--name", "B"], "nectar sites list"],
      [["sites", "list", "--company", ID], "nectar companies list"],
      [["connections", "get", ID], "nectar connections list"],
      [["connections", "wait", ID], "nectar connections list"],
      [["connections", "list", "--company", ID], "nectar companies list"],
      [["documents", "get", ID], "nectar documents list"],
      [["documents", "list", "--site", ID], "nectar sites list"],
      [["usage", "list", "--document", ID], "nectar documents list"],
      [["usage", "chart", "--connection", ID], "nectar connections list"],
      [["invitations", "get", ID], "nectar invitations list"],
      [["invitations", "revoke", ID, "--yes"], "nectar invitations list"],
      [["invitations", "list", "--company", ID], "nectar companies list"],
      [["invitations", "create", "--company", ID], "nectar companies list"],
      [["invitations", "create", "--reconnect", ID], "nectar connections list"],
    ];
    for (const [words, next] of cases) {
      expect([words, await nextOf(place, [...words, "--local"])]).toEqual([
        words,
        [`${next} --local`],
      ]);
    }
    const shown = await place.run(["connections", "get", ID, "--local", "--no-color"]);
    expect(shown.stderr.split("\n")[1]).toBe(
      "  nectar connections list --local   the connections and their IDs",
    );
  });

  it("is looked for without the profile's company where it has none", async () => {
    const place = freshPlace();
    expect(await nextOf(place, ["connections", "get", ID, "--local"])).toEqual([
      "nectar connections list --all-companies --local",
    ]);
    const vendor = await stubServer((response) => json(response, 404, { detail: "Not found." }));
    const env = { NECTAR_API_URL: vendor.url, NECTAR_API_KEY: "k" };
    expect(await nextOf(place, ["documents", "get", ID], env)).toEqual([
      `nectar documents list --company ID --api-url ${vendor.url}`,
    ]);
    expect(await nextOf(place, ["invitations", "get", ID, "--profile", "acme"], env)).toEqual([
      `nectar invitations list --company ID --profile acme --api-url ${vendor.url}`,
    ]);
  });

  it("keeps the command that an error has already, and is not said of other failures", async () => {
    const vendor = await stubServer((response) => json(response, 401, { detail: "No." }));
    const env = { NECTAR_API_URL: vendor.url, NECTAR_API_KEY: "k" };
    const run = await freshPlace().run(["documents", "get", ID, "--json"], { env });
    expect(run.error().next.map(({ command }) => command)).toEqual([
      `nectar auth status --api-url ${vendor.url}`,
      `nectar auth login --api-url ${vendor.url}`,
    ]);
    const next = [{ words: ["nectar", "profiles", "list"], why: "the profiles" }];
    const http = {
      send: () => Promise.reject(new NotFoundError("not_found", "not found", { next })),
      pausedUntil: () => 0,
      close() {},
    };
    const api = namingLists(createClient({ http }), true);
    await expect(api.getSite(ID)).rejects.toMatchObject({ next });
  });
});
