/** The emulator that stands by for other programs: where it registers, and how it is found and proven alive. */
import { request } from "node:http";
import * as z from "zod/mini";
import { readJsonFile, removeFile, writeJsonFile } from "../../disk/json-file.ts";
import { LocalStateError } from "../../errors.ts";
import { fileIn, KIND, placeOf, type StateFolder, usable } from "./folder.ts";
import { readKey } from "./key.ts";

/** What a standing emulator tells of itself. The key is not in it: that has a file of its own. */
export interface Registration {
  readonly url: string;
  readonly pid: number;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
}

/** One that was found and proven alive, with the only key that it accepts. */
export interface Standing extends Registration {
  readonly key: string;
}

/** How long a registered emulator may take to answer, in milliseconds: on a busy machine it is longer than one thinks. */
const PING_LIMIT_MS = 2000;

/** A longer answer than this, in bytes, is no ping's. */
const PING_BODY_LIMIT = 1024;

const registration = z.object({
  // The key is sent to this address, so nothing but loopback will do.
  url: z.string().check(z.regex(/^http:\/\/127\.0\.0\.1:\d{1,5}\/v2\.2$/)),
  pid: z.int().check(z.positive()),
  startedAt: z.string(),
});

/**
 * Finds the standing emulator of a folder.
 *
 * @param options.isAlive whether a process with this ID runs
 * @returns null when none is registered, its process is gone, or what answers there is not this folder's emulator
 * @throws {LocalStateError} `unsafe_permissions`, `not_readable`
 */
export async function findStanding(
  options: StateFolder & { readonly isAlive: (pid: number) => boolean },
): Promise<Standing | null> {
  // Damaged, a file tells of no emulator: the next one that starts replaces the registration, and reports a damaged key.
  const found = usable(() => readRegistration(options));
  if (found === null || !options.isAlive(found.pid)) return null;
  const key = usable(() => readKey(options));
  if (key === null || !(await answersPing(found.url, key))) return null;
  return { ...found, key };
}

/** Registers a standing emulator; takes the place of whatever was registered. Needs the folder's lock. */
export function register(folder: StateFolder, registered: Registration): Promise<void> {
  return writeJsonFile(registrationFile(folder), registered, placeOf(folder));
}

/** Removes a registration if it is still this one. */
export function unregister(folder: StateFolder, registered: Registration): void {
  try {
    const current = readRegistration(folder);
    if (current?.pid !== registered.pid || current.url !== registered.url) return;
    removeFile(registrationFile(folder), placeOf(folder));
  } catch (error) {
    // Left behind, it tells of a process that is gone; an end does not fail by that.
    if (!(error instanceof LocalStateError)) throw error;
  }
}

/** The file in which the standing emulator of a state folder registers. */
export function registrationFile(folder: StateFolder): string {
  return fileIn(folder, "standing.json");
}

function readRegistration(folder: StateFolder): Registration | null {
  const options = { ...placeOf(folder), kind: KIND, schema: registration };
  return readJsonFile(registrationFile(folder), options)?.value ?? null;
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
