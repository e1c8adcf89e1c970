/**
 * Takes this run's own secrets out of what a server sends back. A server that repeats its input in an error, or puts it
 * into an object, would else carry the key or a password onto the screen and into the profile. Pure.
 */

const MASK = "********";
/** A shorter text stands by chance in too many others. */
const SHORTEST = 6;

/** The secrets of one run: the key, and the passwords that it sends. */
export interface Secrets {
  /**
   * Adds what a request body holds: a `password`, unless it is its user's name or part of the URL, which are no secrets
   * and are needed to find the connection again.
   */
  learn(body: unknown): void;
  /** The text without them. */
  hide(text: string): string;
  /** A JSON value without them, in names and values, however deep. */
  hideIn(value: unknown, text: string): unknown;
}

/** @param key the API key */
export function secretsOf(key: string): Secrets {
  const secrets = new Set<string>();
  const add = (secret: string): void => {
    if (secret.length < SHORTEST) return;
    // As it is, inside a JSON text that is a text itself, and inside a URL.
    for (const form of [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]) {
      secrets.add(form);
    }
  };
  add(key);
  const hide = (text: string): string => {
    let safe = text;
    for (const secret of secrets) safe = safe.replaceAll(secret, MASK);
    return safe;
  };
  const walk = (value: unknown): unknown => {
    if (typeof value === "string") return hide(value);
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [hide(name), walk(member)]),
    );
  };
  return {
    learn(body) {
      if (typeof body !== "object" || body === null || !("password" in body)) return;
      const { password, ...others } = body;
      if (typeof password !== "string") return;
      const known = Object.values(others).some(
        (other) => typeof other === "string" && other.includes(password),
      );
      if (!known) add(password);
    },
    hide,
    hideIn(value, text) {
      // With an escape in it a text may hold a secret that can't be seen in it.
      const holds = text.includes("\\") || [...secrets].some((secret) => text.includes(secret));
      return holds ? walk(value) : value;
    },
  };
}
