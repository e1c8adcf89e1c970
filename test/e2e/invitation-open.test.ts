/** The built tool opens an invitation's link: with a stand-in for the desktop's own opener, as no test may start a browser. */
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { freshHome, startEmulator } from "../support/nectar-process.ts";

describe.runIf(process.platform === "linux")("nectar invitations create --open", () => {
  it("hands the link to the opener of the desktop", async () => {
    const home = freshHome();
    const opened = join(home.folder, "opened");
    const opener = join(home.folder, "bin", "xdg-open");
    writeFileSync(
      opener,
      `#!/bin/sh\nenv > '${opened}.env'\nprintf %s "$1" > '${opened}.part' && mv '${opened}.part' '${opened}'\n`,
    );
    chmodSync(opener, 0o755);
    await startEmulator(home);
    const made = await home.run(["companies", "create", "--name", "Acme", "--local"]);
    expect(made.status).toBe(0);
    const env = {
      NECTAR_API_KEY: "MARKED-key-1",
      NECTAR_WEBHOOK_SECRET: "MARKED-secret",
      MINE: "1",
    };
    const run = await home.run(["invitations", "create", "--local", "--open", "--json"], { env });
    expect([run.status, run.stderr]).toEqual([0, ""]);
    await expect.poll(() => existsSync(opened)).toBe(true);
    expect(readFileSync(opened, "utf8")).toBe(JSON.parse(run.stdout).url);
    const handed = readFileSync(`${opened}.env`, "utf8");
    expect(handed).toContain("MINE=1");
    expect(handed).not.toContain("MARKED");
  });

  it("is a note where there is none", async () => {
    const home = freshHome();
    await startEmulator(home);
    await home.run(["companies", "create", "--name", "Acme", "--local"]);
    const run = await home.run(["invitations", "create", "--local", "--open"], {
      env: { PATH: join(home.folder, "bin") },
    });
    expect(run.status).toBe(0);
    expect(run.stderr).toBe("No browser could be opened; open the link yourself.\n");
    expect(run.stdout).toContain("/p/i/");
  });
});
