/** The sandbox rule. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { providerOf, tryLogin } from "../../../src/emulator/statuses/login.ts";
import { SANDBOX } from "../harness.ts";

describe("the sandbox login", () => {
  it.each([
    "https://nectarclimate.com",
    "https://nectarclimate.com/",
    "https://NectarClimate.com",
    "HTTPS://nectarclimate.com/",
    "https://nectarclimate.com:443",
  ])("is right at %s", (url) => {
    expect(tryLogin({ ...SANDBOX, url }, 1, "PASSWORD_INCORRECT")).toEqual({
      status: "CONNECTED",
      detail: null,
    });
    expect(providerOf(url)).toEqual({ name: "Nectar Sandbox", url: "https://nectarclimate.com" });
  });

  it.each([
    "http://nectarclimate.com",
    "https://www.nectarclimate.com",
    "https://nectarclimate.com.evil.example",
    "https://nectarclimate.com/login",
    "https://nectarclimate.com/?a",
    "https://nectarclimate.com:8443",
    "nectarclimate.com",
    "",
  ])("is wrong at %j", (url) => {
    expect(tryLogin({ ...SANDBOX, url }, 1, "INCORRECT_PASSWORD").status).toBe(
      "INCORRECT_PASSWORD",
    );
  });

  it("is right for no other name or password", () => {
    fc.assert(
      fc.property(fc.constantFrom("username", "password"), fc.string(), (field, text) => {
        fc.pre(text !== SANDBOX[field]);
        const outcome = tryLogin({ ...SANDBOX, [field]: text }, 1, "PASSWORD_INCORRECT");
        expect(outcome.status).toBe("PASSWORD_INCORRECT");
        expect(outcome.detail).toMatch(/\w/);
      }),
    );
  });
});
