/** The commands that show data, on the emulator that is built in. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { SeedResult } from "../../src/emulator/public.ts";
import { freshPlace, type Run } from "../support/run-cli.ts";
import { workClock } from "../support/test-clock.ts";

interface Row {
  readonly id: string;
  readonly type: string;
  readonly unit: string;
  readonly usage: string;
  readonly from: string;
}

interface Chart {
  readonly from: string;
  readonly to: string;
  readonly series: readonly {
    readonly type: string;
    readonly unit: string;
    readonly total: string;
    readonly months: readonly { readonly month: string; readonly usage: string | null }[];
  }[];
}

/** A fresh machine whose clock only moves when a command pauses, from one command to the next. */
function ownTime() {
  const place = freshPlace();
  const clock = workClock(Date.UTC(2026, 5, 15, 12));
  return {
    folder: place.folder,
    run: (words: readonly string[]): Promise<Run> => place.run(words, { clock }),
  };
}

describe("the data of a sandbox connection", () => {
  it("is told by onboard, listed whole, and charted from the same rows", async () => {
    const place = ownTime();
    const local = async <Value>(...words: string[]): Promise<Value> => {
      const run = await place.run([...words, "--local", "--json"]);
      expect([run.status, run.stderr]).toEqual([0, ""]);
      return run.json<Value>();
    };
    const { connection, company, sites, data } = await local<{
      connection: { id: string };
      company: { id: string };
      sites: readonly { id: string }[];
      data: { documents: number; from: string; to: string };
    }>("onboard", "--company-name", "Acme", "--site", "Plant", "--site", "Store");

    const documents = await local<{ id: string; period: { from: string; to: string } }[]>(
      ...["documents", "list"],
    );
    expect(documents).toHaveLength(data.documents);
    expect(
      documents
        .map(({ period }) => period.from)
        .sort()[0]
        ?.slice(0, 7),
    ).toBe(data.from);
    const lastDay = documents.map(({ period }) => period.to).sort();
    expect(lastDay.at(-1)?.slice(0, 7)).toBe(data.to);
    for (const scope of [
      ["--connection", connection.id],
      ["--company", company.id],
    ]) {
      const same = await local<{ id: string }[]>("documents", "list", ...scope);
      expect(new Set(same.map(({ id }) => id))).toEqual(new Set(documents.map(({ id }) => id)));
    }
    const perSite: unknown[] = [];
    for (const { id } of sites)
      perSite.push(...(await local<unknown[]>("documents", "list", "--site", id)));
    expect(perSite).toHaveLength(documents.length);

    const one = documents[0]?.id ?? "";
    const whole = await local<{ usage: Row[]; lineItems: unknown[]; fileUrl: string }>(
      ...["documents", "get", one],
    );
    expect(whole.lineItems.length).toBeGreaterThan(0);
    const stated = await local<Row[]>("usage", "list", "--document", one);
    expect(stated.map(({ id, usage }) => [id, usage])).toEqual(
      whole.usage.map(({ id, usage }) => [id, usage]),
    );

    const chart = await local<Chart>("usage", "chart", "--type", "solar", "--type", "fuel");
    expect(chart.series.map(({ type }) => type)).toEqual(["FUEL", "SOLAR"]);
    const days = ["--start-date", `${chart.from}-01`, "--date-type", "USAGE_PERIOD"];
    for (const { type, unit, months, total } of chart.series) {
      expect(months).toHaveLength(12);
      const rows = await local<Row[]>("usage", "list", "--type", type, ...days);
      const sum = rows.reduce((all, { usage }) => all + Number(usage), 0);
      expect(rows.every((row) => row.unit === unit)).toBe(true);
      expect(Number(total)).toBeCloseTo(sum, 3);
    }
  });

  it("moves its window on with the emulator's time", async () => {
    const place = ownTime();
    await place.run(["onboard", "--local", "--company-name", "Acme", "--site", "Plant", "-q"]);
    const chart = async () =>
      (await place.run(["usage", "chart", "--local", "--json"])).json<Chart>();
    const before = await chart();
    expect((await place.run(["emulator", "advance", "70d", "--local", "-q"])).status).toBe(0);
    const after = await chart();
    expect(after.to > before.to).toBe(true);
    for (const { type, months } of after.series) {
      expect(months).toHaveLength(12);
      // The bill of the month that has just ended may be still to come; water is billed for two months.
      const known = months.slice(0, type === "WATER" ? -2 : -1);
      expect(known.every(({ usage }) => usage !== null)).toBe(true);
    }
  });

  it("is charted up to the emulator's time where that is in the past", async () => {
    const place = ownTime();
    const file = join(place.folder, "seed.json");
    const connections = [{ createdAt: "2025-01-10" }];
    const companies = [{ name: "Acme", sites: [{ name: "Plant" }], connections }];
    writeFileSync(file, JSON.stringify({ clock: "2025-06-20", companies }));
    const seeded = (await place.run(["emulator", "seed", file, "--json"])).json<SeedResult>();
    const company = seeded.companies[0]?.id ?? "";
    const run = await place.run(["usage", "chart", "--local", "--company", company, "--json"]);
    const chart = run.json<Chart>();
    expect([chart.from, chart.to]).toEqual(["2024-06", "2025-05"]);
    const billed = chart.series.filter(({ months }) => months.at(-1)?.usage !== null);
    // Water is billed for two months, of which June is the second.
    expect(billed.map(({ type }) => type)).toEqual(["ELECTRICITY", "GAS", "FUEL", "SOLAR"]);
  });
});
