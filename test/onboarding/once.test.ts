import { describe, expect, it } from "vitest";
import { NetworkError, NotFoundError, RefusedError } from "../../src/errors.ts";
import { createOnce } from "../../src/onboarding/once.ts";

const lost = () => new NetworkError("connection_lost", "lost", { processed: "unknown" });

/** A clock that only counts how long it was asked to wait. */
function countingClock() {
  const waits: number[] = [];
  return { waits, sleep: async (ms: number) => void waits.push(ms) };
}

function ports(clock = countingClock()) {
  return { clock, signal: new AbortController().signal };
}

describe("creating once", () => {
  it("looks at nothing when the answer comes", async () => {
    let looks = 0;
    const look = async () => {
      looks += 1;
      return [];
    };
    expect(await createOnce(async () => ({ id: "a" }), look, ports())).toEqual({ id: "a" });
    expect(looks).toBe(0);
  });

  it("adopts what a lost answer had made, and sends no second create", async () => {
    let creates = 0;
    const create = async () => {
      creates += 1;
      throw lost();
    };
    expect(await createOnce(create, async () => [{ id: "made" }], ports())).toEqual({ id: "made" });
    expect(creates).toBe(1);
  });

  it("gives a slow server time before it creates again", async () => {
    const clock = countingClock();
    let creates = 0;
    let looks = 0;
    const create = async () => {
      creates += 1;
      if (creates === 1) throw lost();
      return { id: "second" };
    };
    const look = async () => {
      looks += 1;
      return [];
    };
    expect(await createOnce(create, look, ports(clock))).toEqual({ id: "second" });
    expect(looks).toBe(3);
    expect(clock.waits).toEqual([300, 1_500, 3_000]);
  });

  it("finds what shows up late", async () => {
    let looks = 0;
    const look = async () => {
      looks += 1;
      return looks < 3 ? [] : [{ id: "late" }];
    };
    let creates = 0;
    const create = async () => {
      creates += 1;
      throw lost();
    };
    expect(await createOnce(create, look, ports())).toEqual({ id: "late" });
    expect(creates).toBe(1);
  });

  it("gives up with the create's own error when nothing ever shows up", async () => {
    let creates = 0;
    const create = async () => {
      creates += 1;
      throw lost();
    };
    await expect(createOnce(create, async () => [], ports())).rejects.toThrow("lost");
    expect(creates).toBe(3);
  });

  it("passes on what is certain", async () => {
    const refused = new RefusedError("refused", "no");
    const look = () => {
      throw new Error("must not look");
    };
    await expect(createOnce(() => Promise.reject(refused), look, ports())).rejects.toBe(refused);
  });

  it("never guesses between two new ones", async () => {
    const look = async () => [{ id: "a" }, { id: "b" }];
    const attempt = createOnce(() => Promise.reject(lost()), look, ports());
    await expect(attempt).rejects.toBeInstanceOf(NotFoundError);
  });

  it("says that the fate is open when the look fails too", async () => {
    let creates = 0;
    const create = async () => {
      creates += 1;
      throw lost();
    };
    const attempt = createOnce(create, () => Promise.reject(lost()), ports());
    await expect(attempt).rejects.toMatchObject({
      processed: "unknown",
      hint: expect.stringContaining("looks before it creates"),
    });
    expect(creates).toBe(1);
  });
});
