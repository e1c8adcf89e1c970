/** Invitations over HTTP: fields and rules, lists, the event log, revocation, and where their links lead. */
import { describe, expect, it } from "vitest";
import { DEFAULT_PORT, type RunningEmulator } from "../../../src/emulator/emulator.ts";
import {
  call,
  createCompany,
  createConnection,
  createSite,
  NOW,
  start,
  temporaryFolder,
} from "../harness.ts";
import { invitationPageWire, invitationWire } from "../wire.ts";

const UUID = /^[0-9a-f-]{36}$/;
const NOBODY = "8f1c2f3a-5d07-4c6b-9a41-2f1f6b0c9d11";

/** A company with a site and a connection. */
async function withConnection(emulator: RunningEmulator) {
  const company = await createCompany(emulator);
  const site = await createSite(emulator, company.id);
  const connection = await createConnection(emulator, company.id, { sites: [site.id] });
  return { company, site, connection, path: `/invitation/company/${company.id}` };
}

describe("inviting somebody to connect", () => {
  it("answers every documented field", async () => {
    const emulator = await start();
    const { company, site, path } = await withConnection(emulator);
    const prefill = {
      url: "https://utility.example",
      initialSites: [site.id],
      utilityTypes: ["ELECTRICITY", "GAS"],
      country: "US",
      connectionOwnerEmail: "owner@example.com",
      dataCollectionStartDate: "2024-02-29",
    };
    const answer = await call(emulator, "POST", path, {
      allowedEmails: ["anna@example.com"],
      expiresInSeconds: 3600,
      maxUses: 3,
      sendEmail: false,
      prefill,
    });
    expect(answer.status).toBe(201);
    const { token } = invitationWire.parse(answer.body);
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(answer.body).toEqual({
      id: expect.stringMatching(UUID),
      token,
      invitationType: "CREATE_CONNECTION",
      status: "ACTIVE",
      invitationUrl: `${new URL(emulator.url).origin}/p/i/${token}`,
      companyId: company.id,
      connectionId: null,
      allowedEmails: ["anna@example.com"],
      expiresAt: "2025-03-04T06:06:07.000Z",
      maxUses: 3,
      useCount: 0,
      createdAt: "2025-03-04T05:06:07.000Z",
      prefill,
      createdConnections: [],
    });
  });

  it("needs no body at all: for anyone, for ever, without limit", async () => {
    const emulator = await start();
    const { path } = await withConnection(emulator);
    for (const body of [undefined, {}]) {
      expect((await call(emulator, "POST", path, body)).body).toMatchObject({
        allowedEmails: [],
        expiresAt: null,
        maxUses: null,
        prefill: {},
      });
    }
  });

  it("gives every link a secret of its own", async () => {
    const emulator = await start();
    const { path } = await withConnection(emulator);
    const made = await Promise.all(
      Array.from({ length: 20 }, async () =>
        invitationWire.parse((await call(emulator, "POST", path)).body),
      ),
    );
    expect(new Set(made.map(({ token }) => token)).size).toBe(20);
  });

  it.each([
    [{ expiresInSeconds: 59 }, "expiresInSeconds: must be at least 60."],
    [{ expiresInSeconds: 60.5 }, "expiresInSeconds: must be a whole number."],
    [{ expiresInSeconds: "60" }, "expiresInSeconds: must be a number."],
    [{ expiresInSeconds: 1e12 }, "expiresInSeconds: must be at most 3155760000."],
    [{ maxUses: 0 }, "maxUses: must be at least 1."],
    [{ allowedEmails: ["anna"] }, "allowedEmails[0]: must be an e-mail address."],
    [{ allowedEmails: "a@example.com" }, "allowedEmails: must be a list."],
    [{ sendEmail: "yes" }, "sendEmail: must be true or false."],
    [{ prefill: { url: "" } }, "prefill.url: must not be empty."],
    [
      { prefill: { url: "utility.example" } },
      "prefill.url: must be a full URL that starts with https:// or http://.",
    ],
    [
      { prefill: { url: "https://me:secret@utility.example" } },
      "prefill.url: must not contain a user name or a password.",
    ],
    [{ prefill: { country: "USA" } }, "prefill.country: must be two letters."],
    [
      { prefill: { utilityTypes: ["HEAT"] } },
      "prefill.utilityTypes[0]: must be one of ELECTRICITY, GAS, WATER, DISTRICT, WASTE, FUEL, MISC, REFRIGERANT, SOLAR, TELECOM.",
    ],
    [
      { prefill: { initialSites: [NOBODY] } },
      `prefill.initialSites: ${NOBODY} is not a site of this company.`,
    ],
    [
      { prefill: { connectionOwnerEmail: "x" } },
      "prefill.connectionOwnerEmail: must be an e-mail address.",
    ],
    [
      { prefill: { dataCollectionStartDate: "2025-02-30" } },
      "prefill.dataCollectionStartDate: must be a date written as YYYY-MM-DD.",
    ],
  ])("refuses %j", async (body, detail) => {
    const emulator = await start();
    const { path } = await withConnection(emulator);
    expect(await call(emulator, "POST", path, body)).toMatchObject({
      status: 400,
      body: { detail },
    });
    expect((await call(emulator, "GET", path)).body).toMatchObject({ totalInvitations: 0 });
  });

  it("is 404 for a company that is not there", async () => {
    const emulator = await start();
    for (const method of ["GET", "POST"]) {
      expect((await call(emulator, method, `/invitation/company/${NOBODY}`)).status).toBe(404);
    }
  });
});

describe("inviting somebody to renew a login", () => {
  it("names the connection and its company, and takes no prefill", async () => {
    const emulator = await start();
    const { company, connection, site } = await withConnection(emulator);
    const path = `/invitation/connection/${connection.id}`;
    const answer = await call(emulator, "POST", path, {
      maxUses: 1,
      prefill: { initialSites: [site.id] },
    });
    expect(answer).toMatchObject({
      status: 201,
      body: {
        invitationType: "EDIT_CONNECTION",
        companyId: company.id,
        connectionId: connection.id,
        prefill: {},
        createdConnections: [],
        maxUses: 1,
      },
    });
    const other = await call(emulator, "POST", `/invitation/connection/${NOBODY}`);
    expect(other).toMatchObject({ status: 404, body: { detail: "Not found." } });
  });
});

describe("reading", () => {
  it("lists a company's, a hundred a page, and past the end the last page", async () => {
    const emulator = await start();
    const { path } = await withConnection(emulator);
    const other = await withConnection(emulator);
    await call(emulator, "POST", other.path);
    const made: string[] = [];
    for (let n = 0; n < 101; n += 1) made.push((await call(emulator, "POST", path)).body.id);
    const first = await call(emulator, "GET", path);
    expect(first.body).toMatchObject({ totalInvitations: 101, totalPages: 2, hasNext: true });
    const last = await call(emulator, "GET", `${path}?page=9`);
    expect(last.body).toMatchObject({ currentPage: 2, hasNext: false });
    const listed = [first, last].flatMap(({ body }) => {
      return invitationPageWire.parse(body).invitations.map(({ id }) => id);
    });
    expect(listed).toEqual(made);
  });

  it("shows one with its event log, and 404 for what is none", async () => {
    const emulator = await start();
    const { path } = await withConnection(emulator);
    const { body } = await call(emulator, "POST", path);
    const one = await call(emulator, "GET", `/invitation/${body.id}`);
    expect(one.body).toEqual({ ...body, events: [] });
    for (const gone of [NOBODY, "no-uuid"]) {
      expect((await call(emulator, "GET", `/invitation/${gone}`)).status).toBe(404);
    }
  });

  it("goes by the emulator's time", async () => {
    let now = NOW;
    const emulator = await start({ clock: { now: () => now, sleep: async () => {} } });
    const { path } = await withConnection(emulator);
    const { id } = (await call(emulator, "POST", path, { expiresInSeconds: 60 })).body;
    const status = async () => (await call(emulator, "GET", `/invitation/${id}`)).body.status;
    now = NOW + 59_999;
    expect(await status()).toBe("ACTIVE");
    now = NOW + 60_000;
    expect(await status()).toBe("EXPIRED");
  });
});

describe("revoking", () => {
  it("makes it unusable, once and for all, and is noted once", async () => {
    const emulator = await start();
    const { path } = await withConnection(emulator);
    const { id } = (await call(emulator, "POST", path)).body;
    for (let n = 0; n < 2; n += 1) {
      const answer = await call(emulator, "POST", `/invitation/${id}/revoke`);
      expect(answer).toMatchObject({ status: 200, body: { id, status: "REVOKED" } });
    }
    expect((await call(emulator, "GET", `/invitation/${id}`)).body).toMatchObject({
      status: "REVOKED",
      events: [{ type: "REVOKED", createdAt: "2025-03-04T05:06:07.000Z", email: null }],
    });
    expect((await call(emulator, "POST", `/invitation/${NOBODY}/revoke`)).status).toBe(404);
  });

  it("goes with its company", async () => {
    const emulator = await start();
    const { company, path } = await withConnection(emulator);
    const { id } = (await call(emulator, "POST", path)).body;
    await call(emulator, "DELETE", `/company/${company.id}`);
    expect((await call(emulator, "GET", `/invitation/${id}`)).status).toBe(404);
  });
});

describe("the link of an emulator that is embedded in a command", () => {
  it("leads to the standing one of the folder, else to where one will stand", async () => {
    const stateDir = temporaryFolder();
    const embedded = await start({ stateDir });
    const { path } = await withConnection(embedded);
    const linkOf = async () =>
      new URL(invitationWire.parse((await call(embedded, "POST", path)).body).invitationUrl ?? "");
    expect((await linkOf()).origin).toBe(`http://127.0.0.1:${DEFAULT_PORT}`);
    const standing = await start({ stateDir, standing: true });
    const link = await linkOf();
    expect(link.origin).toBe(new URL(standing.url).origin);
    expect((await fetch(link)).status).toBe(200);
  });
});
