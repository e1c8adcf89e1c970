import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { freshPlace } from "../support/run-cli.ts";
import { json, stubServer } from "../support/stub-server.ts";

const KEY = "marked-key-81c4";

/** A vendor that knows one key. */
async function vendorOf(key: string) {
  const vendor = await stubServer((response, { headers, path }) => {
    if (headers["x-api-key"] !== key) return json(response, 401, { detail: "No such key." });
    return json(response, 200, path.endsWith("/company") ? [] : { version: "2.2" });
  });
  return { vendor, at: ["--api-url", vendor.url] };
}

describe("nectar auth", () => {
  it("checks a key, keeps it for this profile and origin alone, and forgets it", async () => {
    const { vendor, at } = await vendorOf(KEY);
    const other = await vendorOf(KEY);
    const place = freshPlace();
    const login = await place.run(["auth", "login", "--key-stdin", ...at, "--json"], {
      stdin: `${KEY}\n`,
    });
    expect(login.status).toBe(0);
    expect(vendor.asked[0]?.path).toBe("/v2.2/ping");
    const file = join(place.folder, "config", "credentials.json");
    expect(readFileSync(file, "utf8")).toContain(KEY);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(place.folder, "config")).mode & 0o777).toBe(0o700);
    expect(readFileSync(join(place.folder, "config", "config.json"), "utf8")).not.toContain(KEY);

    // The profile is bound to its target now, so nothing more has to be said.
    expect((await place.run(["companies", "list", "--json"])).stdout).toBe("[]\n");
    const elsewhere = await place.run(["companies", "list", "--profile", "x", ...other.at]);
    expect(elsewhere.status).toBe(4);
    expect(other.vendor.asked).toHaveLength(0);
    const bound = await place.run(["companies", "list", ...other.at]);
    expect(bound.status).toBe(9);

    const status = await place.run(["auth", "status", "--json"]);
    expect(status.json()).toMatchObject({
      valid: true,
      source: "file",
      where: file,
      target: vendor.url,
    });
    const out = await place.run(["auth", "logout", "--json"]);
    expect(out.json()).toEqual({ profile: "default", removed: 1 });
    expect((await place.run(["companies", "list"])).status).toBe(4);
    for (const run of [login, status, out]) expect(run.stdout + run.stderr).not.toContain(KEY);
  });

  it("stores no key that the API refuses", async () => {
    const { at } = await vendorOf("another");
    const place = freshPlace();
    const login = await place.run(["auth", "login", "--key-stdin", ...at], { stdin: KEY });
    expect(login.status).toBe(4);
    expect(login.stderr).not.toContain(KEY);
    expect((await place.run(["auth", "status", ...at])).status).toBe(4);
  });

  it("shows the environment as the source when it wins, and ends with 4 when that key is refused", async () => {
    const { at } = await vendorOf(KEY);
    const place = freshPlace();
    await place.run(["auth", "login", "--key-stdin", ...at], { stdin: KEY });
    const status = await place.run(["auth", "status", "--json"], {
      env: { NECTAR_API_KEY: "wrong-one" },
    });
    expect(status.status).toBe(4);
    expect(status.json()).toMatchObject({
      valid: false,
      source: "environment",
      where: "NECTAR_API_KEY",
    });
  });

  it("needs nothing for the local emulator, and sends it no key of the environment", async () => {
    const place = freshPlace();
    const env = { NECTAR_API_KEY: KEY };
    expect((await place.run(["companies", "list", "--local", "--json"], { env })).status).toBe(0);
    const login = await place.run(["auth", "login", "--local", "--key-stdin"], { stdin: KEY });
    expect(login.status).toBe(2);
    expect(login.stderr).toContain("needs no login");
  });

  it("never falls back to the emulator when a key is missing", async () => {
    const place = freshPlace();
    const run = await place.run(["onboard", "--company-name", "A", "--site", "B", "--json"], {
      env: { NECTAR_API_KEY: "" },
    });
    expect(run.status).toBe(4);
    expect(run.stderr).toMatch(/NECTAR_API_KEY[\s\S]*nectar auth login[\s\S]*--local/);
  });
});

describe("nectar profiles", () => {
  it("lists, shows, makes current and forgets", async () => {
    const place = freshPlace();
    expect((await place.run(["profiles", "list", "--json"])).stdout).toBe("[]\n");
    const words = ["--local", "--company-name", "Acme", "--site", "Plant"];
    await place.run(["onboard", ...words]);
    await place.run(["onboard", ...words, "--profile", "acme"]);
    const list = (await place.run(["profiles", "list", "--json"])).json<
      { name: string; isCurrent: boolean; target: string }[]
    >();
    expect(list.map(({ name }) => name).sort()).toEqual(["acme", "local"]);
    expect(list.every(({ target, isCurrent }) => target === "local" && !isCurrent)).toBe(true);
    const shown = (await place.run(["profiles", "show", "acme", "--json"])).json();
    expect(shown).toMatchObject({
      name: "acme",
      company: { name: "Acme" },
      sites: [{ name: "Plant" }],
    });

    await place.run(["profiles", "use", "acme"]);
    const rows = await place.run(["connections", "list", "-q"]);
    expect(rows.status).toBe(0);
    expect(rows.stdout).toMatch(/^[0-9a-f-]{36}\n$/);

    expect((await place.run(["profiles", "use", "nobody"])).status).toBe(5);
    expect((await place.run(["profiles", "delete", "acme"])).status).toBe(2);
    expect((await place.run(["profiles", "delete", "acme", "--yes"])).status).toBe(0);
    expect((await place.run(["profiles", "show", "acme"])).status).toBe(5);
  });
});

describe("nectar emulator", () => {
  it("is emptied on request, and the profiles with it", async () => {
    const place = freshPlace();
    await place.run(["onboard", "--local", "--company-name", "Acme", "--site", "Plant"]);
    const reset = await place.run(["emulator", "reset", "--yes", "--json"]);
    expect(reset.json()).toEqual({ companies: 1, sites: 1, connections: 1 });
    expect((await place.run(["companies", "list", "--local", "--json"])).stdout).toBe("[]\n");
    expect((await place.run(["connections", "list", "--local"])).status).toBe(2);
    expect((await place.run(["emulator", "status", "--json"])).json()).toMatchObject({
      running: false,
      url: null,
    });
  });
});
