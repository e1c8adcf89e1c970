/** Certificates that are verified, and the proxy of the environment: the rules, and the built tool through a real one. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { getProxyForUrl } from "proxy-from-env";
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { checkVerification, findProxy } from "../../src/api/proxy.ts";
import { NectarError } from "../../src/errors.ts";
import { freshHome, type Running } from "../support/nectar-process.ts";

const KEY = "marked-key-81c4";
const OPENSSL = "openssl";
const HOST = "api.nectar.test";
const TARGET = new URL(`https://${HOST}/v2.2`);

const shown = (env: Record<string, string>, target = TARGET) => {
  const found = findProxy(env, target);
  return found === null ? null : [found.variable, found.url.href];
};

/** The error of an action; fails when there is none. */
function errorOf(action: () => unknown): NectarError {
  try {
    action();
  } catch (error) {
    if (error instanceof NectarError) return error;
  }
  throw new Error("no error was thrown");
}

describe("the proxy", () => {
  it("is the first that is set", () => {
    expect(shown({})).toBeNull();
    expect(shown({ HTTP_PROXY: "http://a:1", http_proxy: "http://a:1" })).toBeNull();
    expect(shown({ ALL_PROXY: "http://a:1" })).toEqual(["ALL_PROXY", "http://a:1/"]);
    expect(shown({ HTTPS_PROXY: "http://b:1", all_proxy: "http://a:1" })?.[0]).toBe("HTTPS_PROXY");
    expect(shown({ https_proxy: "http://c:1", HTTPS_PROXY: "http://b:1" })?.[0]).toBe(
      "https_proxy",
    );
    expect(shown({ https_proxy: "", HTTPS_PROXY: "b:3128" })).toEqual([
      "HTTPS_PROXY",
      "http://b:3128/",
    ]);
  });

  it("never stands before this machine", () => {
    const env = { HTTPS_PROXY: "http://a:1", ALL_PROXY: "http://a:1" };
    for (const host of ["localhost:1", "127.0.0.1:1", "127.8.9.10", "[::1]:1"]) {
      expect(shown(env, new URL(`https://${host}/`))).toBeNull();
      expect(shown(env, new URL(`http://${host}/`))).toBeNull();
    }
    expect(shown(env, new URL("https://127.0.0.1.example/"))).not.toBeNull();
  });

  it.each([
    ["*", true],
    ["other.test, *", true],
    [HOST, true],
    [HOST.toUpperCase(), true],
    [`${HOST}:443`, true],
    [`${HOST}:8443`, false],
    ["nectar.test", true],
    [".nectar.test", true],
    ["*.nectar.test", true],
    ["a.test b.test\tnectar.test", true],
    ["tar.test", false],
    [`x.${HOST}`, false],
    [",, ,", false],
    [".", false],
    ["*.", false],
    ["[::1]", false],
  ])("is left out for NO_PROXY=%j: %s", (list, direct) => {
    const env = { HTTPS_PROXY: "http://a:1", NO_PROXY: list };
    expect(shown(env) === null).toBe(direct);
    expect(shown({ HTTPS_PROXY: "http://a:1", no_proxy: list, NO_PROXY: "*" }) === null).toBe(
      direct,
    );
  });

  it("is the one that proxy-from-env finds, but for names that stand for what is below them", () => {
    const label = fc.constantFrom("a", "b", "nectar");
    const host = fc
      .array(label, { minLength: 1, maxLength: 3 })
      .map((all) => `${all.join(".")}.test`);
    const entry = fc
      .tuple(fc.constantFrom("", ".", "*."), host, fc.constantFrom("", ":443", ":8443"))
      .map((parts) => parts.join(""));
    const names = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] as const;
    const env = fc.record(
      { ...Object.fromEntries(names.map((name) => [name, fc.constant(`http://${name}.test:1`)])) },
      { requiredKeys: [] },
    );
    const saved = { ...process.env };
    onTestFinished(() => {
      process.env = saved;
    });
    fc.assert(
      fc.property(env, fc.array(entry, { maxLength: 3 }), host, (set, entries, name) => {
        process.env = { ...set, NO_PROXY: entries.join(",") };
        const url = new URL(`https://${name}/`);
        const theirs = getProxyForUrl(url.href);
        const ours = findProxy(process.env, url)?.url.href ?? "";
        if (ours !== "") expect(new URL(theirs).href).toBe(ours);
        else if (theirs !== "") {
          const above = entries.map((one) => one.replace(/^\*?\.|:443$/g, ""));
          expect(above.some((one) => `.${name}`.endsWith(`.${one}`))).toBe(true);
        }
      }),
    );
  });

  it.each([
    "socks5://MARKED:MARKED@a:1",
    "http://MARKED:%E0%A4%A@a:1",
    "http://",
    "ht tp://MARKED",
    "http://MARKED:1:1",
  ])("is refused when it can't be used, without its value: %s", (value) => {
    const error = errorOf(() => findProxy({ ALL_PROXY: value }, TARGET));
    expect(error).toMatchObject({ exit: "usage", code: "invalid_proxy" });
    expect(error.message).toContain("ALL_PROXY");
    expect(JSON.stringify([error.message, error.hint, error.next])).not.toContain("MARKED");
  });
});

describe("certificates", () => {
  it("are verified, or nothing is sent anywhere but to this machine", () => {
    const off = { NODE_TLS_REJECT_UNAUTHORIZED: "0" };
    expect(errorOf(() => checkVerification(off, TARGET))).toMatchObject({
      exit: "usage",
      code: "tls_verification_off",
      next: [{ words: ["unset", "NODE_TLS_REJECT_UNAUTHORIZED"], why: expect.any(String) }],
    });
    for (const url of ["https://127.0.0.1:1", "https://localhost", "http://[::1]:1"]) {
      expect(() => checkVerification(off, new URL(url))).not.toThrow();
    }
    for (const value of ["1", "", "false", undefined]) {
      expect(() =>
        checkVerification({ NODE_TLS_REJECT_UNAUTHORIZED: value }, TARGET),
      ).not.toThrow();
    }
  });
});

let folder = "";
let cert = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "nectar-proxy-"));
  cert = join(folder, "cert.pem");
  const names = `subjectAltName=DNS:${HOST},IP:127.0.0.1`;
  const words = `req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=${HOST} -addext ${names}`;
  const files = ["-keyout", join(folder, "key.pem"), "-out", cert];
  execFileSync(OPENSSL, [...words.split(" "), ...files], { stdio: "ignore" });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** The vendor behind TLS. */
async function secureVendor() {
  const keys: (string | undefined)[] = [];
  const options = { key: readFileSync(join(folder, "key.pem")), cert: readFileSync(cert) };
  const server = createHttpsServer(options, (request, response) => {
    keys.push(request.headers["x-api-key"]?.toString());
    response.setHeader("content-type", "application/json");
    response.end(request.url?.endsWith("/ping") ? '{"version":"2.2"}' : "[]");
  });
  return { port: await listen(server), keys };
}

type Answer = "opens" | "silent" | "closes" | "garbage" | number;

/** A proxy that leads every host to one port, or answers as it is told. */
async function proxyTo(port: number, answer: Answer = "opens") {
  const asked: { readonly to: string; readonly headers: IncomingMessage["headers"] }[] = [];
  const server = createHttpServer((_request, response) => response.writeHead(400).end());
  server.on("connect", (request, socket) => {
    asked.push({ to: request.url ?? "", headers: request.headers });
    socket.on("error", () => {});
    if (answer === "closes") socket.destroy();
    else if (answer === "garbage") socket.end("who are you\r\n\r\n");
    else if (typeof answer === "number") {
      const body = '{"detail":"from the proxy"}';
      const type = "Content-Type: application/json";
      socket.end(
        `HTTP/1.1 ${answer} No\r\n${type}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      );
    } else if (answer === "opens") {
      const up = connect(port, "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
        up.pipe(socket);
        socket.pipe(up);
      });
      up.on("error", () => socket.destroy());
      socket.on("close", () => up.destroy());
    }
  });
  return { port: await listen(server), asked };
}

const LIST = ["companies", "list", "--api-url", TARGET.href, "--json"];
const errorIn = ({ stderr }: { readonly stderr: string }) => JSON.parse(stderr).error;

describe("the built tool", () => {
  const base = () => ({ NECTAR_API_KEY: KEY, NODE_EXTRA_CA_CERTS: cert });

  it("reaches the API through the proxy, which gets its own login and no key", async () => {
    const vendor = await secureVendor();
    const proxy = await proxyTo(vendor.port);
    const home = freshHome();
    const login = "marked-user:marked%20pass%2F";
    for (const name of ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"]) {
      const env = { ...base(), DEBUG: "*", [name]: `http://${login}@127.0.0.1:${proxy.port}` };
      const run = await home.run([...LIST, "--debug"], { env });
      expect([run.status, run.stdout]).toEqual([0, "[]\n"]);
      expect(run.stderr).not.toMatch(/marked|bWFya2Vk/);
    }
    expect(vendor.keys).toEqual([KEY, KEY, KEY]);
    expect(proxy.asked.map(({ to }) => to)).toEqual(Array(3).fill(`${HOST}:443`));
    for (const { headers } of proxy.asked) {
      const basic = Buffer.from("marked-user:marked pass/").toString("base64");
      expect(headers["proxy-authorization"]).toBe(`Basic ${basic}`);
      expect(headers).not.toHaveProperty("x-api-key");
    }
  });

  it("opens one way for requests that follow one another", async () => {
    const vendor = await secureVendor();
    const proxy = await proxyTo(vendor.port);
    const env = { ...base(), HTTPS_PROXY: `127.0.0.1:${proxy.port}` };
    const words = ["auth", "login", "--key-stdin", "--store", "file", "--api-url", TARGET.href];
    const home = freshHome();
    expect((await home.run(words, { env, stdin: KEY })).status).toBe(0);
    const onboard = ["onboard", "--company-name", "Acme", "--site", "Plant", "--dry-run"];
    const before = proxy.asked.length;
    await home.run([...onboard, "--json"], { env });
    expect(vendor.keys.length).toBeGreaterThan(1);
    expect(proxy.asked.length - before).toBeLessThanOrEqual(2);
  });

  it("leaves the proxy alone for this machine and for NO_PROXY", async () => {
    const vendor = await secureVendor();
    const proxy = await proxyTo(vendor.port);
    const home = freshHome();
    const env = { ...base(), HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` };
    const local = ["companies", "list", "--api-url", `https://127.0.0.1:${vendor.port}`, "--json"];
    expect((await home.run(local, { env })).stdout).toBe("[]\n");
    const direct = await home.run([...LIST, "--timeout", "4s"], {
      env: { ...env, NO_PROXY: "nectar.test" },
    });
    expect(errorIn(direct)).toMatchObject({ code: "unreachable" });
    expect(proxy.asked).toEqual([]);
  });

  it.each([
    [407, "proxy_refused", /set HTTPS_PROXY to/],
    [403, "proxy_refused", /the proxy's administrator/],
    [401, "proxy_refused", /the proxy's administrator/],
    ["closes", "proxy_unreachable", /--timeout|HTTPS_PROXY/],
    ["garbage", "proxy_unreachable", /--timeout|HTTPS_PROXY/],
  ] as const)("tells of a proxy that opens no way: %s", async (answer, code, hint) => {
    const vendor = await secureVendor();
    const proxy = await proxyTo(vendor.port, answer);
    const env = { ...base(), HTTPS_PROXY: `http://marked:marked@127.0.0.1:${proxy.port}` };
    // The first try has to come within it, also on a machine that is busy.
    const run = await freshHome().run([...LIST, "--timeout", "4s"], { env });
    expect([run.status, run.stdout]).toEqual([6, ""]);
    const error = errorIn(run);
    expect(error).toMatchObject({ code, hint: expect.stringMatching(hint) });
    expect(error.message).toContain(`the proxy 127.0.0.1:${proxy.port} from HTTPS_PROXY`);
    expect(run.stderr).not.toContain("marked");
    expect(vendor.keys).toEqual([]);
  });

  it("tells of a proxy that is gone", async () => {
    const { port } = await proxyTo(1);
    for (const close of closing.splice(0)) close();
    const env = { ...base(), ALL_PROXY: `http://marked:marked@127.0.0.1:${port}` };
    const run = await freshHome().run([...LIST, "--timeout", "4s"], { env });
    expect(run.status).toBe(6);
    expect(errorIn(run)).toMatchObject({
      code: "proxy_unreachable",
      message: `can't reach the proxy 127.0.0.1:${port} from ALL_PROXY: the connection was refused`,
    });
    expect(run.stderr).not.toContain("marked");
  });

  it.each(["http", "https"])(
    "ends when the proxy is silent, by signal and by deadline (%s)",
    async (scheme) => {
      const silent = createServer(() => {});
      const port = await listen(silent);
      const env = { ...base(), HTTPS_PROXY: `${scheme}://127.0.0.1:${port}` };
      const home = freshHome();
      const late = await home.run([...LIST, "--timeout", "300ms"], { env });
      expect([late.status, errorIn(late).code]).toEqual([6, "deadline"]);
      const asked = new Promise((resolve) => silent.once("connection", resolve));
      const stopped: Running = home.start(LIST, { env });
      await asked;
      stopped.kill("SIGTERM");
      expect((await stopped.ended).status).toBe(143);
    },
  );

  it("accepts a private authority that NODE_EXTRA_CA_CERTS names, and no other", async () => {
    const vendor = await secureVendor();
    const home = freshHome();
    const words = ["companies", "list", "--api-url", `https://127.0.0.1:${vendor.port}`];
    const trusted = await home.run([...words, "--json"], { env: base() });
    expect([trusted.status, trusted.stdout, trusted.stderr]).toEqual([0, "[]\n", ""]);
    const run = await home.run(words, { env: { NECTAR_API_KEY: KEY } });
    expect([run.status, run.stdout]).toEqual([6, ""]);
    expect(run.stderr.split("\n")).toEqual([
      `nectar: no secure connection to https://127.0.0.1:${vendor.port}: DEPTH_ZERO_SELF_SIGNED_CERT`,
      "Behind a proxy with its own certificate, set NODE_EXTRA_CA_CERTS to the certificate file.",
      expect.stringMatching(/ doctor --api-url \S+ {3}check the network, the target and the key$/),
      "",
    ]);
    expect(vendor.keys).toEqual([KEY]);
    const proxy = await proxyTo(vendor.port);
    const env = { NECTAR_API_KEY: KEY, HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` };
    const through = await home.run(LIST, { env });
    expect(errorIn(through)).toMatchObject({ code: "tls" });
    expect(vendor.keys).toEqual([KEY]);
  });

  it("sends nothing while certificates are not verified", async () => {
    const vendor = await secureVendor();
    const proxy = await proxyTo(vendor.port);
    const home = freshHome();
    const off = { NECTAR_API_KEY: KEY, NODE_TLS_REJECT_UNAUTHORIZED: "0" };
    const env = { ...off, HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` };
    for (const words of [LIST, ["auth", "login", "--key-stdin", ...LIST.slice(2)]]) {
      const run = await home.run(words, { env, stdin: KEY });
      expect([run.status, run.stdout]).toEqual([2, ""]);
      expect(errorIn(run)).toMatchObject({
        code: "tls_verification_off",
        message: expect.stringContaining("NODE_TLS_REJECT_UNAUTHORIZED"),
      });
      expect(run.stderr).not.toContain(KEY);
    }
    expect(proxy.asked).toEqual([]);
    const local = ["companies", "list", "--api-url", `https://127.0.0.1:${vendor.port}`, "--json"];
    expect((await home.run(local, { env: off })).stdout).toBe("[]\n");
  });
});
