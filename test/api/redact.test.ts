import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { secretsOf } from "../../src/api/redact.ts";

describe("this run's secrets in what a server sends", () => {
  it("are taken out of names and values, however deep", () => {
    const secrets = secretsOf("marked-key");
    secrets.learn({ url: "https://u.example", username: "me", password: "marked word" });
    const sent = {
      detail: "the key marked-key is not known",
      errors: [{ "marked word": ["'marked word' is too short"] }],
      count: 3,
      none: null,
    };
    const text = JSON.stringify(sent);
    expect(secrets.hideIn(sent, text)).toEqual({
      detail: "the key ******** is not known",
      errors: [{ "********": ["'********' is too short"] }],
      count: 3,
      none: null,
    });
    expect(secrets.hide("http://marked-key.example")).toBe("http://********.example");
  });

  it("are found where they were escaped", () => {
    const secrets = secretsOf("marked-key");
    const text = '{"detail":"\\u006darked-key"}';
    expect(secrets.hideIn(JSON.parse(text), text)).toEqual({ detail: "********" });
  });

  it("leave a user's name alone that is its own password: it finds the connection again", () => {
    const secrets = secretsOf("marked-key");
    secrets.learn({ username: "utility-user", password: "utility-user" });
    expect(secrets.hide("utility-user")).toBe("utility-user");
  });

  it("are not looked for where they are so short that they stand everywhere", () => {
    const secrets = secretsOf("k");
    secrets.learn({ username: "me", password: "abc" });
    expect(secrets.hide("a quick abc")).toBe("a quick abc");
  });

  it("are never in what comes out, and nothing else is changed", () => {
    const secret = "s3cret-mark";
    const secrets = secretsOf(secret);
    const word = fc.oneof(
      fc.string(),
      fc.tuple(fc.string(), fc.string()).map(([a, b]) => a + secret + b),
    );
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        word,
        fc.integer(),
        fc.constant(null),
        fc.array(tie("any")),
        fc.dictionary(word, tie("any")),
      ),
    })).any;
    fc.assert(
      fc.property(value, (sent) => {
        const text = JSON.stringify(sent);
        const out = JSON.stringify(secrets.hideIn(JSON.parse(text), text));
        expect(out).not.toContain(secret);
        if (!text.includes(secret)) expect(out).toBe(text);
      }),
    );
  });
});
