/**
 * The emulator's app behind a clock that is turned by hand: requests travel, commits come late, lists lag and processes end
 * at instants of that clock, in an order that is the same each time. Takes no real time.
 */
import type { Hono } from "hono";
import type { HttpResponse } from "../../src/api/answer.ts";
import { translateStatus } from "../../src/api/errors.ts";
import type { Http, HttpRequest } from "../../src/api/http.ts";
import { SANDBOX_LOGIN } from "../../src/api/resources/connection.ts";
import { NetworkError } from "../../src/errors.ts";
import { bareApp } from "./bare-app.ts";

const KEY = "nectar_local_00000000000000000000000000000000";
const LATENCY_MS = 5;
const CLIENT_LIMIT_MS = 30_000;

/** What becomes of one create. */
export interface Fate {
  /** When the object is there, after the request came in. Milliseconds. */
  readonly commitMs: number;
  /**
   * `cut` and `failed` (500): processed, and the answer does not say so. `refused`: never processed, and it is known.
   * `vanished`: never processed, and nothing tells.
   */
  readonly answer: "given" | "cut" | "failed" | "refused" | "vanished";
}

/** How the server shapes what it answers. */
export interface Shape {
  /** How far lists are behind, in milliseconds. */
  readonly lagMs: number;
  /** How far reads by ID are behind, in milliseconds. */
  readonly readLagMs?: number;
  readonly omit: readonly string[];
  /** Writes names and URLs in its own way. */
  readonly normalises: boolean;
  /** What it makes of external IDs. */
  readonly externalId?: (id: string) => string | null;
}

interface Seen {
  readonly id: string;
  readonly at: number;
}

/** A clock whose time passes only when everybody waits for it. */
export class VirtualTime {
  #now = Date.UTC(2026, 5, 15, 12);
  #events: { readonly at: number; readonly run: () => void }[] = [];
  #busy = 0;

  now = (): number => this.#now;

  at(time: number, run: () => void): void {
    this.#events.push({ at: Math.max(time, this.#now), run });
  }

  sleep = (ms: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const stop = () => reject(signal.reason);
      signal.addEventListener("abort", stop, { once: true });
      this.at(this.#now + ms, () => {
        signal.removeEventListener("abort", stop);
        resolve();
      });
    });

  /** Work that takes no time of this clock, but turns of the event loop. */
  async work<Value>(job: () => Promise<Value>): Promise<Value> {
    this.#busy += 1;
    try {
      return await job();
    } finally {
      this.#busy -= 1;
    }
  }

  /** Lets time pass until the promise is settled or a time has come. */
  async until(over: () => boolean, time = Number.POSITIVE_INFINITY): Promise<void> {
    for (;;) {
      await this.#quiet();
      if (over()) return;
      this.#events.sort((one, other) => one.at - other.at);
      const next = this.#events[0];
      if (next === undefined || next.at > time) {
        if (time !== Number.POSITIVE_INFINITY) this.#now = time;
        return;
      }
      this.#events.shift();
      this.#now = next.at;
      next.run();
    }
  }

  async #quiet(): Promise<void> {
    for (let calm = 0; calm < 3; calm += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#busy > 0) calm = -1;
    }
  }
}

/** One account at a vendor. It outlives the processes that use it. */
export class VirtualVendor {
  readonly time: VirtualTime;
  shape: Shape = { lagMs: 0, omit: [], normalises: false };
  /** What becomes of the next creates, in order; those after them are answered at once. */
  fates: Fate[] = [];
  /** The ID with which the next create of a connection is answered, without creating anything. */
  existing: string | null = null;
  /** How many creates are under way still. */
  pending = 0;
  /** The method and path of each request that came. */
  readonly asked: string[] = [];
  readonly #app: Hono;
  readonly #born = new Map<string, number>();
  readonly #dead: { readonly list: string; readonly object: object; readonly at: number }[] = [];

  constructor(time: VirtualTime) {
    this.time = time;
    let ids = 0;
    this.#app = bareApp({
      clock: time,
      key: KEY,
      ids: () => {
        ids += 1;
        return `00000000-0000-4000-8000-${String(ids).padStart(12, "0")}`;
      },
    });
  }

  /** A client's way in; what it waits for is given up when its signal aborts. */
  http(signal: AbortSignal, isAlive: () => boolean): Http {
    return {
      send: async (request) => {
        await request.once?.();
        return new Promise<HttpResponse>((resolve, reject) => {
          if (signal.aborted) return reject(signal.reason);
          const stop = () => reject(signal.reason);
          signal.addEventListener("abort", stop, { once: true });
          // A process that has ended hears nothing any more.
          const tell =
            <Value>(use: (value: Value) => void) =>
            (value: Value) => {
              signal.removeEventListener("abort", stop);
              if (isAlive()) use(value);
            };
          this.#receive(request, tell(resolve), tell(reject));
        });
      },
      pausedUntil: () => 0,
      close: () => {},
    };
  }

  /** Straight to the account, past all that goes wrong. */
  async ask(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; body: unknown }> {
    return this.time.work(async () => {
      const answer = await this.#app.request(`http://127.0.0.1/v2.2${path}`, {
        method,
        headers: { "x-api-key": KEY, host: "127.0.0.1", "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      return { status: answer.status, body: text === "" ? null : JSON.parse(text) };
    });
  }

  /** Deletes a company; lists that lag show it for a while. */
  async remove(companyId: string): Promise<void> {
    const { body } = await this.ask("GET", `/company/${companyId}`);
    await this.ask("DELETE", `/company/${companyId}`);
    if (typeof body === "object" && body !== null) {
      this.#dead.push({ list: "company", object: body, at: this.time.now() });
    }
  }

  #receive(
    request: HttpRequest,
    resolve: (answer: HttpResponse) => void,
    reject: (error: unknown) => void,
  ): void {
    const { time } = this;
    const came = time.now() + LATENCY_MS;
    this.asked.push(`${request.method} ${request.path}`);
    const exchange = { ...request, origin: "http://127.0.0.1" };
    const fate = request.method === "POST" ? this.fates.shift() : undefined;
    if (fate?.answer === "refused") {
      const refused = new NetworkError("unreachable", "the connection was refused", {
        processed: "no",
      });
      time.at(came, () => reject(refused));
      return;
    }
    if (fate?.answer === "vanished") {
      time.at(came, () => reject(lostAnswer("the connection broke")));
      return;
    }
    const act = async () => {
      const { status, body } = await this.#act(request);
      const back = time.now() + LATENCY_MS;
      time.at(back, () => {
        if (fate?.answer === "cut") reject(lostAnswer("the connection broke"));
        else if (fate?.answer === "failed") reject(translateStatus(500, null, exchange, null));
        else if (status >= 400) reject(translateStatus(status, body, exchange, null));
        else resolve({ status, body, exchange, pathForms: null });
      });
    };
    if (fate === undefined) {
      time.at(came, () => void act());
      return;
    }
    this.pending += 1;
    time.at(came + CLIENT_LIMIT_MS, () => reject(lostAnswer("no answer in time")));
    time.at(came + fate.commitMs, () => {
      this.pending -= 1;
      void act();
    });
  }

  async #act({ method, path, query = [], body }: HttpRequest): Promise<{
    status: number;
    body: unknown;
  }> {
    if (method === "DELETE") {
      await this.remove(path.split("/")[2] ?? "");
      return { status: 204, body: null };
    }
    if (method === "POST" && path.endsWith("/connection") && this.existing !== null) {
      const id = this.existing;
      this.existing = null;
      return { status: 200, body: { id, status: "CONNECTED" } };
    }
    const search = new URLSearchParams(
      query.map(([name, value]): [string, string] => [name, value]),
    ).toString();
    const answer = await this.ask(method, search === "" ? path : `${path}?${search}`, body);
    const { readLagMs = 0 } = this.shape;
    const ids = path.split("/");
    const isHidden = method === "GET" && ids.some((id) => this.#isYounger(id, readLagMs));
    if (isHidden) return { status: 404, body: null };
    if (method === "POST" && answer.status < 300) {
      this.#born.set((answer.body as Seen).id, this.time.now());
    }
    return { ...answer, body: this.#shaped(answer.body, path) };
  }

  #isYounger(id: string, ms: number): boolean {
    return (this.#born.get(id) ?? 0) > this.time.now() - ms;
  }

  #shaped(body: unknown, path: string): unknown {
    const { lagMs, omit, normalises, externalId = (id) => id } = this.shape;
    const now = this.time.now();
    const isNew = (value: unknown) =>
      typeof value === "object" &&
      value !== null &&
      "id" in value &&
      this.#isYounger(String(value.id), lagMs);
    const walk = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.filter((one) => !isNew(one)).map(walk);
      if (typeof value !== "object" || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .filter(([name]) => !omit.includes(name))
          .map(([name, member]) => [name, normalises ? normalised(name, member) : member])
          .map(([name, member]) => [
            name,
            name === "externalId" && typeof member === "string" ? externalId(member) : member,
          ])
          .map(([name, member]) => [name, walk(member)]),
      );
    };
    const shown = walk(body);
    if (path !== "/company" || !Array.isArray(shown)) return shown;
    const ghosts = this.#dead
      .filter(({ at }) => at > now - lagMs)
      .map(({ object }) => walk(object));
    return [...shown, ...ghosts];
  }
}

function normalised(name: string, member: unknown): unknown {
  if (name === "name" && typeof member === "string") return ` ${member.toUpperCase()}  `;
  return name === "url" && member === SANDBOX_LOGIN.url ? "http://www.nectarclimate.com/" : member;
}

function lostAnswer(message: string): NetworkError {
  return new NetworkError("connection_lost", message, { processed: "unknown" });
}
