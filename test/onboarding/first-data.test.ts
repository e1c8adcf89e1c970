import { describe, expect, it } from "vitest";
import type { CountedDocuments } from "../../src/api/data.ts";
import { Document } from "../../src/api/resources/document.ts";
import { InterruptedError, NetworkError, NotFoundError } from "../../src/errors.ts";
import { awaitFirstData } from "../../src/onboarding/first-data.ts";

const LIMIT_MS = 5_000;

function pageOf(page: number, totalPages: number, months: readonly string[]): CountedDocuments {
  const items = months.map((month, index) =>
    Document.parse({
      id: `${page}-${index}`,
      usageData: [{ id: "u", startDate: `${month}-01`, endDate: `${month}-28` }],
    }),
  );
  const total = totalPages === 1 ? items.length : totalPages * 100 - 55;
  const [hasNext, hasPrevious] = [page < totalPages, page > 1];
  const envelope = { perPage: 100, totalPages, currentPage: page, hasNext, hasPrevious };
  return { envelope, items, total };
}

const EMPTY = pageOf(1, 1, []);

/** A world whose pauses take no time on the wall; the timer of the whole look fires when `late` says so. */
function world(
  answer: (
    page: number,
    asked: number,
    signal: AbortSignal | undefined,
  ) => Promise<CountedDocuments>,
  { deadline = Number.POSITIVE_INFINITY, late = false } = {},
) {
  let now = 0;
  const pages: number[] = [];
  const pauses: number[] = [];
  const stop = new AbortController();
  return {
    pages,
    pauses,
    stop,
    now: () => now,
    ports: {
      api: {
        documentPage: (_: object, page: number, signal?: AbortSignal) => {
          pages.push(page);
          return answer(page, pages.length, signal);
        },
      },
      clock: {
        now: () => now,
        sleep: (ms: number, signal: AbortSignal): Promise<void> => {
          if (signal !== stop.signal) {
            return late ? Promise.resolve() : new Promise<void>(() => {});
          }
          pauses.push(ms);
          now += ms;
          return Promise.resolve();
        },
      },
      signal: stop.signal,
      deadline: () => deadline,
    },
  };
}

describe("waiting for the first data", () => {
  it("asks once and waits for nothing where there is some", async () => {
    const { ports, pages, pauses } = world(async () => pageOf(1, 1, ["2025-03", "2025-01"]));
    const data = await awaitFirstData("c", ports);
    expect(data).toEqual({ documents: 2, from: "2025-01-01", to: "2025-03-28" });
    expect([pages, pauses]).toEqual([[1], []]);
  });

  it("looks at the first and the last page alone, in whichever order they are", async () => {
    for (const [first, last] of [
      ["2025-01", "2026-10"],
      ["2026-10", "2025-01"],
    ] as const) {
      const { ports, pages } = world(async (page) => pageOf(page, 4, [page === 1 ? first : last]));
      const data = await awaitFirstData("c", ports);
      expect(data).toEqual({ documents: 345, from: "2025-01-01", to: "2026-10-28" });
      expect(pages).toEqual([1, 4]);
    }
  });

  it("looks again with growing pauses, and gives up after five seconds", async () => {
    const soon = world(async (_, asked) => (asked < 4 ? EMPTY : pageOf(1, 1, ["2025-01"])));
    expect((await awaitFirstData("c", soon.ports))?.documents).toBe(1);
    expect(soon.pauses).toEqual([250, 400, 640]);
    const never = world(async () => EMPTY);
    const none = await awaitFirstData("c", never.ports);
    expect(none).toEqual({ documents: 0, from: null, to: null });
    expect(never.now()).toBeLessThanOrEqual(LIMIT_MS);
    expect(never.now()).toBeGreaterThan(LIMIT_MS / 2);
  });

  it("keeps clear of the command's deadline", async () => {
    const short = world(async () => EMPTY, { deadline: 1_000 });
    expect(await awaitFirstData("c", short.ports)).toMatchObject({ documents: 0 });
    expect(short.now()).toBeLessThanOrEqual(700);
    const over = world(async () => EMPTY, { deadline: 200 });
    expect(await awaitFirstData("c", over.ports)).toBeNull();
    expect(over.pages).toEqual([]);
  });

  it("gives up an answer that never comes", async () => {
    const hanging = world(
      (_, __, signal) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
        }),
      { late: true },
    );
    expect(await awaitFirstData("c", hanging.ports)).toBeNull();
  });

  it("is silent about failures, keeps what it saw before them, and lets only an interruption out", async () => {
    const failing = world(async () => {
      throw new NotFoundError("not_found", "no such route");
    });
    expect(await awaitFirstData("c", failing.ports)).toBeNull();
    const lost = new NetworkError("connection_lost", "broke", { processed: "unknown" });
    const half = world(async (page) => {
      if (page > 1) throw lost;
      return pageOf(1, 4, ["2025-01"]);
    });
    expect(await awaitFirstData("c", half.ports)).toEqual({ documents: 345, from: null, to: null });
    const stopped = world(async () => {
      throw new InterruptedError("sigint");
    });
    await expect(awaitFirstData("c", stopped.ports)).rejects.toBeInstanceOf(InterruptedError);
    const bug = world(async () => {
      throw new TypeError("a bug");
    });
    await expect(awaitFirstData("c", bug.ports)).rejects.toBeInstanceOf(TypeError);
  });
});
