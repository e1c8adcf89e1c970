/** Run as processes of their own by the tests of disk/ and profile/: one job each, on a folder named on the command line. */
import { existsSync, mkdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureFolder } from "../../src/disk/checked.ts";
import { withLock } from "../../src/disk/lock.ts";
import { NectarError } from "../../src/errors.ts";
import { openCredentials } from "../../src/profile/credentials.ts";
import { openProfiles } from "../../src/profile/profiles.ts";

const [job = "", configDir = "", who = "", count = "1"] = process.argv.slice(2);
const { TEST_UMASK = "022", TEST_USER = "" } = process.env;
if (TEST_USER !== "") {
  process.setgid?.(Number(TEST_USER));
  process.setuid?.(Number(TEST_USER));
}
const uid = process.getuid?.();
const options = { configDir, env: {}, now: () => 0, uid };
const place = { uid, movedBy: "NECTAR_CONFIG_DIR" } as const;
/** As a command does it, which names itself in its locks. */
const by = {
  pid: process.pid,
  host: "here",
  command: "nectar test",
  clock: { now: () => Date.now() },
  isAlive: (pid: number) => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  },
};
const profiles = openProfiles(options);
const credentials = openCredentials(options);

async function writeBoth(): Promise<void> {
  for (let turn = 0; turn < Number(count); turn++) {
    await profiles.update(`${who}-${turn}`, (old) => ({ ...old, target: "local" }));
    await profiles.update("shared", (old) => ({
      ...old,
      sites: [...old.sites, { id: `${who}-${turn}`, name: "A site", externalId: null }],
    }));
    await credentials.save(`${who}-${turn}`, "https://nectar.example", `key-${who}-${turn}`);
  }
}

/** Enters, leaves a mark while inside, and tells when somebody else's mark is there. */
async function enter(): Promise<void> {
  const path = join(configDir, "guarded");
  const mark = join(configDir, "inside");
  for (let turn = 0; turn < Number(count); turn++) {
    await withLock(path, { ...place, by }, async () => {
      if (existsSync(mark)) writeFileSync(join(configDir, "collision"), who);
      mkdirSync(mark);
      await new Promise(setImmediate);
      rmSync(mark, { recursive: true });
    });
  }
}

const jobs: Record<string, () => Promise<unknown>> = {
  write: writeBoth,
  enter,
  folder: async () => ensureFolder(configDir, { ...place, top: process.argv[4] ?? configDir }),
  profile: () => profiles.update("default", (old) => ({ ...old, target: "local" })),
  key: () => credentials.save("default", "https://nectar.example", "a-key"),
  /** Enters, leaves a mark while inside, and is killed there. */
  async die() {
    const path = join(configDir, "guarded");
    const mark = join(configDir, "inside");
    await withLock(path, { ...place, by }, async () => {
      if (existsSync(mark)) writeFileSync(join(configDir, "collision"), who);
      mkdirSync(mark);
      await new Promise(setImmediate);
      rmSync(mark, { recursive: true });
      // As if it had died long ago.
      if (count === "old") utimesSync(`${path}.lock`, 1, 1);
      process.kill(process.pid, "SIGKILL");
      await new Promise(() => setInterval(() => undefined, 1000));
    });
  },
  async hold() {
    await withLock(join(configDir, "guarded"), { ...place, by }, async () => {
      process.stdout.write("held\n");
      await new Promise(() => setInterval(() => undefined, 1000));
    });
  },
};

process.umask(Number.parseInt(TEST_UMASK, 8));
try {
  await jobs[job]?.();
} catch (error) {
  if (!(error instanceof NectarError)) throw error;
  process.stdout.write(
    JSON.stringify({ code: error.code, message: error.message, hint: error.hint }),
  );
}
