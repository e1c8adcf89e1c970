/** `nectar emulator start` with a seed, scenarios, in memory, and driven while it runs. */
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { freshHome, type Home, startEmulator } from "../support/nectar-process.ts";

const SEED = {
  companies: [{ name: "Acme", sites: [{ name: "Plant" }], connections: [{}] }],
};

function seedFile(home: Home): string {
  const path = join(home.folder, "seed.json");
  writeFileSync(path, JSON.stringify(SEED));
  return path;
}

describe("an emulator in memory", () => {
  test("is filled, is reached by its URL and key, and leaves nothing", async () => {
    const home = freshHome();
    const before = readdirSync(home.folder);
    const words = ["--memory", "--seed", seedFile(home), "--scenario", "website-down-after=1"];
    const { url, key, running } = await startEmulator(home, words);
    const reach = ["--api-url", url, "--no-save", "--json"];
    const list = () =>
      home.run(["connections", "list", "--all-companies", ...reach], {
        env: { NECTAR_API_KEY: key },
      });
    expect(JSON.parse((await list()).stdout)).toMatchObject([{ status: "CONNECTED" }]);
    const moved = await fetch(new URL("/_emulator/clock", url), {
      method: "POST",
      headers: { "X-API-Key": key, "Content-Type": "application/json" },
      body: JSON.stringify({ advance: "7d" }),
    });
    expect(moved.status).toBe(200);
    expect(JSON.parse((await list()).stdout)).toMatchObject([{ status: "WEBSITE_DOWN" }]);
    const status = await home.run(["emulator", "status", "--json"]);
    expect(JSON.parse(status.stdout)).toMatchObject({ running: false, aheadMs: 0 });
    running.kill("SIGINT");
    expect(await running.ended).toMatchObject({ status: 0, stderr: "" });
    const left = readdirSync(home.folder).filter((name) => !["config", "state"].includes(name));
    expect(left.sort()).toEqual([...before, "seed.json"].sort());
    expect(home.kept()).toEqual([]);
  });

  test("stands beside the folder's own", async () => {
    const home = freshHome();
    const standing = await startEmulator(home);
    const { url, key } = await startEmulator(home, ["--memory"]);
    expect(url).not.toBe(standing.url);
    expect(key).not.toBe(standing.key);
  });
});

describe("a standing emulator", () => {
  test("is driven by other commands while it runs", async () => {
    const home = freshHome();
    const words = ["--seed", seedFile(home), "--scenario", "mfa-expires-after=3"];
    const { running } = await startEmulator(home, words);
    const run = async (...args: string[]) => {
      const { status, stdout, stderr } = await home.run([...args, "--json"]);
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      return JSON.parse(stdout);
    };
    const [{ id }] = await run("connections", "list", "--all-companies", "--local");
    const status = async () => (await run("connections", "get", id, "--local")).status;
    expect(await run("emulator", "advance", "20d")).toMatchObject({ changed: [] });
    expect(await status()).toBe("CONNECTED");
    expect(await run("emulator", "advance", "1d")).toMatchObject({
      changed: [{ id, from: "CONNECTED", to: "MFA_TOKEN_EXPIRED" }],
    });
    expect(await status()).toBe("MFA_TOKEN_EXPIRED");
    expect(await run("emulator", "set-status", id, "connected")).toMatchObject({
      ...{ from: "MFA_TOKEN_EXPIRED", to: "CONNECTED", documented: true },
    });
    expect(await status()).toBe("CONNECTED");
    expect(await run("emulator", "status")).toMatchObject({
      ...{ running: true, aheadMs: 21 * 86_400_000 },
    });
    running.kill("SIGINT");
    await running.ended;

    // The same seed again creates nothing twice, and the time goes on from where it was.
    await startEmulator(home, words);
    expect(await run("connections", "list", "--all-companies", "--local")).toMatchObject([
      { id, status: "CONNECTED" },
    ]);
    expect((await run("emulator", "status")).aheadMs).toBe(21 * 86_400_000);
  });

  test("does not stand when its seed can't be used", async () => {
    const home = freshHome();
    const path = join(home.folder, "seed.json");
    writeFileSync(path, JSON.stringify({ companies: [{ name: "A", sites: [{}] }] }));
    const start = await home.run(["emulator", "start", "--port", "0", "--seed", path]);
    expect(start).toMatchObject({ status: 2, stdout: "" });
    expect(start.stderr).toBe(
      "nectar: the seed can't be used: companies[0].sites[0].name: is required\n",
    );
    const status = await home.run(["emulator", "status", "--json"]);
    expect(JSON.parse(status.stdout)).toMatchObject({ running: false });
  });
});
