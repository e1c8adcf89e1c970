/** What the tests of webhooks need: a clock that is turned by hand, an endpoint that verifies, and an emulator that knows it. */
import { Webhook } from "standardwebhooks";
import type { RunningEmulator } from "../../../src/emulator/emulator.ts";
import { type Answer, type Asked, stubServer } from "../../support/stub-server.ts";
import { type Body, createCompany, createConnection, createSite, start } from "../harness.ts";

export interface HandClock {
  now(): number;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Moves the time. */
  move(ms: number): void;
  /** Ends the sleeps of this length that are under way. */
  wake(ms: number): number;
}

/** Starts at the machine's time, which signatures are compared with. A sleep lasts until it is ended. */
export function handClock(start = Date.now()): HandClock {
  let now = start;
  let sleeping: { readonly ms: number; readonly resolve: () => void }[] = [];
  return {
    now: () => now,
    move(ms) {
      now += ms;
    },
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const one = { ms, resolve };
        sleeping.push(one);
        signal.addEventListener("abort", () => {
          sleeping = sleeping.filter((each) => each !== one);
          reject(signal.reason);
        });
      }),
    wake(ms) {
      const woken = sleeping.filter((each) => each.ms === ms);
      sleeping = sleeping.filter((each) => each.ms !== ms);
      for (const { resolve } of woken) resolve();
      return woken.length;
    },
  };
}

/** The payload of any event: a test names what it expects of it. */
export interface Payload {
  readonly eventType: string;
  readonly id: string;
  readonly status: string;
  readonly [field: string]: unknown;
}

export interface Receiver {
  readonly url: string;
  readonly asked: readonly Asked[];
  /** What came, each with its signature checked. */
  payloads(secret: string): readonly Payload[];
  types(): readonly string[];
}

/** An endpoint on loopback that takes everything unless told otherwise. */
export async function receiver(answer: Answer = (response) => response.end()): Promise<Receiver> {
  const { url, asked } = await stubServer(answer);
  return {
    url,
    asked,
    payloads: (secret) => asked.map((each) => verified(each, secret)),
    types: () => asked.map(({ body }) => JSON.parse(body).eventType),
  };
}

/** @throws when the signature is not right */
export function verified(
  { headers, body }: Pick<Asked, "headers" | "body">,
  secret: string,
): Payload {
  new Webhook(secret).verify(body, {
    "webhook-id": String(headers["svix-id"]),
    "webhook-timestamp": String(headers["svix-timestamp"]),
    "webhook-signature": String(headers["svix-signature"]),
  });
  return JSON.parse(body);
}

export interface Scene {
  readonly emulator: RunningEmulator;
  readonly clock: HandClock;
  readonly company: Body;
  readonly site: Body;
  connect(fields?: Record<string, unknown>): Promise<Body>;
}

/** A company with a site on an emulator whose time is turned by hand. */
export async function scene(options: Parameters<typeof start>[0] = {}): Promise<Scene> {
  const clock = handClock();
  const emulator = await start({ clock, ...options });
  const company = await createCompany(emulator);
  const site = await createSite(emulator, company.id);
  return {
    emulator,
    clock,
    company,
    site,
    connect: (fields = {}) =>
      createConnection(emulator, company.id, { sites: [site.id], ...fields }),
  };
}
