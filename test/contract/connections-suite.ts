/** Connections against the contract: every status, every filter, pages. */
import { describe, expect, it } from "vitest";
import { DOCUMENTED_STATUSES } from "../../src/api/status.ts";
import { createConnection, SANDBOX, start } from "../emulator/harness.ts";
import { type Ask, listOf, textOf } from "./checked.ts";
import { created, makeSandbox, paged, refused, UNKNOWN } from "./walk.ts";

export function connectionsSuite(ask: Ask): void {
  describe("connections", () => {
    it.each(["PASSWORD_INCORRECT", "INCORRECT_PASSWORD"] as const)(
      "are created right and wrong, a wrong one as %s",
      async (wrongPasswordStatus) => {
        const emulator = await start({ wrongPasswordStatus });
        const { company, sites, connection } = await makeSandbox(ask, emulator, 3);
        for (const path of [`/connection/company/${company}`, `/company/${company}/connection`]) {
          await created(ask, emulator, path, { ...SANDBOX, sites, country: "ca" });
          const wrong = { ...SANDBOX, password: "wrong", sites: sites.slice(0, 1) };
          const { status, body } = await ask(emulator, "POST", path, wrong);
          expect([status, textOf(body, "status")]).toEqual([201, wrongPasswordStatus]);
          const other = { ...wrong, url: "https://www.utility.example/login?x=1" };
          await created(ask, emulator, path, other);
          expect(listOf((await ask(emulator, "GET", path)).body, "connections")).not.toEqual([]);
        }
        const details = await ask(emulator, "GET", `/connection/${connection}/details`);
        expect(textOf(details.body, "status")).toBe("CONNECTED");
      },
    );

    it.each(DOCUMENTED_STATUSES)("come to be %s", async (status) => {
      const weekly = { checks: 1, status };
      const scenario = { pendingForMs: status === "PENDING" ? 60_000 : 0, later: [weekly] };
      let now = Date.UTC(2025, 2, 4, 5, 6, 7);
      const clock = { now: () => now, sleep: async () => {} };
      const emulator = await start({ scenario, clock });
      const { company, connection } = await makeSandbox(ask, emulator);
      if (status !== "PENDING") now += 8 * 24 * 60 * 60 * 1000;
      const details = await ask(emulator, "GET", `/connection/${connection}/details`);
      expect(textOf(details.body, "status")).toBe(status);
      const list = await ask(emulator, "GET", `/connection/company/${company}?status=${status}`);
      expect(listOf(list.body, "connections").map(({ id }) => id)).toEqual([connection]);
    });

    it("are listed by page, by filter, and not at all", async () => {
      const emulator = await start();
      const { company, sites } = await makeSandbox(ask, emulator);
      for (let index = 0; index < 104; index += 1) {
        await createConnection(emulator, company, { username: `u-${index}`, sites });
      }
      for (const path of [`/connection/company/${company}`, `/company/${company}/connection`]) {
        expect(await paged(ask, emulator, path)).toHaveLength(2);
        expect(await paged(ask, emulator, `${path}?limit=50`)).toHaveLength(3);
        expect(await paged(ask, emulator, `${path}?limit=500`)).toHaveLength(1);
        const owner = "connectionOwnerEmail=you@nectar.local";
        const query = `${path}?${owner}&sites=${sites[0]}&sites=${sites[1]}`;
        expect(await paged(ask, emulator, query)).toHaveLength(2);
        const none = await paged(ask, emulator, `${path}?sites=${UNKNOWN}`);
        expect(none).toMatchObject([{ totalConnections: 0, connections: [], totalPages: 1 }]);
        for (const wrong of ["limit=0", "limit=501", "status=NONE", "sites=1"]) {
          expect((await ask(emulator, "GET", `${path}?${wrong}`)).status).toBe(400);
        }
        await refused(ask, emulator, "GET", path);
        await refused(ask, emulator, "POST", path);
      }
    });

    it("and their company have magic links", async () => {
      const emulator = await start();
      const { company, connection } = await makeSandbox(ask, emulator, 1);
      for (const method of ["GET", "POST"]) {
        const links = [
          `/connection/company/${company}/link`,
          `/company/${company}/connection/link`,
          `/connection/${connection}`,
        ];
        for (const path of links) expect((await ask(emulator, method, path)).status).toBe(200);
        for (const path of [`/connection/company/${UNKNOWN}/link`, `/connection/${UNKNOWN}`]) {
          expect((await ask(emulator, method, path)).status).toBe(404);
        }
      }
    });

    it("refuse what breaks a rule", async () => {
      const emulator = await start();
      const { company, sites, connection } = await makeSandbox(ask, emulator, 1);
      const path = `/connection/company/${company}`;
      const login = { ...SANDBOX, sites };
      const bodies = [
        {},
        { ...login, url: "nectarclimate.com" },
        { ...login, username: "" },
        { ...login, password: undefined },
        { ...login, sites: [] },
        { ...login, sites: [UNKNOWN] },
        { ...login, sites: [...sites, ...sites] },
        { ...login, country: "USA" },
      ];
      for (const body of bodies) {
        expect((await ask(emulator, "POST", path, body)).status).toBe(400);
      }
      const unknown = `/connection/company/${UNKNOWN}`;
      expect((await ask(emulator, "POST", unknown, login)).status).toBe(404);
      expect((await ask(emulator, "GET", unknown)).status).toBe(404);
      expect((await ask(emulator, "GET", `/connection/${UNKNOWN}/details`)).status).toBe(404);
      await refused(ask, emulator, "GET", `/connection/${connection}/details`);
    });
  });
}
