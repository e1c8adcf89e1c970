/** Which requests a fault means, and which faults are none. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isAimedAt, isPathPattern, ROUTE_NAMES } from "../../../src/emulator/faults/aim.ts";
import {
  effectOf,
  FAULT_ENTRIES,
  FAULT_KINDS,
  parseFault,
} from "../../../src/emulator/faults/fault.ts";
import { bareApp } from "../../support/bare-app.ts";

describe("a path pattern", () => {
  it.each([
    ["**", "/company", true],
    ["**", "", true],
    ["/**", "/company/1/site", true],
    ["/company", "/company", true],
    ["/company", "/company/1", false],
    ["/company", "/companies", false],
    ["/company/*", "/company/1", true],
    ["/company/*", "/company", false],
    ["/company/*", "/company/1/site", false],
    ["/company/*/site", "/company/1/site", true],
    ["/company/*/site", "/company/1/connection", false],
    ["/company/**", "/company/1/site", true],
    ["/company/**", "/company", true],
    ["/company/**", "/site/1", false],
    ["/*/company/*", "/site/company/1", true],
    ["/Company", "/company", false],
  ])("%s and %s: %s", (path, given, met) => {
    expect(isPathPattern(path)).toBe(true);
    expect(isAimedAt({ path }, { method: "GET", path: given })).toBe(met);
  });

  it.each(["", "/", "company", "*", "/**/site", "/a*", "/company/", "//", "/a?b", "/a#b", "/a b"])(
    "%j is none",
    (path) => {
      expect(isPathPattern(path)).toBe(false);
      expect(() => parseFault({ path, status: 500 })).toThrow(/^path: must be a path without/);
    },
  );

  it.each(["/v2.2/company", "/v2/company", "/v2.1"])("%s holds the version", (path) => {
    expect(isPathPattern(path)).toBe(false);
  });

  it("without a star matches itself alone", () => {
    const segment = fc.stringMatching(/^[a-z0-9-]{1,6}$/);
    const path = fc
      .array(segment, { minLength: 1, maxLength: 4 })
      .map((all) => `/${all.join("/")}`);
    fc.assert(
      fc.property(path, path, (one, other) => {
        expect(isPathPattern(one)).toBe(true);
        expect(isAimedAt({ path: one }, { method: "GET", path: other })).toBe(one === other);
        expect(isAimedAt({ path: `${one}/**` }, { method: "GET", path: `${one}${other}` })).toBe(
          true,
        );
      }),
    );
  });
});

describe("a method", () => {
  it("is met by its own kind, and * by every one", () => {
    const request = { method: "PATCH", path: "/site/1" };
    expect(isAimedAt({ method: "PATCH" }, request)).toBe(true);
    expect(isAimedAt({ method: "POST" }, request)).toBe(false);
    expect(isAimedAt({ method: "*" }, request)).toBe(true);
    expect(isAimedAt({}, request)).toBe(true);
  });
});

describe("a route", () => {
  /** Every route of the API, as the app itself has it. */
  const served = bareApp()
    .routes.filter(({ method, path }) => method !== "ALL" && path.startsWith("/v2.2/"))
    .map(({ method, path }) => ({ method, path: path.slice("/v2.2".length).replace(":id", "1") }));

  it.each(served)("$method $path has one name", (request) => {
    expect(ROUTE_NAMES.filter((route) => isAimedAt({ route }, request))).toHaveLength(1);
  });

  it.each(ROUTE_NAMES)("%s is served", (route) => {
    expect(served.filter((request) => isAimedAt({ route }, request))).not.toEqual([]);
  });

  it("of two path forms means both", () => {
    for (const path of ["/company/1/site", "/site/company/1"]) {
      expect(isAimedAt({ route: "sites.create" }, { method: "POST", path })).toBe(true);
    }
    for (const path of ["/company/1/connection", "/connection/company/1"]) {
      expect(isAimedAt({ route: "connections.create" }, { method: "POST", path })).toBe(true);
      expect(isAimedAt({ route: "connections.create" }, { method: "GET", path })).toBe(false);
    }
  });
});

describe("a fault", () => {
  it("gets what was left out", () => {
    expect(parseFault({ status: 500 })).toEqual({
      method: "*",
      path: "**",
      skip: 0,
      times: 1,
      status: 500,
    });
    expect(parseFault({ route: "ping", times: null, skip: 2, cut: "after" })).toEqual({
      route: "ping",
      times: null,
      skip: 2,
      cut: "after",
    });
  });

  it.each([
    [{ status: 204 }],
    [{ status: 503, headers: { "Retry-After": "2" }, body: { detail: "x" }, after: "commit" }],
    [{ delayMs: 1 }],
    [{ delayMs: 2_147_483_647 }],
    [{ commitAfterMs: 2_147_483_647 }],
    [{ status: 101, headers: { Upgrade: "h2c" } }],
    [{ lagMs: 3_600_000 }],
    [{ omit: ["username", "sites"] }],
    [{ lagMs: 1, omit: ["a_1"] }],
    [{ commitAfterMs: 1, lagMs: 1, omit: ["username"] }],
    [{ truncate: 1, omit: ["username"] }],
    [{ cut: "before" }],
    [{ truncate: 0 }],
    [{ slowBody: { bytesPerSecond: 1 } }],
    [{ endless: true, when: "before" }],
    [{ html: true }],
    [{ malformed: true, when: "after" }],
    [{ redirect: "http://127.0.0.1:1/x?y=z" }],
    [{ hang: "after" }],
  ])("%j is one", (fault) => {
    expect(parseFault(fault)).toMatchObject(fault);
  });

  it.each<[unknown, RegExp]>([
    [null, /^fault: must be an object\.$/],
    ["x", /^fault: must be an object\.$/],
    [[], /^fault: must be an object\.$/],
    [{}, /^one of status, delayMs, .*, hang, lagMs, omit is required\.$/],
    [{ status: 500, cut: "after" }, /^status, cut: only one of these is allowed at a time\.$/],
    [{ stauts: 500 }, /^stauts: is not a field of a fault\.$/],
    [{ status: 199 }, /^status: must be 101, or a whole number from 200 to 599\.$/],
    [{ status: 600 }, /^status: must be 101, or a whole number from 200 to 599\.$/],
    [{ status: 500.5 }, /^status: must be 101, or a whole number from 200 to 599\.$/],
    [{ status: "500" }, /^status: must be 101, or/],
    [{ status: 100 }, /^status: must be 101, or/],
    [{ status: 102 }, /^status: must be 101, or/],
    [{ status: 101, body: "x" }, /^body: a response with status 101 has no body\.$/],
    [{ status: 204, body: "x" }, /^body: a response with status 204 has no body\.$/],
    [{ status: 500, after: "before" }, /^after: must be commit/],
    [{ status: 500, method: "PUT" }, /^method: must be one of GET, POST, PATCH, DELETE, \*\.$/],
    [{ status: 500, method: "post" }, /^method: must be one of/],
    [{ status: 500, path: 7 }, /^path: must be text\.$/],
    [{ status: 500, route: "company.create" }, /^route: must be one of ping, companies\.list/],
    [{ status: 500, route: "toString" }, /^route: must be one of/],
    [
      { status: 500, route: "ping", method: "GET" },
      /^route: replaces method and path, so leave those out\.$/,
    ],
    [{ status: 500, route: "ping", path: "**" }, /^route: replaces/],
    [{ status: 500, skip: -1 }, /^skip: must be a whole number of at least 0\.$/],
    [{ status: 500, times: 0 }, /^times: must be a whole number of at least 1\.$/],
    [{ status: 500, times: 1e300 }, /^times: must be a whole number of at least 1\.$/],
    [{ status: 500, headers: { "a b": "x" } }, /^headers: must have valid names/],
    [{ status: 500, headers: { a: "x\r\nb: y" } }, /^headers: must have valid names/],
    [{ status: 500, headers: { "Content-Length": "3" } }, /^headers: must have valid names/],
    [
      { status: 500, headers: { "transfer-encoding": "chunked" } },
      /^headers: must have valid names/,
    ],
    [{ status: 500, headers: { a: 1 } }, /^headers\.a: must be text\.$/],
    [{ status: 500, headers: [] }, /^headers: must be an object\.$/],
    [{ status: 500, when: "before" }, /^when: is allowed only with endless, html, malformed\.$/],
    [{ delayMs: 5, when: "before" }, /^when: is allowed only with endless, html, malformed\.$/],
    [{ cut: "after", headers: {} }, /^headers: is allowed only with status\.$/],
    [{ cut: "after", body: null }, /^body: is allowed only with status\.$/],
    [{ html: true, after: "commit" }, /^after: is allowed only with status\.$/],
    [{ delayMs: 0 }, /^delayMs: must be a whole number from 1 to 2147483647\.$/],
    [{ delayMs: 2_147_483_648 }, /^delayMs: must be/],
    [{ delayMs: 5, when: "commit" }, /^when: must be before or after\.$/],
    [{ cut: true }, /^cut: must be before or after\.$/],
    [{ truncate: -1 }, /^truncate: must be a whole number of at least 0\.$/],
    [{ slowBody: 5 }, /^slowBody: must be an object with bytesPerSecond\.$/],
    [{ slowBody: {} }, /^slowBody\.bytesPerSecond: must be a whole number of at least 1\.$/],
    [{ slowBody: { bytesPerSecond: 1, x: 1 } }, /^slowBody\.x: is not a field of a fault\.$/],
    [{ endless: false }, /^endless: must be true, or left out\.$/],
    [{ redirect: "/login" }, /^redirect: must be an http or https URL\.$/],
    [{ redirect: "ftp://x" }, /^redirect: must be an http or https URL\.$/],
    [{ redirect: "https://" }, /^redirect: must be an http or https URL\.$/],
    [{ commitAfterMs: 0 }, /^commitAfterMs: must be a whole number from 1 to 2147483647\.$/],
    [{ lagMs: 0 }, /^lagMs: must be a whole number from 1 to 3600000\.$/],
    [{ lagMs: 3_600_001 }, /^lagMs: must be a whole number from 1 to 3600000\.$/],
    [{ omit: [] }, /^omit: must contain at least one name\.$/],
    [{ omit: "username" }, /^omit: must be a list of names\.$/],
    [{ omit: ["sites", "id"] }, /^omit\[1\]: must be member names such as username, but not id/],
    [{ omit: ["company.name"] }, /^omit\[0\]: must be member names/],
    [{ omit: [""] }, /^omit\[0\]: must be member names/],
    [
      { status: 503, omit: ["sites"] },
      /^omit: can be combined only with the effects delayMs, commitAfterMs, truncate, slowBody, malformed\.$/,
    ],
    [{ cut: "after", lagMs: 5 }, /^lagMs: can be combined only with the effects delayMs/],
    [{ hang: "never" }, /^hang: must be before or after\.$/],
    [
      { status: 1, times: 0, bad: 1 },
      /^times: must be .*; status: must be .*; bad: is not a field of a fault\.$/,
    ],
  ])("%j is none, and the field is named", (given, says) => {
    expect(() => parseFault(given)).toThrow(says);
    expect(() => parseFault(given)).toThrow(expect.objectContaining({ code: "invalid_fault" }));
  });

  it("has words for the list in every entry that does something, and in no other", () => {
    const spoken = FAULT_ENTRIES.filter(([, { words }]) => words !== undefined);
    expect(spoken.map(([name]) => name)).toEqual(FAULT_KINDS);
  });

  it("has one of the effects, whatever they are", () => {
    const example: Record<string, unknown> = {
      ...{ status: 500, delayMs: 1, commitAfterMs: 1, cut: "after", truncate: 1 },
      slowBody: { bytesPerSecond: 1 },
      ...{ endless: true, html: true, malformed: true, redirect: "https://a.example" },
      hang: "after",
    };
    const effects = Object.keys(example);
    expect([...effects, "lagMs", "omit"]).toEqual(FAULT_KINDS);
    for (const one of effects) {
      expect(effectOf({ [one]: example[one] })).not.toBeNull();
      for (const other of effects) {
        const given = { [one]: example[one], [other]: example[other] };
        if (one === other) expect(parseFault(given)).toMatchObject(given);
        else expect(() => parseFault(given)).toThrow("only one of these is allowed at a time");
      }
    }
  });
});
