/** Starts emulators on loopback for these tests and talks to them with the built-in fetch. */
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import {
  type RunningEmulator,
  type StartOptions,
  startEmulator,
} from "../../src/emulator/emulator.ts";

export const NOW = Date.UTC(2025, 2, 4, 5, 6, 7);

/** A time later than everything that a test made, as text. */
export const NOW_ISO = "2025-03-04T05:06:07.000Z";

export const SANDBOX = {
  url: "https://nectarclimate.com",
  username: "nectar-sandbox-username",
  password: "nectar-sandbox-password",
} as const;

/** An answer, of whatever resource: a test names what it expects of it. */
export interface Body {
  readonly id: string;
  readonly detail: string;
  readonly name: string;
  readonly status: string;
  readonly url: string;
  readonly country: string;
  readonly statusErrorDetail: string | null;
  readonly currentPage: number;
  readonly totalConnections: number;
  readonly totalPages: number;
  readonly hasNext: boolean;
  readonly connections: readonly Body[];
}

export interface Answer {
  readonly status: number;
  readonly body: Body;
  readonly headers: Headers;
}

/** A temporary folder that goes with the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "nectar-emulator-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Starts an emulator that ends with the test; in memory unless told otherwise. */
export async function start(options: Partial<StartOptions> = {}): Promise<RunningEmulator> {
  const running = await startEmulator({
    stateDir: null,
    port: 0,
    standing: false,
    clock: { now: () => NOW, sleep: async () => {} },
    ids: randomUUID,
    pid: 4321,
    ...options,
  });
  onTestFinished(() => running.close());
  return running;
}

/** Sends one request with the emulator's key; an object as body goes as JSON. */
export async function call(
  emulator: Pick<RunningEmulator, "url" | "key">,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const isRaw = typeof body === "string" || body instanceof FormData;
  const response = await fetch(`${emulator.url}${path}`, {
    method,
    headers: {
      "X-API-Key": emulator.key,
      ...(body === undefined || isRaw ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: isRaw ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    body: text === "" ? null : JSON.parse(text),
    headers: response.headers,
  };
}

export async function createCompany(
  emulator: Pick<RunningEmulator, "url" | "key">,
  fields: Record<string, unknown> = {},
): Promise<Body> {
  const answer = await call(emulator, "POST", "/company", { name: "Acme", ...fields });
  if (answer.status !== 201) throw new Error(`no company: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

export async function createSite(
  emulator: Pick<RunningEmulator, "url" | "key">,
  companyId: string,
  fields: Record<string, unknown> = {},
): Promise<Body> {
  const answer = await call(emulator, "POST", `/site/company/${companyId}`, {
    name: "Plant",
    ...fields,
  });
  if (answer.status !== 201) throw new Error(`no site: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

export async function createConnection(
  emulator: Pick<RunningEmulator, "url" | "key">,
  companyId: string,
  fields: Record<string, unknown>,
): Promise<Body> {
  const path = `/connection/company/${companyId}`;
  const answer = await call(emulator, "POST", path, { ...SANDBOX, ...fields });
  if (answer.status !== 201) throw new Error(`no connection: ${JSON.stringify(answer.body)}`);
  return answer.body;
}
