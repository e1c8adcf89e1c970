import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { freshHome } from "../support/nectar-process.ts";

const onboard = (name: string, profile: string) => [
  ...["onboard", "--local", "--company-name", name, "--profile", profile, "--json"],
  ...["--site", "Plant", "--site", "Store", "--site", "Office"],
];

test("two onboardings at once both succeed, and both profiles are kept", async () => {
  const home = freshHome();
  const runs = [home.run(onboard("Acme", "a")), home.run(onboard("Bolt", "b"))];
  const made = [];
  for (const { status, stdout, stderr } of await Promise.all(runs)) {
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    made.push(JSON.parse(stdout));
  }
  for (const [index, profile] of ["a", "b"].entries()) {
    const shown = await home.run(["profiles", "show", profile, "--json"]);
    expect(JSON.parse(shown.stdout)).toMatchObject({
      name: profile,
      target: "local",
      company: { id: made[index].company.id },
      connection: { id: made[index].connection.id },
    });
  }
  const { stdout } = await home.run(["companies", "list", "--local", "--json"]);
  const names = JSON.parse(stdout).map(({ name }: { name: string }) => name);
  expect(names.sort()).toEqual(["Acme", "Bolt"]);
});

test("two onboardings of the same company at once make one of it, or one of them says why not", async () => {
  const home = freshHome();
  const runs = await Promise.all([home.run(onboard("Acme", "a")), home.run(onboard("Acme", "a"))]);
  expect(runs.map(({ status }) => status)).toContain(0);
  for (const { status, stderr } of runs) {
    if (status === 0) continue;
    expect(status).toBe(9);
    expect(JSON.parse(stderr).error.message).toContain("another");
  }
  const { stdout } = await home.run(["companies", "list", "--local", "--json"]);
  expect(JSON.parse(stdout)).toHaveLength(1);
});

test("commands that read work while another writes", async () => {
  const home = freshHome();
  expect((await home.run(onboard("Acme", "a"))).status).toBe(0);
  const writing = home.run(onboard("Bolt", "b"));
  const reading = [
    ["connections", "list", "--profile", "a", "--local"],
    ["companies", "list", "--profile", "a", "--local"],
    ["sites", "list", "--profile", "a", "--local"],
    ["profiles", "list"],
    ["profiles", "show", "a"],
  ].map((words) => home.run([...words, "--json"]));
  for (const { status, stdout, stderr } of await Promise.all(reading)) {
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(JSON.parse(stdout)).not.toEqual([]);
  }
  expect((await writing).status).toBe(0);
});

test.runIf(process.platform === "linux")(
  "a run that ended, but that its parent has not noticed, blocks nobody",
  async () => {
    // The child ends with its input; what became of the shell by then asks after no child.
    const parent = spawn("sh", ["-c", "cat <&3 & echo $!; exec sleep 60"], {
      stdio: ["ignore", "pipe", "ignore", "pipe"],
    });
    onTestFinished(() => void parent.kill("SIGKILL"));
    const [said] = await once(parent.stdout as NodeJS.ReadableStream, "data");
    const pid = Number(said);
    const stateOf = (id: number) => readFileSync(`/proc/${id}/stat`, "utf8").split(") ")[1]?.[0];
    await expect.poll(() => readFileSync(`/proc/${parent.pid}/comm`, "utf8").trim()).toBe("sleep");
    parent.stdio[3]?.destroy();
    await expect.poll(() => stateOf(pid)).toBe("Z");

    const home = freshHome();
    expect((await home.run(onboard("Acme", "a"))).status).toBe(0);
    const folder = join(home.folder, "state", "ledger");
    const name = readdirSync(folder).find((file) => file.endsWith(".json")) ?? "";
    const hold = (id: number) => {
      const lock = join(folder, `${name}.lock`);
      mkdirSync(lock, { recursive: true });
      const { dev, ino, birthtimeNs } = statSync(lock, { bigint: true });
      const identity = `${dev}:${ino}:${birthtimeNs}`;
      const holder = { pid: id, host: hostname(), startedAt: Date.now(), command: "x" };
      const record = JSON.stringify({ identity, run: "r", holder });
      writeFileSync(join(folder, `${name}.holder`), record, { mode: 0o600 });
    };
    hold(process.pid);
    expect((await home.run([...onboard("Acme", "a"), "--no-wait"])).status).toBe(9);
    hold(pid);
    const { status, stderr } = await home.run([...onboard("Acme", "a"), "--no-wait"]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  },
);
