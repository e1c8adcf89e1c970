import { describe, expect, it } from "vitest";
import { bench, company, planFile, requestsOf, WRONG_LOGIN } from "./plan-files.ts";

const COMPANIES = ["a", "b", "c"].map((key) => company(key));

interface Document {
  readonly counts: Readonly<Record<string, unknown>>;
  readonly companies: readonly {
    readonly key: string;
    readonly state: string;
    readonly create: object;
    readonly companyId: string | null;
    readonly waitUntil: string | null;
    readonly error: { readonly code: string; readonly hint: string | null } | null;
    readonly exit: number;
  }[];
}

describe("nectar plan", () => {
  it("shows what would be created, with one request, and writes nothing", async () => {
    const { run, holds, folder } = await bench();
    const file = planFile(folder, COMPANIES);
    const { status, stdout, stderr } = await run(["plan", file, "--debug"]);
    expect(status).toBe(0);
    expect(stdout.split("\n")[0]).toMatch(
      /^a\tCompany a\tcreate\t1 company, 2 sites, 1 connection\t/,
    );
    expect(requestsOf(stderr)).toEqual(["GET /company"]);
    expect(stderr).toContain(
      "3 companies: 0 existing, 3 to create; to create: 3 companies, 6 sites, 3 connections",
    );
    expect(await holds()).toEqual([]);
    expect((await run(["plan", file, "--check"])).status).toBe(8);
  });

  it("shows what is there; connections are read only where all sites are", async () => {
    const { run, folder } = await bench();
    await run(["apply", planFile(folder, COMPANIES)]);
    const more = { sites: [{ name: "Plant", externalId: "a-plant" }, { name: "New" }] };
    const file = planFile(folder, [company("a", more), ...COMPANIES.slice(1), company("d")]);
    const { status, json, stderr } = await run(["plan", file, "--json", "--debug"]);
    expect(status).toBe(0);
    const { counts, companies } = json<Document>();
    expect(companies.map(({ state }) => state)).toEqual([
      "create",
      "existing",
      "existing",
      "create",
    ]);
    expect(companies[0]?.create).toEqual({ companies: 0, sites: 1, connections: 1 });
    expect(counts).toMatchObject({ existing: 2, create: 2 });
    const requests = [...requestsOf(stderr)];
    expect(requests.filter((line) => line === "GET /company")).toHaveLength(1);
    // The company that lacks a site is read by ID before that is believed.
    expect(requests.sort()).toEqual([
      "GET /company",
      "GET /company/ID",
      ...Array(2).fill("GET /connection/ID/details"),
    ]);
    expect((await run(["plan", file, "--check"])).status).toBe(8);
    expect((await run(["plan", planFile(folder, COMPANIES), "--check"])).status).toBe(0);
  });

  it("needs no password", async () => {
    const { run, folder } = await bench();
    expect((await run(["plan", planFile(folder, [company("x", WRONG_LOGIN)])])).status).toBe(0);
  });

  it("ends with 5 where something is ambiguous, with --check, too", async () => {
    const { run, emulator, folder } = await bench();
    await emulator.seed({ companies: [{ name: "One", externalId: "b" }] });
    const headers = { "X-API-Key": emulator.key, "content-type": "application/json" };
    const body = JSON.stringify({ name: "Two", externalId: "b" });
    await fetch(`${emulator.url}/company`, { method: "POST", headers, body });
    const file = planFile(folder, COMPANIES);
    for (const check of [[], ["--check"]]) {
      const { status, json, error } = await run(["plan", file, "--json", ...check]);
      expect(status).toBe(5);
      expect(error().message).toContain("1 ambiguous");
      const row = json<Document>().companies.find(({ key }) => key === "b");
      expect(row).toMatchObject({ state: "ambiguous", error: { code: "ambiguous" }, exit: 5 });
    }
  });

  it.each(["plan", "apply"])(
    "%s names both candidates, and what can be done here",
    async (verb) => {
      const { run, emulator, folder } = await bench();
      const ids = ["aaaaaaaa-1111-4111-8111-111111111111", "aaaaaaaa-2222-4222-8222-222222222222"];
      await emulator.seed({
        companies: ids.map((id, at) => ({ id, name: `Twin ${at}`, externalId: "dupx" })),
      });
      const file = planFile(folder, [company("dupx")]);
      const candidates = [`${ids[0]}  Twin 0`, `${ids[1]}  Twin 1`];
      const piped = await run([verb, file]);
      expect(piped.status).toBe(5);
      for (const text of [piped.stdout, piped.stderr]) {
        expect(text).toContain(`so none of them is chosen: ${candidates.join("; ")}`);
      }
      const { json, error } = await run([verb, file, "--json"]);
      const [row] = json<Document>().companies;
      expect(row?.error).toMatchObject({
        code: "ambiguous",
        details: candidates,
        retryable: false,
      });
      expect(row?.error?.hint).toBe(
        "Choose one with --company-id of onboard, or give each its own external ID.",
      );
      expect(error().retryable).toBe(false);
      expect(error().next[0]?.command).toMatch(`nectar onboard --company-id ${ids[0]} --api-url `);
      expect(error().next.at(-1)?.command).toMatch(`nectar ${verb} ${file} --api-url `);
      if (verb === "apply") {
        const { error: shown } = JSON.parse((await run([verb, file, "--ndjson"])).stdout);
        expect(shown.details).toEqual(candidates);
      }
    },
  );

  it("can be run again where a read failed", async () => {
    const { run, emulator, folder } = await bench();
    await run(["apply", planFile(folder, COMPANIES)]);
    await emulator.faults.add({ route: "connections.get", status: 500, times: null });
    const { status, error } = await run(["plan", planFile(folder, COMPANIES), "--json"]);
    expect([status, error().retryable]).toEqual([6, true]);
  });

  it("shows which company still waits for an earlier create", async () => {
    const { run, emulator, folder } = await bench();
    await emulator.faults.add({ route: "sites.create", commitAfterMs: 60_000, times: null });
    const file = planFile(folder, COMPANIES.slice(0, 1));
    expect((await run(["apply", file, "--timeout", "4s"])).status).toBe(6);
    const { status, json } = await run(["plan", file, "--json", "--check"]);
    expect(status).toBe(8);
    const [row] = json<Document>().companies;
    expect(row).toMatchObject({ state: "waiting", create: { companies: 0, sites: 2 } });
    expect(Date.parse(row?.waitUntil ?? "")).toBeGreaterThan(Date.now() + 30_000);
  });
});
