/** Plan files and an emulator for the tests of `plan` and `apply`. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Emulator, EmulatorOptions } from "../../../src/emulator/public.ts";
import { startEmulator } from "../../../src/library.ts";
import { freshPlace, type Place, type Run, type RunOptions } from "../../support/run-cli.ts";

export interface Bench extends Place {
  readonly emulator: Emulator;
  /** The companies that the emulator holds. */
  holds(): Promise<readonly Held[]>;
}

interface Held {
  readonly name: string;
  readonly sites: readonly object[];
}

/** A machine whose target is an emulator of its own. */
export async function bench(options: EmulatorOptions = {}): Promise<Bench> {
  const emulator = await startEmulator(options);
  onTestFinished(() => emulator.close());
  const place = freshPlace();
  const target = { NECTAR_API_URL: emulator.url, NECTAR_API_KEY: emulator.key };
  return {
    ...place,
    emulator,
    run: (words, more: RunOptions = {}): Promise<Run> =>
      place.run(words, { ...more, env: { ...target, ...more.env } }),
    async holds() {
      const headers = { "X-API-Key": emulator.key };
      const answer = await fetch(`${emulator.url}/company`, { headers });
      return (await answer.json()) as Held[];
    },
  };
}

/** A company with two sites. */
export function company(key: string, more: object = {}) {
  return {
    name: `Company ${key}`,
    externalId: key,
    sites: [{ name: "Plant", externalId: `${key}-plant` }, { name: "Cold Store" }],
    ...more,
  };
}

export const WRONG_LOGIN = {
  connection: {
    url: "https://nectarclimate.com",
    username: "somebody-else",
    passwordEnv: "OTHER_PASSWORD",
  },
};

/** Writes a plan file; returns its path. */
export function planFile(folder: string, companies: readonly object[]): string {
  const path = join(folder, "companies.json");
  writeFileSync(path, JSON.stringify({ version: 1, companies }, null, 2));
  return path;
}

/** The requests that a run with `--debug` sent, without IDs. */
export function requestsOf(stderr: string): readonly string[] {
  return stderr
    .split("\n")
    .filter((line) => line.startsWith("debug "))
    .map((line) =>
      line
        .split(" ")
        .slice(1, 3)
        .join(" ")
        .replace(/[0-9a-f-]{36}/g, "ID"),
    );
}
