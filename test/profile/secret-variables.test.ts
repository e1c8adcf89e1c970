import { expect, it } from "vitest";
import { SECRET_VARIABLES, takeSecrets } from "../../src/profile/secret-variables.ts";

it("a secret is found by its name, and handed on by nobody", () => {
  const environment: Record<string, string | undefined> = {
    PATH: "/bin",
    ...Object.fromEntries(SECRET_VARIABLES.map((name) => [name, `MARKED ${name}`])),
  };
  const env = takeSecrets(environment);
  for (const name of SECRET_VARIABLES) expect(env[name]).toBe(`MARKED ${name}`);
  expect(env["PATH"]).toBe("/bin");
  expect(env["NOTHING"]).toBeUndefined();
  for (const handed of [environment, { ...env }, Object.fromEntries(Object.entries(env))]) {
    expect(handed).toEqual({ PATH: "/bin" });
  }
});

it("an environment without secrets stays as it is", () => {
  const environment = { PATH: "/bin" };
  const env = takeSecrets(environment);
  expect(env["NECTAR_API_KEY"]).toBeUndefined();
  expect({ ...env }).toEqual({ PATH: "/bin" });
});
