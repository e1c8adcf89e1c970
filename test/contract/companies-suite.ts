/** Companies and their sites against the contract, in all their states. */
import { describe, expect, it } from "vitest";
import { start } from "../emulator/harness.ts";
import type { Ask } from "./checked.ts";
import { created, makeSandbox, refused, UNKNOWN } from "./walk.ts";

export function companiesSuite(ask: Ask): void {
  describe("companies", () => {
    it("are created, listed, read, changed and deleted", async () => {
      const emulator = await start();
      expect((await ask(emulator, "GET", "/company")).body).toEqual([]);
      const plain = await created(ask, emulator, "/company", { name: "A" });
      const full = await created(ask, emulator, "/company", {
        name: "x".repeat(200),
        externalId: "sandbox-test-001",
        dataCollectionStartDate: "2024-02-29",
        isImpliedMeteringEnabled: true,
        impliedMeteringFraction: "0.85",
        isDemandEnabled: true,
        isBasicIdentifierMappingEnabled: true,
        isLowAccuracyModeEnabled: true,
        users: ["you@nectar.local"],
      });
      await makeSandbox(ask, emulator);
      expect((await ask(emulator, "GET", "/company")).body).toHaveLength(3);
      for (const id of [plain, full]) {
        expect((await ask(emulator, "GET", `/company/${id}`)).status).toBe(200);
        const change = { name: "B", externalId: null, isDemandEnabled: false };
        expect((await ask(emulator, "PATCH", `/company/${id}`, change)).status).toBe(200);
        expect((await ask(emulator, "PATCH", `/company/${id}`, {})).status).toBe(200);
        expect((await ask(emulator, "DELETE", `/company/${id}`)).status).toBe(204);
        expect((await ask(emulator, "GET", `/company/${id}`)).status).toBe(404);
      }
    });

    it("refuse what breaks a rule", async () => {
      const emulator = await start();
      const id = await created(ask, emulator, "/company", { name: "A" });
      const bodies = [
        { name: "" },
        { name: "x".repeat(201) },
        { name: 7 },
        { name: "A", dataCollectionStartDate: "2024-02-30" },
        { name: "A", impliedMeteringFraction: "12" },
        { name: "A", users: ["stranger@example.com"] },
      ];
      for (const body of [{}, ...bodies]) {
        expect((await ask(emulator, "POST", "/company", body)).status).toBe(400);
      }
      for (const body of bodies) {
        expect((await ask(emulator, "PATCH", `/company/${id}`, body)).status).toBe(400);
      }
      for (const method of ["GET", "PATCH", "DELETE"]) {
        for (const unknown of [UNKNOWN, "no-uuid"]) {
          const body = method === "PATCH" ? {} : undefined;
          expect((await ask(emulator, method, `/company/${unknown}`, body)).status).toBe(404);
        }
      }
      await refused(ask, emulator, "GET", "/company");
      await refused(ask, emulator, "POST", "/company");
      await refused(ask, emulator, "GET", `/company/${id}`);
      await refused(ask, emulator, "PATCH", `/company/${id}`);
    });
  });

  describe("sites", () => {
    it("are created in both path forms, read and changed", async () => {
      const emulator = await start();
      const company = await created(ask, emulator, "/company", { name: "A" });
      for (const path of [`/site/company/${company}`, `/company/${company}/site`]) {
        await created(ask, emulator, path, { name: "Plain" });
        const id = await created(ask, emulator, path, {
          name: "x".repeat(255),
          externalId: "site-001",
          address: "x".repeat(255),
          path: ["US", "CA", "ON"],
          occupancyPercent: "12.5",
        });
        const form = { "content-type": "application/x-www-form-urlencoded" };
        const sent = await ask(emulator, "POST", path, "name=Form&path=US&path=CA", form);
        expect(sent.status).toBe(201);
        const parts = new FormData();
        parts.set("name", "Parts");
        expect((await ask(emulator, "POST", path, parts)).status).toBe(201);
        expect((await ask(emulator, "GET", `/site/${id}`)).status).toBe(200);
        const change = { externalId: null, occupancyPercent: null, address: "" };
        expect((await ask(emulator, "PATCH", `/site/${id}`, change)).status).toBe(200);
      }
      expect((await ask(emulator, "GET", `/company/${company}`)).status).toBe(200);
    });

    it("refuse what breaks a rule", async () => {
      const emulator = await start();
      const { company, sites } = await makeSandbox(ask, emulator, 1);
      const site = `/site/${sites[0]}`;
      const bodies = [
        { name: "" },
        { name: "x".repeat(256) },
        { name: "A", address: "x".repeat(256) },
        { name: "A", path: Array(11).fill("US") },
        { name: "A", occupancyPercent: "100.1" },
        { name: "A", externalId: 7 },
      ];
      for (const path of [`/site/company/${company}`, `/company/${company}/site`]) {
        for (const body of [{}, ...bodies]) {
          expect((await ask(emulator, "POST", path, body)).status).toBe(400);
        }
        await refused(ask, emulator, "POST", path);
      }
      for (const body of bodies)
        expect((await ask(emulator, "PATCH", site, body)).status).toBe(400);
      const body = { name: "A" };
      expect((await ask(emulator, "POST", `/site/company/${UNKNOWN}`, body)).status).toBe(404);
      expect((await ask(emulator, "POST", `/company/${UNKNOWN}/site`, body)).status).toBe(404);
      expect((await ask(emulator, "GET", `/site/${UNKNOWN}`)).status).toBe(404);
      expect((await ask(emulator, "PATCH", `/site/${UNKNOWN}`, {})).status).toBe(404);
      await refused(ask, emulator, "GET", site);
      await refused(ask, emulator, "PATCH", site);
    });
  });
}
