import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { secretsOf, withoutPasswords } from "../../src/api/redact.ts";
import { printable } from "../../src/terminal/sanitize.ts";

const SECRET = "Marked-key/4+7?";
const utf8 = (text: string) => Buffer.from(text, "utf8");
const percent = (character: string) =>
  [...utf8(character)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
const jsonEscape = (character: string) =>
  character
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");

/** Ways to write one character so that others read the same. */
const WRITTEN: readonly ((character: string) => string)[] = [
  (character) => character,
  percent,
  (character) => percent(character).toUpperCase(),
  (character) => (character === " " ? "+" : character),
  jsonEscape,
  (character) => JSON.stringify(character).slice(1, -1),
  (character) => `&#${character.codePointAt(0)};`,
  (character) => `&#x${character.codePointAt(0)?.toString(16).toUpperCase()};`,
  (character) =>
    ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;" })[character] ??
    character,
];

/** Ways to write all of it. */
const WHOLE: readonly ((text: string) => string)[] = [
  ...[0, 1, 2, 3, 4].flatMap((before) =>
    (["base64", "base64url"] as const).map(
      (name) => (text: string) => utf8(`${"x".repeat(before)}${text}yy`).toString(name),
    ),
  ),
  (text) => utf8(text).toString("hex"),
  (text) => utf8(text).toString("hex").toUpperCase(),
  (text) => encodeURIComponent(utf8(`:${text}`).toString("base64")),
];

/** What is not seen, and so can stand anywhere. */
const UNSEEN = ["\u001b[0m", "\u200b", "\u0000", "\u00ad", "\u001b]0;t\u0007", "\ufe0f", "\n", ""];

/** From a secret to a text that holds it somehow. */
const disguise = (secret: string) => {
  const characters = [...secret];
  const size = { minLength: characters.length, maxLength: characters.length };
  const mixed = fc
    .array(fc.constantFrom(...WRITTEN), size)
    .map((writers) => characters.map((one, index) => writers[index]?.(one) ?? one));
  const whole = fc.constantFrom(...WHOLE).map((write) => [...write(secret)]);
  const parts = fc.oneof(mixed, whole);
  return fc
    .tuple(parts, fc.array(fc.constantFrom(...UNSEEN), { minLength: 1, maxLength: 5 }))
    .map(([found, unseen]) => found.map((one, at) => one + unseen[at % unseen.length]).join(""));
};

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

  const secret = fc
    .array(
      fc.oneof(fc.constantFrom(...`aZ09 /+-_%&"'\\<>;?ü日😀`), fc.string({ unit: "grapheme" })),
      {
        minLength: 8,
        maxLength: 24,
      },
    )
    .map((parts) =>
      parts.join("").replace(/[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu, ""),
    )
    .filter((one) => one.length >= 8);

  it("are found in every encoding, whole or in part, however they are split", () => {
    fc.assert(
      fc.property(
        secret.chain((one) => fc.tuple(fc.constant(one), disguise(one))),
        ([one, written]) => {
          const secrets = secretsOf(one);
          const hidden = secrets.hide(`before ${written} after`);
          expect(hidden.replace(/\u001b\[0m|\u001b\]0;t\u0007|\p{C}|\ufe0f/gu, "")).toMatch(
            /^before .{0,8}\*{8}.{0,8} after$/su,
          );
          const sent = { [written]: [{ detail: written }] };
          const text = JSON.stringify(sent);
          expect(JSON.stringify(secrets.hideIn(JSON.parse(text), text))).not.toContain(
            JSON.stringify(written).slice(4, -4),
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  it("are found whatever stands in them that is not shown", () => {
    const secrets = secretsOf(SECRET);
    for (let code = 0; code <= 0x10ffff; code += code === 0x30000 ? 0xb0000 : 1) {
      const one = String.fromCodePoint(code);
      if (printable(`a${one}b`) !== "ab") continue;
      const split = `${SECRET.slice(0, 3)}${one}${SECRET.slice(3)}`;
      expect([code, secrets.hide(`<${split}>`)]).toEqual([code, "<********>"]);
    }
  });

  it("are hidden whole where one is a part of another, and once where they overlap", () => {
    const secrets = secretsOf("marked-key-and-more");
    secrets.learn({ username: "me", password: "marked-key" });
    expect(secrets.hide("[marked-key-and-more] [marked-key]")).toBe("[********] [********]");
  });

  it("leave what is like them alone", () => {
    const secrets = secretsOf(SECRET);
    for (const text of [
      "Marked-key/4",
      "marked-KEY/4+7?",
      "a\u200bb",
      "%4d%61",
      "100% & more + \\",
    ]) {
      expect(secrets.hide(text)).toBe(text);
    }
  });

  it("take no long time to be looked for in a long hostile text", () => {
    const secrets = secretsOf("mmmmmmmm");
    const begin = performance.now();
    for (const part of [
      "m\u001b",
      "m\u001b]",
      "%6d\u200b",
      "&#0000",
      "\\\\",
      "m\u001bm",
      "mmmmmmm\u0000n",
    ]) {
      secrets.hide(part.repeat(100_000));
    }
    expect(performance.now() - begin).toBeLessThan(5_000);
  });

  it("masks in a refusal what is in a member for a password, however short and whosever", () => {
    const value = { detail: [{ password: "ab", userPassword: "x", password_hint: "y" }] };
    expect(withoutPasswords(value)).toEqual({
      detail: [{ password: "********", userPassword: "********", password_hint: "y" }],
    });
    const field = { password: ["is too short"] };
    expect(withoutPasswords(field)).toEqual(field);
  });
});
