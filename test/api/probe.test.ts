/** The steps on the way to a server: what each one finds, and that none outlives its signal. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { lookUp, readDate, tryConnecting } from "../../src/api/probe.ts";
import { stubServer } from "../support/stub-server.ts";

const { signal } = new AbortController();
const node = { execPath: process.execPath, signal };

it("finds the address of a name, and takes an address as it is", async () => {
  expect(["127.0.0.1", "::1"]).toContain(await lookUp("localhost", node));
  expect(await lookUp("[::1]", node)).toBe("::1");
  expect(await lookUp("192.0.2.1", node)).toBe("192.0.2.1");
  await expect(lookUp("nowhere.invalid", node)).rejects.toMatchObject({ code: "unreachable" });
});

it("ends a lookup that hangs, and the process that it runs in", async () => {
  const folder = mkdtempSync(join(tmpdir(), "nectar-probe-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [hanging, note] = [join(folder, "node"), join(folder, "pid")];
  writeFileSync(
    hanging,
    `#!/bin/sh\necho $$ > '${note}.new' && mv '${note}.new' '${note}'\nexec sleep 600\n`,
  );
  chmodSync(hanging, 0o700);
  const stop = new AbortController();
  const reason = new Error("time is up");
  const found = lookUp("example.com", { execPath: hanging, signal: stop.signal });
  found.catch(() => {});
  const started = (): number | null => {
    try {
      return Number(readFileSync(note, "utf8"));
    } catch {
      return null;
    }
  };
  await expect.poll(started).not.toBeNull();
  stop.abort(reason);
  await expect(found).rejects.toBe(reason);
  const isRunning = () => {
    try {
      return process.kill(started() ?? 0, 0);
    } catch {
      return false;
    }
  };
  await expect.poll(isRunning).toBe(false);
});

it("connects, or says why not", async () => {
  const { port } = new URL((await stubServer(() => {})).url);
  const at = (to: number) => ({ address: "127.0.0.1", port: to, origin: "https://api.example" });
  await tryConnecting(at(Number(port)), signal);
  await expect(tryConnecting(at(9), signal)).rejects.toMatchObject({
    message: "can't reach https://api.example: the connection was refused",
  });
});

it("reads the server's time without a key, whatever its status", async () => {
  const date = "Mon, 15 Jun 2026 12:00:00 GMT";
  const server = await stubServer((response) => response.writeHead(500, { date }).end("no"));
  const url = new URL(`${server.url}/ping`);
  // The name is not looked up again.
  url.hostname = "api.invalid";
  const way = { agent: null, address: "127.0.0.1" };
  expect(await readDate(url, way, signal)).toBe(Date.parse(date));
  expect(server.asked[0]?.headers).not.toHaveProperty("x-api-key");
  const stop = new AbortController();
  const silent = await stubServer(() => stop.abort(new Error("time is up")));
  await expect(readDate(new URL(silent.url), way, stop.signal)).rejects.toThrow("time is up");
});
