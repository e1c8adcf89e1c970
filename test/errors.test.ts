import { describe, expect, it } from "vitest";
import {
  AuthError,
  type ExitName,
  exitCode,
  InterruptedError,
  mostSerious,
  NectarError,
  NetworkError,
  StatusError,
} from "../src/errors.ts";

describe("the most serious of several exits", () => {
  const codeOf = (...exits: ExitName[]) => exitCode(mostSerious(exits));

  it("is the first of the order 1, 9, 4, 6, 5, 7, 3, 8", () => {
    const left: ExitName[] = [
      ...(["done", "pending", "unhealthy", "refused", "not-found", "network", "auth"] as const),
      ...(["local-state", "bug"] as const),
    ];
    const order: number[] = [];
    while (left.length > 0) {
      order.push(codeOf(...left));
      left.pop();
    }
    expect(order).toEqual([1, 9, 4, 6, 5, 7, 3, 8, 0]);
  });

  it("is done where there is none, and the signal that ended the run", () => {
    expect([codeOf(), codeOf("bug", "sigint")]).toEqual([0, 130]);
  });
});

const NEXT = [{ words: ["nectar", "auth", "login"], why: "give another key" }];

describe("an error with further details", () => {
  it.each([
    new AuthError("key_refused", "refused", { hint: "h", httpStatus: 401, lines: ["a"] }),
    new NetworkError("timeout", "no answer", { processed: "no", retryAfterMs: 5 }),
    new StatusError("pending", "status_pending", "pending", { lines: ["a"] }),
    new InterruptedError("sigterm", { hint: "h" }),
  ])("is a copy that differs in them alone: %s", (error) => {
    const before = { ...error };
    const copy = error.with({ next: NEXT, hint: undefined });
    expect(copy).not.toBe(error);
    expect({ ...error }).toEqual(before);
    expect({ ...copy }).toEqual({ ...before, next: NEXT });
    expect([copy.message, copy.stack, copy.name]).toEqual([error.message, error.stack, error.name]);
    expect(copy).toBeInstanceOf(error.constructor);
    expect(copy).toBeInstanceOf(NectarError);
    expect(Object.prototype.toString.call(copy)).toBe("[object Error]");
  });
});
