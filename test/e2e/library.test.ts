/** `nectar-cli/emulator` as a user installs and imports it. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ROOT } from "../support/built-tool.ts";
import { freshHome, startProcess } from "../support/nectar-process.ts";
import { installPacked, NPM_MS, runFile } from "../support/packed-tool.ts";

/** Uses all of it, and prints one line of JSON. Whatever it leaves running would keep its process alive. */
const USE = `
const one = await startEmulator();
const other = await startEmulator({ port: 0, wrongPasswordStatus: "INCORRECT_PASSWORD" });
const seed = { companies: [{ name: "Acme", sites: [{ name: "Plant" }], connections: [{}] }] };
const { companies: [{ connections: [{ id }] }] } = await one.seed(seed);
const get = async ({ url, key }, path) =>
  (await fetch(url + path, { headers: { "X-API-Key": key } })).json();
await one.faults.add({ route: "ping", status: 503 });
const change = await one.setStatus(id, "MFA_TOKEN_EXPIRED");
const move = await one.advance("7d");
const seen = (await get(one, "/connection/" + id + "/details")).status;
const alone = await get(other, "/company");
const error = await one.advance("-7d").catch((thrown) => thrown);
const { code: taken } = await startEmulator({ port: one.port }).catch((thrown) => thrown);
await one.reset();
const gone = await get(one, "/company");
await one.close();
await other[Symbol.asyncDispose]();
console.log(JSON.stringify({
  change, days: move.advancedMs / 864e5, seen, alone, gone, taken, error: [error.name, error.code],
}));`;

const TYPED = `import { type Emulator, type EmulatorOptions, type SeedResult, startEmulator } from "nectar-cli/emulator";

const options: EmulatorOptions = { port: 0, scenario: { "mfa-expires-after": 3 }, paths: "guide", now: () => 0 };
export async function use(): Promise<string> {
  await using nectar: Emulator = await startEmulator(options);
  const { companies }: SeedResult = await nectar.seed({ companies: [{ name: "A" }], clock: "30d" });
  const id: string = companies[0]?.id ?? "";
  await nectar.setStatus(id, "CONNECTED", "x");
  // @ts-expect-error: no such status
  await nectar.setStatus(id, "FINE");
  // @ts-expect-error: no such option
  await startEmulator({ prot: 1 });
  // @ts-expect-error: no such happening
  await startEmulator({ scenario: { "mfa-expire-after": 3 } });
  const { remaining } = await nectar.faults.add({ route: "ping", status: 503, times: null });
  const { now, changed } = await nectar.advance(7 * 86_400_000);
  return [nectar.url, nectar.key, nectar.port, remaining, now, changed[0]?.to].join();
}
`;

describe("the installed package", () => {
  test(
    "is imported, required, and typed, by name and from nothing else",
    async () => {
      const home = freshHome();
      const { folder, files } = await installPacked(home);
      expect(files).toEqual(expect.arrayContaining(["dist/emulator.js", "dist/emulator.d.ts"]));

      const expected = {
        change: {
          ...{ id: expect.any(String), from: "CONNECTED", to: "MFA_TOKEN_EXPIRED" },
          ...{ documented: true, detail: expect.any(String) },
        },
        ...{ days: 7, seen: "MFA_TOKEN_EXPIRED", alone: [], gone: [], taken: "port_in_use" },
        error: ["UsageError", "invalid_input"],
      };
      const esm = `import { startEmulator } from "nectar-cli/emulator";\n${USE}`;
      const cjs = `const { startEmulator } = require("nectar-cli/emulator");\n(async () => {${USE}\n})();`;
      for (const [name, source] of [
        ["use.mjs", esm],
        ["use.cjs", cjs],
      ] as const) {
        const run = await runFile(home, folder, name, source);
        expect({ name, status: run.status, stderr: run.stderr }).toEqual({
          ...{ name, status: 0, stderr: "" },
        });
        expect(JSON.parse(run.stdout)).toEqual(expected);
      }

      const inner = await runFile(home, folder, "inner.mjs", 'import "nectar-cli/dist/main.js";');
      expect(inner.status).toBe(1);
      expect(inner.stderr).toContain("ERR_PACKAGE_PATH_NOT_EXPORTED");

      const compiled = await Promise.all(
        (["use.mts", "use.cts"] as const).map(async (name) => {
          writeFileSync(join(folder, name), TYPED);
          const tsc = join(ROOT, "node_modules", ".bin", "tsc");
          // Nothing is taken on trust: no types of Node, and the declaration is checked as well.
          const words = ["--noEmit", "--strict", "--target", "es2022", "--module", "nodenext"];
          const more = ["--types", "", "--skipLibCheck", "false", "--exactOptionalPropertyTypes"];
          const { status, stdout } = await startProcess(tsc, [...words, ...more, name], {
            ...{ cwd: folder, env: home.env, limitMs: NPM_MS },
          }).ended;
          return { name, status, stdout };
        }),
      );
      expect(compiled).toEqual([
        { name: "use.mts", status: 0, stdout: "" },
        { name: "use.cts", status: 0, stdout: "" },
      ]);
    },
    3 * NPM_MS,
  );
});
