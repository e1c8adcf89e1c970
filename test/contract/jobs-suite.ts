/** Uploads against the contract: a job and its document, and what is refused. */
import { describe, expect, it } from "vitest";
import { start } from "../emulator/harness.ts";
import { type Ask, textOf } from "./checked.ts";
import { created, paged, UNKNOWN } from "./walk.ts";

export function jobsSuite(ask: Ask): void {
  describe("uploads", () => {
    const form = (content: string) => {
      const parts = new FormData();
      parts.set("document", new File([content], "bill.pdf"));
      return parts;
    };

    it("become documents", async () => {
      let now = Date.UTC(2025, 2, 4, 5, 6, 7);
      const emulator = await start({ clock: { now: () => now, sleep: async () => {} } });
      const company = await created(ask, emulator, "/company", { name: "A" });
      const path = `/job/company/${company}`;
      const jobs = [
        await created(ask, emulator, path, form("%PDF-")),
        await created(ask, emulator, path, form("%PDF-")),
      ];
      for (const status of ["PENDING", "COMPLETED"]) {
        for (const id of jobs) {
          const job = await ask(emulator, "GET", `/job/${id}`);
          expect([job.status, textOf(job.body, "status")]).toEqual([200, status]);
        }
        now += 2000;
      }
      const [page] = await paged(ask, emulator, `/document/company/${company}`);
      expect(page).toMatchObject({ totalDocuments: 1 });
    });

    it("refuse what breaks a rule", async () => {
      const emulator = await start();
      const company = await created(ask, emulator, "/company", { name: "A" });
      const path = `/job/company/${company}`;
      const large = form(`%PDF-${"x".repeat(26 * 1024 * 1024)}`);
      const wrong = [
        [path, form("no bill"), 400],
        [path, large, 413],
        [path, {}, 415],
        [`/job/company/${UNKNOWN}`, form("%PDF-"), 404],
      ] as const;
      for (const [where, body, status] of wrong) {
        expect((await ask(emulator, "POST", where, body)).status).toBe(status);
      }
      expect((await ask(emulator, "GET", `/job/${UNKNOWN}`)).status).toBe(404);
    });
  });
}
