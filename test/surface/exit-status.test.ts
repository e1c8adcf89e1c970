/** Every row of the exit table, produced once. The signals' rows need a real process: see test/e2e. */
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { EXIT_TABLE } from "../../src/errors.ts";
import { freshPlace, type Run } from "../support/run-cli.ts";
import { json, stubServer } from "../support/stub-server.ts";

const ACME = ["onboard", "--company-name", "Acme", "--site", "Plant"];

/** A vendor that answers everything with one status. */
async function failing(status: number): Promise<Record<string, string>> {
  const vendor = await stubServer((response) => json(response, status, { detail: "No." }));
  return { NECTAR_API_URL: vendor.url, NECTAR_API_KEY: "k" };
}

const ROWS: [code: number, how: string, produce: () => Promise<Run>][] = [
  [0, "done", () => freshPlace().run([...ACME, "--local"])],
  [1, "a bug", () => broken()],
  [2, "wrong use", () => freshPlace().run(["onboard", "--local"])],
  [
    3,
    "a wrong login",
    () =>
      freshPlace().run([...ACME, "--local", "--username", "me", "--password-stdin"], {
        stdin: "x",
      }),
  ],
  [4, "no key", () => freshPlace().run(ACME)],
  [4, "a refused key", async () => freshPlace().run(ACME, { env: await failing(401) })],
  [4, "a key that may not", async () => freshPlace().run(ACME, { env: await failing(403) })],
  [
    5,
    "not found",
    () => freshPlace().run(["companies", "get", "8f1c2f3a-5d07-4c6b-9a41-2f1f6b0c9d11", "--local"]),
  ],
  [6, "a redirect", async () => freshPlace().run(ACME, { env: await failing(302) })],
  [
    6,
    "a rate limit past the deadline",
    async () => {
      const vendor = await stubServer((response) =>
        json(response, 429, {}, { "retry-after": "3600" }),
      );
      return freshPlace().run(ACME, { env: { NECTAR_API_URL: vendor.url, NECTAR_API_KEY: "k" } });
    },
  ],
  [7, "data that the API refuses", async () => freshPlace().run(ACME, { env: await failing(422) })],
  [8, "pending at the deadline", () => pending()],
  [9, "a damaged file", () => damaged()],
  [9, "a folder that can't be written", () => unwritable()],
];

/** A world that fails in a way which nobody foresaw. */
async function broken(): Promise<Run> {
  const clock = {
    now: (): number => {
      throw new TypeError("no time");
    },
    sleep: async () => {},
  };
  return freshPlace().run(["companies", "list", "--local"], { clock });
}

async function pending(): Promise<Run> {
  const id = "8f1c2f3a-5d07-4c6b-9a41-2f1f6b0c9d11";
  const vendor = await stubServer((response) => json(response, 200, { id, status: "PENDING" }));
  const env = { NECTAR_API_URL: vendor.url, NECTAR_API_KEY: "k" };
  return freshPlace().run(["connections", "wait", id, "--timeout", "300ms"], { env });
}

async function damaged(): Promise<Run> {
  const place = freshPlace();
  mkdirSync(join(place.folder, "config"), { mode: 0o700 });
  writeFileSync(join(place.folder, "config", "config.json"), "{nope", { mode: 0o600 });
  return place.run([...ACME, "--local"]);
}

async function unwritable(): Promise<Run> {
  const place = freshPlace();
  // A file where the folder should be: not even root can make a folder there.
  writeFileSync(join(place.folder, "config"), "");
  chmodSync(join(place.folder, "config"), 0o600);
  return place.run([...ACME, "--local"]);
}

describe("the exit table", () => {
  it.each(ROWS)("%i: %s", async (code, _how, produce) => {
    const run = await produce();
    expect([run.status, run.stderr]).toEqual([code, run.stderr]);
    if (code === 0) return;
    expect(run.stderr).not.toMatch(/^\s+at /m);
    if (![3, 8].includes(code)) {
      expect(run.stdout).toBe("");
      expect(run.stderr).toMatch(/^nectar: \S/);
    } else {
      expect(run.stdout).not.toBe("");
      expect(run.stderr).toMatch(
        new RegExp(`^Connection .*\\n.*\\nExit ${code}: .*\\nNext: `, "m"),
      );
    }
  });

  it("is complete here but for the signals", () => {
    const produced = new Set(ROWS.map(([code]) => code));
    const listed = EXIT_TABLE.map(({ code }) => code).filter((code) => code < 128);
    expect([...produced].sort((one, other) => one - other)).toEqual(listed);
  });

  it("is not changed by --json", async () => {
    const place = freshPlace();
    for (const [words, status] of [
      [["onboard", "--local"], 2],
      [ACME, 4],
      [["companies", "get", "8f1c2f3a-5d07-4c6b-9a41-2f1f6b0c9d11", "--local"], 5],
    ] as const) {
      const run = await place.run([...words, "--json"]);
      expect(run.status).toBe(status);
      expect(run.stdout).toBe("");
      expect(JSON.parse(run.stderr)).toEqual({
        schemaVersion: 1,
        error: expect.objectContaining({
          code: expect.any(String),
          message: expect.any(String),
          next: expect.any(Array),
          retryable: expect.any(Boolean),
          created: { companyId: null, siteIds: [], connectionId: null },
        }),
      });
    }
  });
});
