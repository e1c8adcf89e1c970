import { cpSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { COMMANDS } from "../../src/commands/registry.ts";
import { BIN, ROOT } from "../support/built-tool.ts";
import { freshHome, startProcess } from "../support/nectar-process.ts";
import { installPacked, NPM_MS } from "../support/packed-tool.ts";
import { freshPlace } from "../support/run-cli.ts";

describe("the packed tarball", () => {
  test(
    "holds what it should, installs into an empty folder without anything else, and works there",
    async () => {
      const home = freshHome();
      const { name, version, files, folder: empty } = await installPacked(home);
      const allowed =
        /^(?:bin\/|dist\/|\.github\/docs\/|\.agents\/|(?:package\.json|README\.md|LICENSE|CHANGELOG\.md)$)/;
      expect(files.filter((path) => !allowed.test(path))).toEqual([]);
      const needed = ["bin/nectar.js", "dist/main.js", "dist/THIRD_PARTY_LICENSES.txt"];
      expect(files).toEqual(expect.arrayContaining([...needed, "LICENSE", "package.json"]));

      const installed = join(empty, "node_modules");
      // npm warns about the install scripts of what it installs.
      const manifest = jsonIn(join(installed, name, "package.json"));
      for (const absent of ["scripts", "devDependencies", "private"])
        expect(manifest).not.toHaveProperty(absent);
      expect(readdirSync(installed).filter((name) => !name.startsWith("."))).toEqual([name]);

      const tool = freshPlace();
      const shipped = new Set(files.filter((path) => path.startsWith("dist/schemas/")));
      for (const words of [["seed"], ...COMMANDS.map(({ path }) => path)]) {
        const printed = await tool.run(["schema", ...words]);
        const path = `dist/schemas/${words.join("-")}.json`;
        expect([path, shipped.delete(path)]).toEqual([path, printed.status === 0]);
        if (printed.status !== 0) continue;
        const schema = jsonIn(join(installed, name, path));
        expect(schema).toEqual(JSON.parse(printed.stdout));
        expect([path, new Ajv2020().validateSchema(schema)]).toEqual([path, true]);
      }
      expect([...shipped]).toEqual([]);

      const nectar = join(installed, ".bin", "nectar");
      const run = (...args: string[]) =>
        startProcess(nectar, args, { cwd: empty, env: home.env }).ended;
      const said = await run("--version");
      expect(said).toMatchObject({ status: 0, stdout: `${version}\n`, stderr: "" });
      const onboard = ["onboard", "--local", "--company-name", "Acme", "--site", "Plant", "--json"];
      const { status, stdout, stderr } = await run(...onboard);
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      expect(JSON.parse(stdout).connection.state).toBe("connected");
      expect((await run("onboard", "--help")).stdout).toContain("--company-name");
    },
    2 * NPM_MS,
  );
});

describe("the bill of materials", () => {
  test("lists what is bundled, in the form of CycloneDX 1.6", () => {
    const bill = jsonIn(join(ROOT, "dist", "sbom.cdx.json"));
    const { name, version } = jsonIn(join(ROOT, "package.json"));
    expect(bill).toMatchObject({ bomFormat: "CycloneDX", specVersion: "1.6", version: 1 });
    expect(bill.metadata.component).toMatchObject({ type: "application", name, version });

    const text = readFileSync(join(ROOT, "dist", "THIRD_PARTY_LICENSES.txt"), "utf8");
    const licensed = [...text.matchAll(/^={80}\n(\S+) (\S+)\nLicence: (.+)$/gm)];
    expect(licensed.length).toBeGreaterThan(50);
    expect(bill.components).toEqual(
      licensed.map(([, name = "", version, expression]) => {
        const purl = `pkg:npm/${name.replace("@", "%40")}@${version}`;
        const licenses = [{ expression }];
        return { type: "library", "bom-ref": purl, name, version, licenses, purl };
      }),
    );
    const references = bill.components.map((one: { purl: string }) => one.purl);
    expect(new Set(references).size).toBe(references.length);
    expect(bill.dependencies).toEqual([
      { ref: bill.metadata.component["bom-ref"], dependsOn: references },
    ]);
  });
});

describe("the way in", () => {
  const preload = pathToFileURL(`${import.meta.dirname}/preloads/pretend-node.mjs`).href;
  const pretend = (version: string) => ({
    node: ["--import", preload],
    env: { PRETEND_NODE: version },
  });

  test.each(["12.22.0", "18.0.0", "20.18.9"])("refuses Node %s in one line", async (version) => {
    const { status, stdout, stderr } = await freshHome().run(["--version"], pretend(version));
    expect(status).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^nectar needs Node 20\.19 or newer; .*\n$/);
    expect(stderr).toContain(version);
  });

  test.each(["20.19.0", "21.0.0", "22.0.0", "26.1.0"])("lets Node %s in", async (version) => {
    const { status, stdout, stderr } = await freshHome().run(["--version"], pretend(version));
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\S*\n$/);
  });

  test("refuses in one line to build an executable where Node can't", async () => {
    const build = join(ROOT, ".config", "build.mjs");
    const words = ["--import", preload, build, "--binary"];
    const { env } = freshHome();
    const started = startProcess(process.execPath, words, {
      ...{ cwd: ROOT, env: { ...env, ...pretend("24.11.0").env } },
    });
    expect(await started.ended).toMatchObject({
      ...{ status: 1, stdout: "" },
      stderr: "build:binary needs Node 25.5 or newer; this is v24.11.0.\n",
    });
  });

  test("says in one line that nothing is built yet", async () => {
    const home = freshHome();
    const copy = join(home.folder, "copy");
    cpSync(join(ROOT, "bin"), join(copy, "bin"), { recursive: true });
    expect(existsSync(BIN)).toBe(true);
    const started = startProcess(process.execPath, [join(copy, "bin", "nectar.js")], {
      cwd: copy,
      env: home.env,
    });
    expect(await started.ended).toMatchObject({
      status: 1,
      stdout: "",
      stderr: "nectar is not built yet. In its folder, run: npm run build\n",
    });
  });
});

function jsonIn(file: string) {
  return JSON.parse(readFileSync(file, "utf8"));
}
