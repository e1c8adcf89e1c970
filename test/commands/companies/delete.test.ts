/** `nectar companies delete`: keeps the ledger and the profiles true. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { startEmulator } from "../../../src/library.ts";
import { freshPlace } from "../../support/run-cli.ts";
import { workClock } from "../../support/test-clock.ts";

type Emulator = Awaited<ReturnType<typeof startEmulator>>;

const open: Emulator[] = [];
afterEach(async () => {
  for (const emulator of open.splice(0)) await emulator.close();
});

async function setUp() {
  const emulator = await startEmulator();
  open.push(emulator);
  const place = freshPlace();
  const env = { NECTAR_API_URL: emulator.url, NECTAR_API_KEY: emulator.key };
  const run = (...words: string[]) => place.run(words, { env, clock: workClock() });
  const onboard = async (...more: string[]) =>
    (
      await run("onboard", "--company-name", "Acme", "--site", "P", "--no-wait", "--json", ...more)
    ).json<{
      company: { id: string; outcome: string };
    }>().company;
  const ledgers = () => {
    const folder = join(place.folder, "state", "ledger");
    return readdirSync(folder)
      .filter((name) => name.endsWith(".json"))
      .map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")));
  };
  return { emulator, run, onboard, ledgers };
}

describe("companies delete", () => {
  it("marks the company in the ledger that has its ID, however the ID is written", async () => {
    const { emulator, run, onboard, ledgers } = await setUp();
    const { id } = await onboard();
    await emulator.faults.add({ route: "companies.list", lagMs: 600_000, times: null });
    await emulator.advance(900_000);
    const gone = await run("companies", "delete", id.toUpperCase(), "--yes");
    expect([gone.status, gone.stderr]).toEqual([
      0,
      'The profile "default" no longer has a company.\n',
    ]);
    expect(ledgers()).toMatchObject([{ deleted: [{ id, isConfirmed: true }], run: null }]);
    // The list still shows it.
    expect((await run("companies", "list", "-q")).stdout).toBe(`${id}\n`);
    expect((await onboard()).outcome).toBe("created");
  });

  it("marks it in every ledger that has it, whatever its external ID is now", async () => {
    const { run, onboard, ledgers } = await setUp();
    const { id } = await onboard();
    await run("companies", "update", id, "--external-id", "changed");
    await onboard("--company-external-id", "changed", "--profile", "second");
    expect(ledgers()).toHaveLength(2);
    const gone = await run("companies", "delete", id, "--yes", "--json");
    expect(gone.json()).toEqual({ id, deleted: true });
    expect(ledgers().map(({ deleted }) => deleted)).toMatchObject([[{ id }], [{ id }]]);
    const profiles = (await run("profiles", "list", "--json")).json<{ company: null }[]>();
    expect(profiles.map(({ company }) => company)).toEqual([null, null]);
  });

  it("is done where the company is gone already, and not where none was ever known", async () => {
    const { run, onboard } = await setUp();
    const { id } = await onboard();
    await run("companies", "delete", id, "--yes");
    const again = await run("companies", "delete", id, "--yes");
    expect([again.status, again.stderr]).toEqual([0, "It was no longer there.\n"]);
    const unknown = "00000000-0000-4000-8000-000000000000";
    expect((await run("companies", "delete", unknown, "--yes")).status).toBe(5);
  });

  it("marks what this tool never saw, too", async () => {
    const { emulator, run, ledgers } = await setUp();
    const made = await fetch(`${emulator.url}/company`, {
      method: "POST",
      headers: { "x-api-key": emulator.key, "content-type": "application/json" },
      body: JSON.stringify({ name: "Theirs", externalId: "theirs" }),
    });
    const { id } = (await made.json()) as { id: string };
    expect((await run("companies", "delete", id, "--yes")).status).toBe(0);
    expect(ledgers()).toMatchObject([{ company: "external:theirs", deleted: [{ id }] }]);
  });

  it("sends no request for a question that nobody can answer", async () => {
    const { emulator, run, onboard } = await setUp();
    const { id } = await onboard();
    await emulator.faults.add({ method: "*", path: "/**", status: 500, times: null });
    const refused = await run("companies", "delete", "--json");
    expect([refused.status, refused.error().code]).toEqual([2, "confirmation_needed"]);
    expect(refused.error().details).toEqual([`Delete the company "Acme" (${id})?`]);
    expect(refused.error().next[0]?.command).toMatch(/^nectar companies delete --yes --api-url /);
    expect((await emulator.faults.list())[0]?.fired).toBe(0);
  });

  it("asks by name, however the company is given and without a terminal, too", async () => {
    const { run, onboard } = await setUp();
    const { id } = await onboard();
    await onboard("--company-name", "Other", "--profile", "second");
    for (const given of [[id], ["Acme"], ["acme"], [], [id, "--profile", "second"]]) {
      const { status, stderr } = await run("companies", "delete", ...given);
      expect([given, status]).toEqual([given, 2]);
      expect(stderr).toContain(`  Delete the company "Acme" (${id})`);
    }
  });
});
