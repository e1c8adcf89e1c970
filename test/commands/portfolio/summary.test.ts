import { describe, expect, it } from "vitest";
import { barText } from "../../../src/commands/portfolio/bar.ts";
import type { Row } from "../../../src/commands/portfolio/rows.ts";
import { countLine, countRows, failureOf } from "../../../src/commands/portfolio/summary.ts";
import {
  type ErrorDetails,
  type ExitName,
  exitCode,
  InterruptedError,
  NetworkError,
  RefusedError,
} from "../../../src/errors.ts";

const AGAIN = ["nectar", "apply", "file.yaml"];

function row(more: Partial<Row>): Row {
  return {
    ...{ key: "acme", line: 4, name: "Acme", company: null, sites: [], error: null, remedy: null },
    connection: {
      ...{ id: "c1", state: "connected", status: "CONNECTED", statusDetail: null },
      outcome: "existing",
    },
    ...{ exit: "done", kind: "connected" },
    ...more,
  };
}

const because = (message: string, more: ErrorDetails = {}, code = "x") =>
  new RefusedError(code, message, more);

const failed = (exit: ExitName): Row => {
  const error = because(`failed with ${exit}`, { retryable: exit === "network" });
  return row({ exit, kind: "failed", error });
};

const exitOf = (rows: readonly Row[], stoppedBy: unknown = null, total = rows.length) => {
  const failure = failureOf(rows, countRows(rows, total), stoppedBy, AGAIN);
  return failure === null ? 0 : exitCode(failure.exit);
};

describe("the exit status of apply", () => {
  it("is that of the most serious company, in the order 1, 9, 4, 6, 5, 7, 3, 8", () => {
    const order: readonly ExitName[] = [
      ...(["bug", "local-state", "auth", "network", "not-found", "refused"] as const),
      ...(["unhealthy", "pending"] as const),
    ];
    expect(order.map(exitCode)).toEqual([1, 9, 4, 6, 5, 7, 3, 8]);
    for (const [index, exit] of order.entries()) {
      const rows = [row({}), ...order.slice(index).map(failed)].toReversed();
      expect(exitOf(rows)).toBe(exitCode(exit));
    }
    expect(exitOf([row({}), row({})])).toBe(0);
  });

  it("is 130 for a run that the user stopped, whatever became of its companies", () => {
    expect(exitOf([failed("bug")], new InterruptedError("sigint"))).toBe(130);
    expect(exitOf([row({})], new InterruptedError("sigterm"), 3)).toBe(143);
  });

  it("is 6 where the deadline left companies that were not started", () => {
    const late = new NetworkError("deadline", "not done in time", { processed: "unknown" });
    expect(exitOf([row({})], late, 2)).toBe(6);
    expect(exitOf([row({}), failed("auth")], late, 3)).toBe(4);
    expect(exitOf([row({})], late)).toBe(0);
  });
});

describe("the summary", () => {
  it("counts each kind, and says what is new", () => {
    const rows = [
      row({ company: { id: "1", name: "A", externalId: null, outcome: "created" } }),
      ...[row({}), row({}), failed("refused")],
      row({ kind: "needs-action", exit: "unhealthy" }),
      row({ kind: "pending", exit: "pending" }),
    ];
    expect(countLine(countRows(rows, 10))).toBe(
      "3 connected (1 new, 2 existing), 1 pending, 1 needs action, 1 failed, 4 not started",
    );
  });

  it("says what a status means, and what to do instead of the same command", () => {
    const remedy = { words: ["nectar", "invitations", "create", "--reconnect", "c1"], why: "w" };
    const connection = {
      ...{ id: "c1", state: "needs-action" as const, status: "PASSWORD_INCORRECT" },
      ...{ statusDetail: "Wrong.", outcome: "created" as const },
    } as const;
    const bad = row({ kind: "needs-action", exit: "unhealthy", connection, remedy });
    const failure = failureOf([bad], countRows([bad], 1), null, AGAIN);
    expect(failure?.lines).toEqual([
      "Acme (acme), line 4: Password incorrect: the utility's site refused this user name and password. Wrong.",
    ]);
    const again = { words: AGAIN, why: "continue: nothing is created twice" };
    expect([failure?.next, failure?.retryable]).toEqual([[remedy, again], false]);
    const both = [bad, failed("network")];
    expect(failureOf(both, countRows(both, 2), null, AGAIN)?.retryable).toBe(true);
  });

  it("says until when a create is open", () => {
    const error = because("may still be under way", { hint: "Until 10:00." }, "fate_open");
    const open = row({ exit: "network", kind: "failed", error });
    expect(failureOf([open], countRows([open], 1), null, AGAIN)?.lines).toEqual([
      "Acme (acme), line 4: may still be under way. Until 10:00.",
    ]);
  });

  it("names the candidates of what is ambiguous, and advises no repetition that can't help", () => {
    const choose = { words: ["nectar", "onboard", "--company-id", "c1"], why: "this one" };
    const error = because("2 match", { lines: ["c1  Acme", "c2  Acme"], next: [choose] });
    const both = row({ exit: "not-found", kind: "failed", error });
    const failure = failureOf([both], countRows([both], 1), null, AGAIN);
    expect(failure?.lines).toEqual(["Acme (acme), line 4: 2 match: c1  Acme; c2  Acme"]);
    expect([failure?.next[0], failure?.retryable]).toEqual([choose, false]);
  });

  it("names at most twenty companies, and says how many more there are", () => {
    const rows = Array.from({ length: 25 }, () => failed("refused"));
    const failure = failureOf(rows, countRows(rows, 25), null, AGAIN);
    expect(failure?.lines).toHaveLength(21);
    expect(failure?.lines[0]).toBe("Acme (acme), line 4: failed with refused");
    expect(failure?.lines.at(-1)).toBe("and 5 more");
    expect(failure?.next).toEqual([{ words: AGAIN, why: "continue: nothing is created twice" }]);
  });
});

describe("the bar", () => {
  it.each([
    [0, 1000, 0, 0, "0 of 1 000 companies   0 %"],
    [312, 1000, 22_286, 0, "312 of 1 000 companies   31 %   14 a second   50 s left"],
    [3, 4, 10_000, 0, "3 of 4 companies   75 %   0.3 a second   4 s left"],
    [4, 4, 10_000, 0, "4 of 4 companies   100 %   0.4 a second"],
    [
      100,
      12_345_678,
      10_000,
      0,
      "100 of 12 345 678 companies   0 %   10 a second   14 days 6 h left",
    ],
    [5, 10, 9_000, 29_500, "5 of 10 companies   50 %   waiting 30 s for the server's rate limit"],
  ])("shows %i of %i", (done, total, tookMs, pauseMs, text) => {
    expect(barText(done, total, tookMs, pauseMs)).toBe(text);
  });
});
