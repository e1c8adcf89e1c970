/** `--fields` on lists and single objects. */
import { beforeEach, describe, expect, it } from "vitest";
import { COMMANDS } from "../../src/commands/registry.ts";
import { freshPlace, type Place } from "../support/run-cli.ts";

let place: Place;
let id: string;

beforeEach(async () => {
  place = freshPlace();
  const words = ["onboard", "--local", "--company-name", "Acme", "--site", "Plant", "--json"];
  id = (await place.run(words)).json<{ connection: { id: string } }>().connection.id;
});

const list = ["connections", "list", "--local"];
const get = ["connections", "get", "--local"];

describe("--fields", () => {
  it("chooses members of a list, nested ones with dots", async () => {
    const run = await place.run([...list, "--json", "--fields", "company.name,id"]);
    expect(run.stdout).toBe(`${JSON.stringify([{ company: { name: "Acme" }, id }], null, 2)}\n`);
  });

  it("chooses the columns of a pipe, of a table and of CSV", async () => {
    const piped = await place.run([...list, "--fields", "id, status,company.name,siteIds"]);
    expect(piped.stdout).toMatch(new RegExp(`^${id}\tCONNECTED\tAcme\t[0-9a-f-]{36}\n$`));
    const table = await place.run([...list, "--no-color", "--fields", "company.name,status"], {
      columns: 80,
    });
    expect(table.stdout).toBe("company.name  STATUS\nAcme          Connected\n");
    const csv = await place.run(["documents", "list", "--local", "--csv", "--fields", "types,id"]);
    expect(csv.stdout).toMatch(/^types,id\r\n[A-Z;]+,[0-9a-f-]{36}\r\n/);
  });

  it("chooses the lines of one object", async () => {
    expect((await place.run([...get, "--fields", "status,company.name"])).stdout).toBe(
      "Status\tConnected\ncompany.name\tAcme\n",
    );
    expect((await place.run([...get, "--json", "--fields", "state"])).json()).toMatchObject({
      state: "connected",
    });
    const [first] = (await place.run(["documents", "list", "--local", "-q"])).stdout.split("\n");
    const document = ["documents", "get", first ?? "", "--local", "--json"];
    const run = await place.run([...document, "--fields", "usage.unit"]);
    expect(run.json<{ usage: object[] }>().usage[0]).toEqual({ unit: expect.any(String) });
  });

  it("that do not exist are refused before any request, and those that do are named", async () => {
    for (const words of [list, get]) {
      const run = await place.run([...words, "--fields", "id,staus"], {
        env: { NECTAR_API_URL: "https://nowhere.invalid" },
      });
      expect([run.status, run.stdout]).toEqual([2, ""]);
      expect(run.stderr).toContain('--fields: "staus" is not a field; did you mean "status"?');
      expect(run.stderr).toContain("It takes id, status, state, statusDetail, url,");
      expect(run.stderr).toContain("company.name");
    }
    const both = await place.run([...list, "--quiet", "--fields", "id"]);
    expect([both.status, both.stderr]).toEqual([
      2,
      "nectar: --fields and --quiet can't be used together\n",
    ]);
  });

  it("is an option of every list and of every command that shows one object", async () => {
    for (const { path, load } of COMMANDS) {
      if (!["list", "get", "show", "deliveries"].includes(path.at(-1) ?? "")) continue;
      expect([path, Object.keys((await load()).command.fields)]).toEqual([
        path,
        expect.arrayContaining(["fields"]),
      ]);
    }
  });
});
