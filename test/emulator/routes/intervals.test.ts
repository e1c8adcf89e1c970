/** Interval readings over HTTP: few on a page, many in all. */
import { describe, expect, it } from "vitest";
import { sandbox } from "./sandbox.ts";

/** 1 January 2024 to 31 October 2025 in New York, with an hour that is still to be given back. */
const HOURS = 24 * (366 + 304) - 1;

describe("GET /interval/connection/{id}", () => {
  it("counts every hour of electricity and solar, and gives a hundred of them", async () => {
    const box = await sandbox({ sites: 2 });
    box.setTime(2000);
    const path = `/interval/connection/${box.connectionId}`;
    const first = await box.intervals(path);
    expect(first).toMatchObject({ totalIntervals: 4 * HOURS, totalPages: 644 });
    expect(first.intervals).toHaveLength(100);
    const last = await box.intervals(`${path}?page=100000`);
    expect(last.currentPage).toBe(first.totalPages);
    expect(last.intervals.at(-1)?.end).toBe("2025-11-01T04:00:00.000Z");
  });

  it("adds up to the usage row of the month", async () => {
    const box = await sandbox();
    box.setTime(2000);
    const query = "startDate=2025-06-01T00:00:00-04:00&endDate=2025-07-01T00:00:00-04:00";
    for (const type of ["ELECTRICITY", "SOLAR"]) {
      const path = `/interval/connection/${box.connectionId}?datasourceType=${type}&${query}`;
      const hours = [];
      for (let page = 1; page <= 8; page += 1) {
        hours.push(...(await box.intervals(`${path}&page=${page}`)).intervals);
      }
      expect(hours).toHaveLength(720);
      expect(new Set(hours.map(({ id }) => id)).size).toBe(720);
      hours.forEach(({ start, end }, hour) => {
        expect(start).toBe(new Date(Date.UTC(2025, 5, 1, hour + 4)).toISOString());
        expect(end).toBe(new Date(Date.UTC(2025, 5, 1, hour + 5)).toISOString());
      });
      const rows = await box.usage(
        `/usage/connection/${box.connectionId}?datasourceType=${type}&dateType=USAGE_PERIOD&startDate=2025-06-01&endDate=2025-06-30`,
      );
      expect(rows.usageData).toHaveLength(1);
      const sum = hours.reduce((all, { usage }) => all + Math.round(Number(usage) * 1000), 0);
      expect(sum).toBe(Number(rows.usageData[0]?.usage) * 1000);
    }
  });

  it("gives the same pages with a filter as a look at all of them would", async () => {
    const box = await sandbox({ connection: { country: "NZ" } });
    box.setTime(2000);
    const path = `/interval/connection/${box.connectionId}`;
    const narrow = "startDate=2025-09-29T10:30:00Z&endDate=2025-10-02T20:59:59Z";
    const found = await box.intervals(`${path}?${narrow}`);
    // Hours that lie wholly inside, of two meters: from 11:00 on the first day to 20:00 on the last. The clock in New Zealand
    // is changed on the day before.
    expect(found.totalIntervals).toBe(2 * (3 * 24 + 9));
    const all = [
      ...found.intervals,
      ...(await box.intervals(`${path}?${narrow}&page=2`)).intervals,
    ];
    expect(all).toHaveLength(found.totalIntervals);
    expect(all.every(({ start }) => start >= "2025-09-29T11:00")).toBe(true);
    expect(all.every(({ end }) => end <= "2025-10-02T20:00:00.000Z")).toBe(true);
    const [september] = all;
    const identifier = september?.identifiers[0]?.value ?? "";
    const ofMeter = await box.intervals(`${path}?${narrow}&identifier=${identifier}`);
    expect(ofMeter.intervals).toEqual(all.filter(({ account }) => account === september?.account));
    expect((await box.intervals(`${path}?datasourceType=GAS`)).totalIntervals).toBe(0);
    expect((await box.intervals(`${path}?startDate=2030-01-01T00:00:00Z`)).intervals).toEqual([]);
  });

  it("shows no sun at night", async () => {
    const box = await sandbox();
    box.setTime(2000);
    const { intervals } = await box.intervals(
      `/interval/connection/${box.connectionId}?datasourceType=SOLAR`,
    );
    const at = (hour: string) => intervals.filter(({ start }) => start.includes(`T${hour}`));
    // 1:00 and 13:00 in New York.
    expect(at("06").map(({ usage }) => usage)).toEqual(Array(5).fill("0"));
    expect(at("18").every(({ usage }) => Number(usage) > 0)).toBe(true);
  });

  it.each([
    ["startDate=2025-01-01", "startDate"],
    ["endDate=2025-01-01T00:00:00", "endDate"],
    ["endDate=now", "endDate"],
  ])("refuses %s", async (query, field) => {
    const box = await sandbox();
    const answer = await box.get(`/interval/connection/${box.connectionId}?${query}`);
    expect([answer.status, answer.body.detail]).toEqual([
      400,
      `${field}: must be a date and time such as 2024-01-31T23:59:59Z.`,
    ]);
  });
});
