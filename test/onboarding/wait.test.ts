import { describe, expect, it } from "vitest";
import { Connection } from "../../src/api/resources/connection.ts";
import { NetworkError } from "../../src/errors.ts";
import { awaitSettled } from "../../src/onboarding/wait.ts";

const seen = (status: string): Connection => Connection.parse({ id: "c", status });

function world(statuses: readonly string[], deadline: number) {
  let now = 0;
  let asked = 0;
  const waits: number[] = [];
  return {
    waits,
    asked: () => asked,
    ports: {
      api: {
        async getConnection() {
          const status = statuses[Math.min(asked, statuses.length - 1)] ?? "PENDING";
          asked += 1;
          return seen(status);
        },
      },
      clock: {
        now: () => now,
        async sleep(ms: number) {
          waits.push(ms);
          now += ms;
        },
      },
      signal: new AbortController().signal,
      deadline: () => deadline,
      report: () => {},
    },
  };
}

describe("waiting for a status", () => {
  it("asks nothing when it is settled already", async () => {
    const { ports, asked } = world([], 1_000);
    expect((await awaitSettled(seen("CONNECTED"), ports)).state).toBe("connected");
    expect(asked()).toBe(0);
  });

  it("waits with growing pauses until it is settled", async () => {
    const { ports, waits } = world(["PENDING", "PENDING", "PENDING", "CONNECTED"], 1e9);
    expect((await awaitSettled(seen("PENDING"), ports)).state).toBe("connected");
    expect(waits).toEqual([...waits].sort((one, other) => one - other));
    expect(waits).toHaveLength(4);
  });

  it("ends by its own word shortly before the deadline, still pending, after a last look", async () => {
    const { ports, waits, asked } = world(["PENDING"], 5_000);
    expect((await awaitSettled(seen("PENDING"), ports)).state).toBe("pending");
    const waited = waits.reduce((sum, ms) => sum + ms, 0);
    expect(waited).toBeLessThan(5_000);
    expect(waited).toBeGreaterThan(4_000);
    expect(asked()).toBe(waits.length);
  });

  it("never pauses longer than four seconds", async () => {
    const { ports, waits } = world(["PENDING"], 300_000);
    await awaitSettled(seen("PENDING"), ports);
    expect(Math.max(...waits)).toBe(4_000);
  });

  it("takes a deadline that comes during a look for pending, and passes on other failures", async () => {
    const { ports } = world([], 1e9);
    const failing = (code: string) => ({
      ...ports,
      api: {
        getConnection: () => Promise.reject(new NetworkError(code, code, { processed: "unknown" })),
      },
    });
    expect((await awaitSettled(seen("PENDING"), failing("deadline"))).state).toBe("pending");
    await expect(awaitSettled(seen("PENDING"), failing("server_error"))).rejects.toThrow();
  });
});
