/** Run as processes of their own by the tests of this folder: one job each, on a folder named on the command line. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { NectarError } from "../../src/errors.ts";
import { openCredentials } from "../../src/profile/credentials.ts";
import { withLock } from "../../src/profile/lock.ts";
import { ensureFolder } from "../../src/profile/paths.ts";
import { openProfiles } from "../../src/profile/profiles.ts";

const [job = "", configDir = "", who = "", count = "1"] = process.argv.slice(2);
const uid = process.getuid?.();
const options = { configDir, env: {}, now: () => 0, uid };
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
    await withLock(path, {}, async () => {
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
  folder: () => ensureFolder(configDir, "NECTAR_CONFIG_DIR"),
  profile: () => profiles.update("default", (old) => ({ ...old, target: "local" })),
  key: () => credentials.save("default", "https://nectar.example", "a-key"),
  async hold() {
    await withLock(join(configDir, "guarded"), {}, async () => {
      process.stdout.write("held\n");
      await new Promise(() => setInterval(() => undefined, 1000));
    });
  },
};

process.umask(Number.parseInt(process.env["TEST_UMASK"] ?? "022", 8));
try {
  await jobs[job]?.();
} catch (error) {
  if (!(error instanceof NectarError)) throw error;
  process.stdout.write(
    JSON.stringify({ code: error.code, message: error.message, hint: error.hint }),
  );
}
