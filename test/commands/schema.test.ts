/** `nectar schema` prints a schema that accepts what the tool accepts. */
import { Ajv2020 } from "ajv/dist/2020.js";
import ajvFormats from "ajv-formats";
import { describe, expect, it } from "vitest";
import { freshPlace } from "../support/run-cli.ts";

async function schemaOf(...name: string[]): Promise<Record<string, unknown>> {
  const run = await freshPlace().run(["schema", ...name]);
  expect([run.status, run.stderr]).toEqual([0, ""]);
  return run.json();
}

function validatorOf(schema: object): (value: unknown) => boolean {
  const ajv = new Ajv2020({ strict: true, strictTypes: false });
  ajvFormats.default(ajv);
  const validate = ajv.compile(schema);
  return (value) => validate(value) === true;
}

const plan = {
  version: 1,
  defaults: { country: "US" },
  companies: [
    {
      name: "Acme Foods",
      externalId: "acme",
      sites: [{ name: "Plant", address: "123 Main St, Austin, TX" }, { name: "Cold Store" }],
    },
    {
      name: "Other",
      sites: [{ name: "Office", externalId: null }],
      connection: {
        url: "https://utility.example.com",
        username: "someone",
        passwordEnv: "OTHER_PASSWORD",
      },
    },
  ],
};

describe("nectar schema", () => {
  it("is the same JSON on a terminal, in a pipe and with --json", async () => {
    const place = freshPlace();
    const piped = await place.run(["schema", "plan"]);
    expect((await place.run(["schema", "plan"], { columns: 40 })).stdout).toBe(piped.stdout);
    expect((await place.run(["schema", "plan", "--json"])).stdout).toBe(piped.stdout);
  });

  it("takes the aliases of commands, and prints the same for them", async () => {
    const own = await schemaOf("connections", "list");
    expect(await schemaOf("connection", "list")).toEqual(own);
    expect(await schemaOf("connection", "ls")).toEqual(own);
    expect(await schemaOf("init")).toEqual(await schemaOf("onboard"));
    expect(own).toMatchObject({ title: "connections list --json" });
  });

  it("refuses an unknown name, and names those that exist", async () => {
    const run = await freshPlace().run(["schema", "plans"]);
    expect([run.status, run.stdout]).toEqual([2, ""]);
    expect(run.stderr).toContain(
      '"plans" has no schema; it takes plan, seed, or the words of a command; did you mean "plan"?',
    );
  });

  it("of a plan file knows the example of the documentation, and what is wrong with others", async () => {
    const schema = await schemaOf("plan");
    expect(schema["$schema"]).toBe("https://json-schema.org/draft/2020-12/schema");
    const isValid = validatorOf(schema);
    expect(isValid(plan)).toBe(true);
    expect(isValid({ ...plan, $schema: "./plan.schema.json" })).toBe(true);
    const [acme, other] = plan.companies;
    for (const wrong of [
      { ...plan, version: 2 },
      { ...plan, companies: [] },
      { ...plan, country: "US" },
      { ...plan, defaults: { country: "USA" } },
      { ...plan, companies: [{ ...acme, sites: [] }] },
      { ...plan, companies: [{ ...acme, name: "" }] },
      { ...plan, companies: [{ sites: acme?.sites }] },
      { ...plan, companies: [{ ...acme, externalId: 4711 }] },
      { ...plan, companies: [{ ...other, connection: { url: "https://x.example" } }] },
      { ...plan, companies: [{ ...acme, connection: { passwordEnv: "X" } }] },
      { ...plan, companies: [{ ...other, connection: { ...other?.connection, password: "x" } }] },
    ]) {
      expect([wrong, isValid(wrong)]).toEqual([wrong, false]);
    }
  });

  it("describes every value of a plan file", async () => {
    const undescribed: string[] = [];
    const visit = (schema: unknown, path: string): void => {
      if (typeof schema !== "object" || schema === null) return;
      const properties = Object.entries(Reflect.get(schema, "properties") ?? {});
      for (const [key, value] of properties) {
        const at = `${path}.${key}`;
        if (typeof Reflect.get(Object(value), "description") !== "string") undescribed.push(at);
        visit(value, at);
      }
      visit(Reflect.get(schema, "items"), path);
      for (const one of Reflect.get(schema, "anyOf") ?? []) visit(one, path);
    };
    visit(await schemaOf("plan"), "plan");
    expect(undescribed).toEqual([]);
  });

  it("of a seed file accepts what the emulator loads", async () => {
    const isValid = validatorOf(await schemaOf("seed"));
    const seed = {
      clock: "30d",
      companies: [
        {
          name: "Acme",
          sites: [{ name: "Plant" }],
          connections: [{ status: "mfa-token-expired" }, { scenario: { "mfa-expires-after": 3 } }],
        },
      ],
    };
    expect(isValid(seed)).toBe(true);
    expect(isValid({ companies: [{ name: "Acme", site: [] }] })).toBe(false);
    const loaded = await freshPlace().run(["emulator", "seed", "-", "--local"], {
      stdin: JSON.stringify(seed),
    });
    expect(loaded.stderr).toBe("");
  });
});

describe("the schema of a command's output", () => {
  it("is named by the command's words", async () => {
    const list = await schemaOf("connections", "list");
    expect(list).toMatchObject({
      title: "connections list --json",
      type: "array",
      items: { properties: { company: { anyOf: [{ type: "object" }, { type: "null" }] } } },
    });
    const one = await schemaOf("connections", "get");
    expect(one).toMatchObject({ properties: { schemaVersion: { const: 1 } } });
  });

  it("accepts what the command prints, and members of later versions", async () => {
    const place = freshPlace();
    await place.run(["companies", "create", "--name", "Acme", "--local"]);
    const run = await place.run(["companies", "get", "Acme", "--local", "--json"]);
    const document = JSON.parse(run.stdout);
    const isValid = validatorOf(await schemaOf("companies", "get"));
    expect(isValid(document)).toBe(true);
    expect(isValid({ ...document, later: 1 })).toBe(true);
    expect(isValid({ ...document, name: null })).toBe(false);
    expect(isValid({ ...document, schemaVersion: 2 })).toBe(false);
  });

  it.each([
    [["companies", "lst"], 'did you mean "companies list"?'],
    [["webhooks", "listen"], "prints no JSON document"],
    [["constructor"], "has no schema"],
  ])("of %j does not exist", async (words, said) => {
    const run = await freshPlace().run(["schema", ...words]);
    expect([run.status, run.stdout]).toEqual([2, ""]);
    expect(run.stderr).toContain(said);
  });
});
