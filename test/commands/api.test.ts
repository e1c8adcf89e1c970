/** `nectar api` against the emulator, and against servers that misbehave. */
import { describe, expect, it } from "vitest";
import { freshPlace } from "../support/run-cli.ts";
import { json, stubServer } from "../support/stub-server.ts";

const ID = "8f1c2f3a-5d07-4c6b-9a41-2f1f6b0c9d11";

async function vendorWith(answer: (path: string) => unknown, status = 200) {
  const vendor = await stubServer((response, { path }) =>
    json(response, status, answer(path.replace("/v2.2", ""))),
  );
  return { vendor, env: { NECTAR_API_URL: vendor.url, NECTAR_API_KEY: "key-of-a-test" } };
}

describe("nectar api", () => {
  it("reads, writes and deletes on the emulator", async () => {
    const place = freshPlace();
    const made = await place.run(["api", "post", "company", "--field", "name=Acme", "--local"]);
    expect([made.status, made.stderr]).toEqual([0, ""]);
    const { id } = JSON.parse(made.stdout);
    for (const path of ["company", "/company"]) {
      const run = await place.run(["api", path, "--local", "--json"]);
      expect(JSON.parse(run.stdout)).toMatchObject([{ id, name: "Acme" }]);
    }
    const body = { stdin: '{"name":"Acme 2"}' };
    const patch = ["api", "PATCH", `company/${id}`, "--input", "-", "--local", "--json"];
    expect((await place.run(patch, body)).json()).toMatchObject({ id, name: "Acme 2" });
    const gone = await place.run(["api", "DELETE", `/company/${id}`, "--local"]);
    expect([gone.status, gone.stdout]).toEqual([0, ""]);
    expect((await place.run(["api", `company/${id}`, "--local"])).status).toBe(5);
  });

  it("sends fields in the query without a method, and the path's own query", async () => {
    const { vendor, env } = await vendorWith(() => []);
    const words = ["api", "/usage?page=2", "--field", "a=1", "--field", "a=x y"];
    expect((await freshPlace().run(words, { env })).status).toBe(0);
    expect(vendor.asked[0]).toMatchObject({ method: "GET", path: "/v2.2/usage?page=2&a=1&a=x+y" });
    expect(vendor.asked[0]?.headers["x-api-key"]).toBe("key-of-a-test");
  });

  it("follows pages, and prints their items as one array", async () => {
    const { env } = await vendorWith((path) => {
      const page = Number(new URL(path, "http://x").searchParams.get("page"));
      const of = { perPage: 2, totalPages: 2, currentPage: page, hasPrevious: page > 1 };
      return { ...of, hasNext: page < 2, documents: [{ id: `${page}a` }, { id: `${page}b` }] };
    });
    const run = await freshPlace().run(["api", "document", "--paginate", "-q"], { env });
    expect(run.stdout).toBe("1a\n1b\n2a\n2b\n");
    const { env: bare } = await vendorWith(() => [{ id: "1" }]);
    const list = await freshPlace().run(["api", "company", "--paginate", "--json"], { env: bare });
    expect(list.json()).toEqual([{ id: "1" }]);
  });

  it("leaves out the API's secrets, and says so, unless they are wanted", async () => {
    const wire = {
      connections: [
        { id: "1", status: "PASSWORD_INCORRECT", connectionMagicLinkSecret: "hush", password: "x" },
      ],
      invitationUrl: "https://example.com/secret",
    };
    const { env } = await vendorWith(() => wire);
    const run = await freshPlace().run(["api", "any"], { env });
    expect(JSON.parse(run.stdout)).toEqual({
      connections: [{ id: "1", status: "PASSWORD_INCORRECT" }],
    });
    expect(run.stderr).toBe(
      "Left out: connectionMagicLinkSecret, password, invitationUrl. They are shown with --show-secrets.\n",
    );
    const all = await freshPlace().run(["api", "any", "--show-secrets"], { env });
    expect(JSON.parse(all.stdout)).toEqual(wire);
  });

  it("masks this run's key, also with --show-secrets", async () => {
    const { env } = await vendorWith(() => ({ echo: "key-of-a-test" }));
    const run = await freshPlace().run(["api", "any", "--show-secrets"], { env });
    expect(JSON.parse(run.stdout)).toEqual({ echo: "********" });
  });

  it("never sends a POST twice, and ends with the status of the failure", async () => {
    for (const [status, exit] of [
      [503, 6],
      [429, 6],
      [422, 7],
      [403, 4],
    ] as const) {
      const { vendor, env } = await vendorWith(() => ({ detail: "no" }), status);
      const run = await freshPlace().run(["api", "POST", "company", "--field", "name=A"], { env });
      expect([status, run.status, run.stdout, vendor.asked.length]).toEqual([status, exit, "", 1]);
      expect(vendor.asked[0]?.body).toBe('{"name":"A"}');
    }
  });

  it.each([
    [["https://example.com/company"], "below the base URL"],
    [["//example.com/company"], "below the base URL"],
    [["http:\\\\example.com"], "below the base URL"],
    [["../../other"], "below the base URL"],
    [["company/%2e%2e/%2e%2e/x"], "below the base URL"],
    [["company", "--input", "-"], "--input needs a method"],
    [["GET", "company", "--input", "-"], "a GET has no body"],
    [["POST", "company", "--input", "-", "--field", "a=1"], "can't be used together"],
    [["POST", "company", "--field", "a=1", "--field", "a=2"], "given twice"],
    [["POST", "company", "--paginate"], "only for a GET"],
    [["POST", "company", "--input", "none.json"], "there is no such file"],
    [["FETCH", "company"], "it takes one of GET, POST"],
    [["company", "--field", "x"], "it takes NAME=VALUE"],
    [[], "missing input: <path>"],
  ])("refuses %j before any request", async (words, said) => {
    const { vendor, env } = await vendorWith(() => ({}));
    const run = await freshPlace().run(["api", ...words], { env, stdin: "{}" });
    expect([run.status, run.stdout]).toEqual([2, ""]);
    expect(run.stderr).toContain(said);
    expect(vendor.asked).toEqual([]);
  });

  it("passes on an ID in the path as it is", async () => {
    const { vendor, env } = await vendorWith(() => ({}));
    await freshPlace().run(["api", `company/${ID}`], { env });
    expect(vendor.asked[0]?.path).toBe(`/v2.2/company/${ID}`);
  });
});
