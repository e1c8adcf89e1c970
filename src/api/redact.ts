/**
 * Masks this run's secrets in what a server sends back. A server that repeats its input in an error or an object would
 * otherwise bring the key or a password onto the screen and into the profile. Pure.
 */
import { ESCAPE_SEQUENCES } from "../errors.ts";

const MASK = "********";
/** Shorter secrets would match too many texts by chance. */
const SHORTEST = 6;

/** Invisible characters, which may split a secret that looks whole: controls, formats, separators, lone surrogates. */
const INVISIBLE = "[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}]";

// To create a pattern of these takes about a millisecond, so plain ASCII goes without.
const hasInvisible = (text: string): boolean =>
  !/^[ -~]*$/.test(text) && new RegExp(INVISIBLE, "u").test(text);

/** A terminal hides whole escape sequences; in a file only their control characters are invisible. */
const splitters = (): readonly RegExp[] => [
  new RegExp(`${ESCAPE_SEQUENCES.source}|${INVISIBLE}`, "gu"),
  new RegExp(INVISIBLE, "gu"),
];

/** What can disguise a secret in JSON text: escapes and invisible characters. Line breaks occur only between values. */
const isDisguised = (text: string): boolean =>
  !/^[\n\r\t -[\]-~]*$/.test(text) &&
  new RegExp(`\\\\|(?![\\n\\r\\t])${INVISIBLE}`, "u").test(text);

export type Secrets = ReturnType<typeof secretsOf>;

/**
 * The secrets of one run: the key and the passwords that it sends.
 *
 * @param key the API key
 */
export function secretsOf(key: string) {
  const matchers = new Map<string, Matcher>();
  const add = (secret: string): void => {
    const seen = hasInvisible(secret) ? secret.replace(new RegExp(INVISIBLE, "gu"), "") : secret;
    if (seen.length >= SHORTEST && !matchers.has(secret)) matchers.set(secret, matcherOf(secret));
  };
  add(key);
  const isIn = (text: string): boolean => {
    const escapes = /[%&\\]/.test(text);
    for (const matcher of matchers.values()) {
      const found =
        escapes || (matcher.takesPlus && text.includes("+"))
          ? text.search(matcher.pattern) !== -1
          : matcher.literals.some((form) => text.includes(form));
      if (found) return true;
    }
    return false;
  };
  const hide = (text: string): string => {
    if (!hasInvisible(text)) return isIn(text) ? masked(text, spansIn(text)) : text;
    const spans = splitters().flatMap((splitter) => {
      const bare = text.replace(splitter, "");
      if (!isIn(bare)) return [];
      const origins = originsOf(text, splitter);
      const last = (end: number) => (origins[end - 1] ?? text.length - 1) + 1;
      return spansIn(bare).map(([from, to]) => [origins[from] ?? 0, last(to)] as const);
    });
    return spans.length === 0 ? text : masked(text, spans);
  };
  const spansIn = (text: string): Span[] =>
    [...matchers.values()].flatMap(({ pattern }) =>
      [...text.matchAll(pattern)].map(
        (match) => [match.index, match.index + match[0].length] as const,
      ),
    );
  const walk = (value: unknown): unknown => {
    if (typeof value === "string") return hide(value);
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [hide(name), walk(member)]),
    );
  };
  return {
    /**
     * Adds a request body's `password`, unless another field such as the user name or URL contains it: those are not
     * secret and are needed to find the connection again.
     */
    learn(body: unknown): void {
      if (typeof body !== "object" || body === null || !("password" in body)) return;
      const { password, ...others } = body;
      if (typeof password !== "string") return;
      const known = Object.values(others).some(
        (other) => typeof other === "string" && other.includes(password),
      );
      if (!known) add(password);
    },
    /** Masks the secrets in a text, in any encoding and even if invisible characters split them. */
    hide,
    /**
     * Masks the secrets in a JSON value's names and values, at any depth.
     *
     * @param text the text that the value was parsed from
     */
    hideIn(value: unknown, text: string): unknown {
      // Re-serialising removes escapes of non-ASCII letters, so that a long list need not be walked.
      const plain = isDisguised(text) ? JSON.stringify(value) : text;
      return isDisguised(plain) || isIn(plain) ? walk(value) : value;
    },
  };
}

/** Nothing that a person reads is nested deeper, and no nesting can exhaust the stack. */
const DEEPEST = 50;

/** What a refusal says, without passwords: also those that are short, or that this run did not send. */
export function withoutPasswords(value: unknown, depth = 0): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (depth === DEEPEST) return MASK;
  if (Array.isArray(value)) return value.map((item) => withoutPasswords(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      const isPassword = typeof member === "string" && /passw(?:or)?d$/i.test(name);
      return [name, isPassword ? MASK : withoutPasswords(member, depth + 1)];
    }),
  );
}

/** A range of UTF-16 units; `to` is exclusive. */
type Span = readonly [from: number, to: number];

/** The original index of each unit that remains after the splitters are removed. */
function originsOf(text: string, splitter: RegExp): number[] {
  const origins: number[] = [];
  let from = 0;
  const keepUpTo = (to: number) => {
    for (let index = from; index < to; index += 1) origins.push(index);
  };
  for (const match of text.matchAll(splitter)) {
    keepUpTo(match.index);
    from = match.index + match[0].length;
  }
  keepUpTo(text.length);
  return origins;
}

/** Masks each span in the text; overlapping spans get one mask. */
function masked(text: string, spans: readonly Span[]): string {
  let safe = "";
  let end = 0;
  for (const [from, to] of [...spans].sort(([a], [b]) => a - b)) {
    if (from >= end) safe += `${text.slice(end, from)}${MASK}`;
    end = Math.max(end, to);
  }
  return safe + text.slice(end);
}

type Matcher = ReturnType<typeof matcherOf>;

/** Finds one secret. */
function matcherOf(secret: string) {
  const bytes = Buffer.from(secret, "utf8");
  const hex = bytes.toString("hex");
  const inBase64 = [0, 1, 2].map((before) => base64Inside(bytes, before));
  const inBase64Url = inBase64.map((text) => text.replaceAll("+", "-").replaceAll("/", "_"));
  let pattern: RegExp | null = null;
  return {
    /** Enough for text without escapes, and a hundred times faster than the pattern. */
    literals: [secret, ...inBase64, ...inBase64Url, hex, hex.toUpperCase()],
    /**
     * Every encoding: plain, or with any character escaped as in JSON, a URL, a form or HTML; base64, even inside a
     * longer text; hexadecimal.
     */
    get pattern(): RegExp {
      pattern ??= new RegExp(
        [
          [...secret].map(formsOf).join(""),
          ...inBase64.map((text) => [...text].map(base64Digit).join("")),
          hex.replace(/[a-f]/g, eitherCase),
        ].join("|"),
        "gu",
      );
      return pattern;
    },
    /** Whether a plus can encode one of its characters, as in a form. */
    takesPlus: secret.includes(" "),
  };
}

const NAMED_IN_HTML: Readonly<Record<string, string>> = {
  "&": "amp",
  "<": "lt",
  ">": "gt",
  '"': "quot",
  "'": "apos",
};

/** Bounded, so that no text makes the search slow. More than one for JSON nested in JSON. */
const BACKSLASHES = "\\\\{1,8}";
const ZEROS = "0{0,8}";

/** The pattern for one character, plain and encoded. */
function formsOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const units = character.split("").map((unit) => unit.charCodeAt(0));
  const encoded = [
    [...Buffer.from(character, "utf8")].map((byte) => `%${hexDigits(byte, 2)}`).join(""),
    units.map((unit) => `${BACKSLASHES}u${hexDigits(unit, 4)}`).join(""),
    `&#${ZEROS}${code};?`,
    `&#[xX]${ZEROS}${hexDigits(code, 1)};?`,
  ];
  if (code < 256) encoded.push(`${BACKSLASHES}x${hexDigits(code, 2)}`);
  if (character === " ") encoded.push("\\+");
  const name = NAMED_IN_HTML[character];
  if (name !== undefined) encoded.push(`&${name};?`);
  // Already removed from the searched text when plain; it may still occur encoded.
  if (hasInvisible(character)) return `(?:${encoded.join("|")})?`;
  // JSON, nested or not, puts backslashes before these.
  const plain = "\"/'\\".includes(character)
    ? `\\\\{0,8}${literal(character)}`
    : literal(character);
  return `(?:${[plain, ...encoded].join("|")})`;
}

/** The part of a base64 text that depends only on these bytes when `before` bytes precede them. */
function base64Inside(bytes: Buffer, before: number): string {
  const text = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
  return text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
}

/** Matches a digit also in base64url (RFC 4648, section 5) and URL-escaped. */
function base64Digit(digit: string): string {
  if (digit === "+") return `(?:-|${formsOf("+")})`;
  return digit === "/" ? `(?:_|${formsOf("/")})` : digit;
}

function hexDigits(value: number, length: number): string {
  return value.toString(16).padStart(length, "0").replace(/[a-f]/g, eitherCase);
}

function eitherCase(digit: string): string {
  return `[${digit}${digit.toUpperCase()}]`;
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
