import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { freshHome, startEmulator } from "../support/nectar-process.ts";
import { KEY, openTerminal } from "../support/terminal-process.ts";

const run = (...words: readonly string[]) => ["emulator", "run", "--", ...words];
const sh = (script: string) => run("sh", "-c", script);

describe("nectar emulator run", () => {
  test("gives a command an emulator of its own, its own streams, and leaves nothing", async () => {
    const home = freshHome();
    const seed = join(home.folder, "seed.json");
    writeFileSync(seed, JSON.stringify({ companies: [{ name: "Seeded" }] }));
    const script = `
      let text = "";
      for await (const chunk of process.stdin) text += chunk;
      const { NECTAR_API_URL, NECTAR_API_KEY, U, K, NECTAR_LOCAL } = process.env;
      const answer = await fetch(U + "/company", { headers: { "X-API-Key": K } });
      const [{ name }] = await answer.json();
      console.log(JSON.stringify([text, name, U === NECTAR_API_URL, K === NECTAR_API_KEY, NECTAR_LOCAL ?? null]));
      console.error("to stderr");
    `;
    const words = ["--seed", seed, "--url-as", "U", "--key-as", "K", "--"];
    const command = [process.execPath, "--input-type=module", "-e", script];
    const { status, stdout, stderr } = await home.run(["emulator", "run", ...words, ...command], {
      stdin: "typed",
      env: { NECTAR_LOCAL: "1", NECTAR_API_KEY: "the-real-key" },
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "to stderr\n" });
    expect(JSON.parse(stdout)).toEqual(["typed", "Seeded", true, true, null]);
    expect(home.kept()).toEqual([]);
  });

  test.each([
    ["exit 7", 7],
    ["exit 126", 126],
    ["exit 127", 127],
    ["kill -TERM $$", 143],
    ["kill -KILL $$", 137],
  ])("ends as the command does: %s", async (script, status) => {
    expect(await freshHome().run(sh(script))).toMatchObject({ status, stdout: "", stderr: "" });
  });

  test("ends with 127 and says so where there is no such command", async () => {
    const { status, stderr } = await freshHome().run(run("no-such-command"));
    expect({ status, stderr }).toEqual({
      status: 127,
      stderr: "nectar: no-such-command: there is no such command\n",
    });
  });

  test("ends with 126 and says so where it can't be executed", async () => {
    const home = freshHome();
    const file = join(home.folder, "plain");
    writeFileSync(file, "", { mode: 0o600 });
    expect(await home.run(run(file))).toMatchObject({
      status: 126,
      stderr: `nectar: ${file}: it can't be executed\n`,
    });
  });

  test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "passes %s on, and waits for the command",
    async (signal) => {
      const name = signal.slice(3);
      const script = `trap 'echo got ${name}; exit 9' ${name}; echo ready; while :; do sleep 0.05; done`;
      const running = freshHome().start(sh(script));
      await running.shows("ready");
      running.kill(signal);
      expect(await running.ended).toMatchObject({
        ...{ status: 9, signal: null, stderr: "" },
        stdout: `ready\ngot ${name}\n`,
      });
    },
  );

  test("lets Ctrl-C on a terminal reach the command once each time", async () => {
    const script =
      "n=0; trap 'n=$((n+1)); echo got $n' INT; echo ready; while [ $n -lt 2 ]; do sleep 0.05; done; echo end $n; exit 5";
    const terminal = openTerminal(freshHome(), sh(script));
    await terminal.answer(["ready", KEY.ctrlC], ["got 1", KEY.ctrlC]);
    await terminal.shows("end 2");
    expect((await terminal.ended).status).toBe(5);
  });

  test("lets the profile of a nectar that it runs go with the emulator", async () => {
    const home = freshHome();
    const script =
      "nectar onboard --company-name A --site B --quiet && nectar connections list && nectar profiles list";
    // A name that the user's own profile has, too.
    for (const name of ["default", "acme"]) {
      const { status, stdout } = await home.run(sh(script), { env: { NECTAR_PROFILE: name } });
      expect(status).toBe(0);
      expect(stdout).toContain("CONNECTED");
      expect(stdout).toMatch(new RegExp(`^${name}\\thttp://127`, "m"));
    }
    expect(home.kept()).toEqual([]);
  });

  test("takes no seed from stdin, which belongs to the command", async () => {
    const { status, stderr } = await freshHome().run([
      ...["emulator", "run", "--seed", "-", "--", "true"],
    ]);
    expect(status).toBe(2);
    expect(stderr).toContain("stdin belongs to the command");
  });
});

describe("nectar emulator stop", () => {
  test("ends the standing emulator with 0, and says so where none is running", async () => {
    const home = freshHome();
    const { url, running } = await startEmulator(home);
    const stopped = await home.run(["emulator", "stop", "--json"]);
    expect(stopped.status).toBe(0);
    expect(JSON.parse(stopped.stdout)).toEqual({
      schemaVersion: 1,
      stopped: true,
      url,
      pid: running.pid,
    });
    expect(await running.ended).toMatchObject({ status: 0, signal: null, stderr: "" });
    const again = await home.run(["emulator", "stop"]);
    expect(again).toMatchObject({
      ...{ status: 0, stdout: "" },
      stderr: "No emulator is running with this state folder.\n",
    });
  });
});

describe("nectar emulator export", () => {
  test("prints a seed that brings everything back", async () => {
    const home = freshHome();
    const onboard = [
      "onboard",
      "--local",
      "--company-name",
      "Acme",
      "--site",
      "name=Plant;address=1 Main St",
    ];
    const made = JSON.parse((await home.run([...onboard, "--json"])).stdout);
    await home.run(["emulator", "set-status", made.connection.id, "WEBSITE_DOWN"]);
    const { status, stdout } = await home.run(["emulator", "export"]);
    expect(status).toBe(0);
    const other = freshHome();
    expect(await other.run(["emulator", "seed", "-"], { stdin: stdout })).toMatchObject({
      status: 0,
    });
    expect((await other.run(["emulator", "export"])).stdout).toBe(stdout);
    const list = ["connections", "list", "--local", "--all-companies", "--json"];
    const [connection] = JSON.parse((await other.run(list)).stdout);
    expect(connection).toMatchObject({ id: made.connection.id, status: "WEBSITE_DOWN" });
  });
});
