/** The variables of the environment that hold secrets of this tool, and how they are kept from other processes. */

export const API_KEY_VARIABLE = "NECTAR_API_KEY";
export const WEBHOOK_SECRET_VARIABLE = "NECTAR_WEBHOOK_SECRET";

export const SECRET_VARIABLES = [API_KEY_VARIABLE, WEBHOOK_SECRET_VARIABLE] as const;

type Environment = Record<string, string | undefined>;

/**
 * Takes the secrets out of a process's own environment. Every child process inherits that, also one that a library
 * starts without an environment of ours, such as a browser.
 *
 * @param environment loses its secrets
 * @returns the same variables; a secret is found by its name, and is in no list that could be handed on
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
