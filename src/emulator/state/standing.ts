/** The standing emulator, which other programs can use: its registration, and how it is found and checked to be alive. */
import { request } from "node:http";
import * as z from "zod/mini";
import { isObject, readJsonFile, removeFile, writeJsonFile } from "../../disk/json-file.ts";
import { withLock } from "../../disk/lock.ts";
import { LocalStateError, UsageError } from "../../errors.ts";
import { fileIn, KIND, placeOf, type StateFolder, usable } from "./folder.ts";
import { readKey } from "./key.ts";

/** A standing emulator that responded, with the only key it accepts. */
export interface Standing extends Registration {
  readonly key: string;
}

/** A state folder, and whether a process with an ID is running. */
export interface LivingFolder extends StateFolder {
  readonly isAlive: (pid: number) => boolean;
}

/** The time-out for a registered emulator's response, in milliseconds; generous, for busy machines. */
const PING_LIMIT_MS = 5000;

/** The longest valid ping response, in characters. */
const PING_BODY_LIMIT = 1024;

/** How a standing emulator can be reached. The key is in a separate file. */
const registration = z.object({
  // The key is sent to this address, so it must be loopback.
  url: z.string().check(z.regex(/^http:\/\/127\.0\.0\.1:\d{1,5}\/v2\.2$/)),
  pid: z.int().check(z.positive()),
  /** ISO 8601, UTC. */
  startedAt: z.string(),
});

export type Registration = Readonly<z.infer<typeof registration>>;

/**
 * Finds the standing emulator of a folder.
 *
 * @returns null when none is registered, its process is gone, or something other than this folder's emulator answers
 * @throws {LocalStateError} `unsafe_permissions`, `not_readable`
 */
export async function findStanding(options: LivingFolder): Promise<Standing | null> {
  // A damaged file counts as none: the next emulator to start replaces the registration, and reports a damaged key.
  const found = usable(() => readRegistration(options));
  if (found === null || !options.isAlive(found.pid)) return null;
  const key = usable(() => readKey(options));
  if (key === null || !(await answersPing(found.url, key))) return null;
  return { ...found, key };
}

/**
 * Finds a registration whose process is gone, for instance killed; the next emulator to start replaces it.
 *
 * @returns a function that removes it, unless another has replaced it; null if there is none
 * @throws {LocalStateError} `unsafe_permissions`, `not_readable`
 */
export function findDeadRegistration(options: LivingFolder): (() => void) | null {
  const found = usable(() => readRegistration(options));
  if (found === null || options.isAlive(found.pid)) return null;
  return () => unregister(options, found);
}

/** @throws {UsageError} `emulator_running` when the folder already has a standing emulator */
export async function refuseSecond(folder: LivingFolder): Promise<void> {
  const standing = await findStanding(folder);
  if (standing === null) return;
  throw new UsageError(
    "emulator_running",
    `a local emulator is already running at ${standing.url}`,
    {
      hint: `Use that one, or stop it first; it is process ${standing.pid}.`,
      next: [
        { words: ["nectar", "emulator", "status"], why: "show the running emulator" },
        { words: ["nectar", "emulator", "stop"], why: "stop it" },
      ],
    },
  );
}

/**
 * Registers a standing emulator. Of two that start at once, only the first registers, because it is checked inside the lock.
 * @throws {UsageError} `emulator_running`
 */
export function register(folder: LivingFolder, registered: Registration): Promise<void> {
  const [file, place] = [registrationFile(folder), placeOf(folder)];
  return withLock(file, place, async () => {
    await refuseSecond(folder);
    await writeJsonFile(file, registered, place);
  });
}

/** Removes this registration, unless another has replaced it. */
export function unregister(folder: StateFolder, registered: Registration): void {
  try {
    const current = readRegistration(folder);
    if (current?.pid !== registered.pid || current.url !== registered.url) return;
    removeFile(registrationFile(folder), placeOf(folder));
  } catch (error) {
    // A leftover registration is harmless, because its process is gone, so shutdown does not fail on it.
    if (!(error instanceof LocalStateError)) throw error;
  }
}

function registrationFile(folder: StateFolder): string {
  return fileIn(folder, "standing.json");
}

function readRegistration(folder: StateFolder): Registration | null {
  const options = { ...placeOf(folder), kind: KIND, schema: registration };
  return readJsonFile(registrationFile(folder), options)?.value ?? null;
}

async function answersPing(url: string, key: string): Promise<boolean> {
  const answer = await ask("GET", new URL("/_emulator/ping", url), key);
  return answer?.status === 200 && isEmulatorPing(answer.text);
}

/** Asks a standing emulator to end. @returns whether it will */
export async function stopStanding({ url, key }: Pick<Standing, "url" | "key">): Promise<boolean> {
  const answer = await ask("POST", new URL("/_emulator/stop", url), key);
  return answer?.status === 202;
}

type Answer = { readonly status: number | undefined; readonly text: string };

/** Not through the API, whose requests may be delayed or get a fault meant for another client. @returns null without an answer */
function ask(method: string, url: URL, key: string): Promise<Answer | null> {
  return new Promise((resolve) => {
    const sent = request(url, {
      method,
      headers: { "X-API-Key": key },
      // A kept-alive connection would keep this process running.
      agent: false,
      signal: AbortSignal.timeout(PING_LIMIT_MS),
    });
    sent.on("error", () => resolve(null));
    sent.on("response", (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
        if (text.length > PING_BODY_LIMIT) sent.destroy();
      });
      response.on("end", () => resolve({ status: response.statusCode, text }));
      response.on("error", () => resolve(null));
      response.on("close", () => resolve(null));
    });
    sent.end();
  });
}

function isEmulatorPing(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) && value["emulator"] === true;
  } catch {
    return false;
  }
}
