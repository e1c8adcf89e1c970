/** The environment variables that hold this tool's secrets, and how they are kept from other processes. */

export const API_KEY_VARIABLE = "NECTAR_API_KEY";
export const WEBHOOK_SECRET_VARIABLE = "NECTAR_WEBHOOK_SECRET";

export const SECRET_VARIABLES = [API_KEY_VARIABLE, WEBHOOK_SECRET_VARIABLE] as const;

type Environment = Record<string, string | undefined>;

/**
 * Removes the secrets from the process's own environment, which every child process inherits, including one that a
 * library starts, such as a browser.
 *
 * @param environment its secrets are deleted
 * @returns the same variables; a secret can be read by name, but is never enumerated
 */
export function takeSecrets(environment: Environment): Readonly<Environment> {
  const secrets = new Map<string | symbol, string | undefined>();
  for (const name of SECRET_VARIABLES) {
    secrets.set(name, environment[name]);
    delete environment[name];
  }
  return new Proxy(environment, {
    get: (rest, name) => secrets.get(name) ?? Reflect.get(rest, name),
  });
}
