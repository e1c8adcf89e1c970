/** The emulator that stands by for other programs: where it registers, and how it is found and proven alive. */
import { readFileSync, rmSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { replaceFile } from "./file.ts";
import { readKey } from "./key.ts";
import { emulatorFolder } from "./store.ts";

/** What a standing emulator tells of itself. The key is not in it: that has a file of its own. */
export interface Registration {
  readonly url: string;
  readonly pid: number;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
}

/** How long a registered emulator may take to answer, in milliseconds. */
const PING_LIMIT_MS = 300;

/** A longer answer than this, in bytes, is no ping's. */
const PING_BODY_LIMIT = 1024;

const URL_FORM = /^http:\/\/127\.0\.0\.1:\d{1,5}\/v2\.2$/;

/**
 * Finds the standing emulator of a folder.
 *
 * @param options.isAlive whether a process with this ID runs
 * @returns null when none is registered, its process is gone, or what answers there is not this folder's emulator
 */
export async function findStanding(options: {
  stateDir: string;
  isAlive: (pid: number) => boolean;
}): Promise<{ url: string; key: string; pid: number; startedAt: string } | null> {
  const registration = readRegistration(options.stateDir);
  if (registration === null || !options.isAlive(registration.pid)) return null;
  const key = keyOrNull(options.stateDir);
  if (key === null || !(await answersPing(registration.url, key))) return null;
  return { ...registration, key };
}

/** Registers a standing emulator; takes the place of whatever was registered. Needs the folder's lock. */
export function register(stateDir: string, registration: Registration): void {
  replaceFile(registrationFile(stateDir), `${JSON.stringify(registration)}\n`);
}

/** Removes a registration if it is still this one. */
export function unregister(stateDir: string, registration: Registration): void {
  const current = readRegistration(stateDir);
  if (current?.pid !== registration.pid || current.url !== registration.url) return;
  rmSync(registrationFile(stateDir), { force: true });
}

/** The file in which the standing emulator of a state folder registers. */
export function registrationFile(stateDir: string): string {
  return join(emulatorFolder(stateDir), "standing.json");
}

function readRegistration(stateDir: string): Registration | null {
  try {
    const value: unknown = JSON.parse(readFileSync(registrationFile(stateDir), "utf8"));
    if (typeof value !== "object" || value === null) return null;
    const url: unknown = Reflect.get(value, "url");
    const pid: unknown = Reflect.get(value, "pid");
    const startedAt: unknown = Reflect.get(value, "startedAt");
    // The key is sent to this address, so nothing but loopback will do.
    if (typeof url !== "string" || !URL_FORM.test(url) || typeof startedAt !== "string")
      return null;
    return typeof pid === "number" && Number.isSafeInteger(pid) && pid > 0
      ? { url, pid, startedAt }
      : null;
  } catch {
    // Missing or damaged, it tells of no emulator; the next one that starts replaces it.
    return null;
  }
}

function keyOrNull(stateDir: string): string | null {
  try {
    return readKey(stateDir);
  } catch {
    // A start that follows meets the same damage and reports it.
    return null;
  }
}

function answersPing(url: string, key: string): Promise<boolean> {
  return new Promise((resolve) => {
    // Not the API's own ping: that one may be slowed down, or meet a fault that is meant for someone else.
    const ask = request(new URL("/_emulator/ping", url), {
      headers: { "X-API-Key": key },
      // No kept-alive connection, which would hold this process open.
      agent: false,
      signal: AbortSignal.timeout(PING_LIMIT_MS),
    });
    ask.on("error", () => resolve(false));
    ask.on("response", (answer) => {
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", (chunk: string) => {
        text += chunk;
        if (text.length > PING_BODY_LIMIT) ask.destroy();
      });
      answer.on("end", () => resolve(answer.statusCode === 200 && isEmulatorPing(text)));
      answer.on("error", () => resolve(false));
      answer.on("close", () => resolve(false));
    });
    ask.end();
  });
}

function isEmulatorPing(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && Reflect.get(value, "emulator") === true;
  } catch {
    return false;
  }
}
