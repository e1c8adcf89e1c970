/** Invitations against the contract: both kinds, every status, the event log. */
import { describe, expect, it } from "vitest";
import { start } from "../emulator/harness.ts";
import { invite, LOGIN, send, toLogin } from "../emulator/visitor.ts";
import { type Ask, listOf, textOf } from "./checked.ts";
import { created, makeSandbox, refused, UNKNOWN } from "./walk.ts";

const FULL = {
  allowedEmails: ["anna@example.com"],
  expiresInSeconds: 60,
  maxUses: 1,
  sendEmail: false,
};

export function invitationsSuite(ask: Ask): void {
  describe("invitations", () => {
    it("are created for a company and for a connection, listed, read and revoked", async () => {
      let now = Date.UTC(2025, 2, 4, 5, 6, 7);
      const clock = { now: () => now, sleep: async () => {} };
      const emulator = await start({ clock });
      const { company, sites, connection } = await makeSandbox(ask, emulator);
      const list = `/invitation/company/${company}`;
      expect((await ask(emulator, "GET", list)).status).toBe(200);
      const prefill = {
        url: "https://nectarclimate.com",
        initialSites: sites,
        utilityTypes: ["ELECTRICITY"],
        country: "US",
        connectionOwnerEmail: "owner@example.com",
        dataCollectionStartDate: "2024-01-01",
      };
      const ids = [
        await created(ask, emulator, list, undefined),
        await created(ask, emulator, list, { ...FULL, prefill }),
        await created(ask, emulator, `/invitation/connection/${connection}`, undefined),
        await created(ask, emulator, `/invitation/connection/${connection}`, FULL),
      ];
      const status = async (id: string | undefined) =>
        textOf((await ask(emulator, "GET", `/invitation/${id}`)).body, "status");
      expect(await Promise.all(ids.map(status))).toEqual(Array(4).fill("ACTIVE"));
      now += 61_000;
      expect(await status(ids[1])).toBe("EXPIRED");
      for (const id of ids) {
        expect((await ask(emulator, "POST", `/invitation/${id}/revoke`)).status).toBe(200);
      }
      expect(await status(ids[0])).toBe("REVOKED");
      expect((await ask(emulator, "GET", list)).status).toBe(200);
    });

    it("are fulfilled by somebody who opens the link, and tell of it", async () => {
      const emulator = await start();
      const { id, url } = await invite(emulator, { maxUses: 1 });
      await send(await toLogin(url), LOGIN);
      const { body } = await ask(emulator, "GET", `/invitation/${id}`);
      expect(textOf(body, "status")).toBe("FULFILLED");
      const [made] = listOf(body, "createdConnections");
      expect(textOf(made, "status")).toBe("CONNECTED");
      expect(listOf(body, "events")).not.toEqual([]);
      const again = `/invitation/connection/${textOf(made, "id")}`;
      const renewal = await ask(emulator, "POST", again, { maxUses: 1 });
      expect(renewal.status).toBe(201);
    });

    it("refuse what breaks a rule", async () => {
      const emulator = await start();
      const { company, connection } = await makeSandbox(ask, emulator);
      const paths = [`/invitation/company/${company}`, `/invitation/connection/${connection}`];
      for (const path of paths) {
        for (const body of [
          { expiresInSeconds: 59 },
          { maxUses: 0 },
          { allowedEmails: ["nobody"] },
          { sendEmail: "no" },
        ]) {
          expect((await ask(emulator, "POST", path, body)).status).toBe(400);
        }
        await refused(ask, emulator, "POST", path);
      }
      const id = await created(ask, emulator, paths[0] ?? "", undefined);
      for (const path of [paths[0] ?? "", `/invitation/${id}`]) {
        await refused(ask, emulator, "GET", path);
      }
      for (const page of ["abc", "0"]) {
        expect((await ask(emulator, "GET", `${paths[0]}?page=${page}`)).status).toBe(400);
      }
      const unknown = [
        ["GET", `/invitation/company/${UNKNOWN}`],
        ["POST", `/invitation/company/${UNKNOWN}`],
        ["POST", `/invitation/connection/${UNKNOWN}`],
        ["GET", `/invitation/${UNKNOWN}`],
        ["POST", `/invitation/${UNKNOWN}/revoke`],
      ] as const;
      for (const [method, path] of unknown) {
        expect((await ask(emulator, method, path)).status, path).toBe(404);
      }
    });
  });
}
