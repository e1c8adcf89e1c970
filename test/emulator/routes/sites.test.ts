/** Sites over HTTP: fields, forms, rules, changes. */
import { describe, expect, it } from "vitest";
import { Site } from "../../../src/api/resources/site.ts";
import { call, createCompany, createSite, start } from "../harness.ts";

const FORM = { "content-type": "application/x-www-form-urlencoded" };

describe("creating", () => {
  it("answers every documented field", async () => {
    const emulator = await start();
    const company = await createCompany(emulator);
    const given = {
      name: "Test Facility",
      address: "123 Main St, San Francisco, CA 94105",
      externalId: "site-001",
    };
    const answer = await call(emulator, "POST", `/company/${company.id}/site`, given);
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      ...given,
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      dataCollectionStopDate: null,
      path: [],
      occupancyPercent: null,
    });
    expect(Site.parse(answer.body).name).toBe("Test Facility");
    expect((await call(emulator, "GET", `/site/${answer.body.id}`)).body).toEqual(answer.body);
  });

  it("takes a form", async () => {
    const emulator = await start();
    const company = await createCompany(emulator);
    const text = "name=Caf%C3%A9+1&externalId=a%26b&path=US&path=CA&occupancyPercent=12.5";
    const answer = await call(emulator, "POST", `/site/company/${company.id}`, text, FORM);
    expect(answer).toMatchObject({
      status: 201,
      body: { name: "Café 1", externalId: "a&b", path: ["US", "CA"], occupancyPercent: "12.5" },
    });
  });

  it("takes a form with one path entry as a list", async () => {
    const emulator = await start();
    const company = await createCompany(emulator);
    const path = `/site/company/${company.id}`;
    const answer = await call(emulator, "POST", path, "name=A&path=US", FORM);
    expect(answer.body).toMatchObject({ path: ["US"] });
  });

  it("takes multipart", async () => {
    const emulator = await start();
    const company = await createCompany(emulator);
    const form = new FormData();
    form.append("name", 'Plant "one"; name=x');
    form.append("path", "US");
    const answer = await call(emulator, "POST", `/site/company/${company.id}`, form);
    expect(answer).toMatchObject({
      status: 201,
      body: { name: 'Plant "one"; name=x', path: ["US"] },
    });
  });

  it("refuses broken multipart, a file, and a field given twice", async () => {
    const emulator = await start();
    const path = `/site/company/${(await createCompany(emulator)).id}`;
    const broken = { "content-type": "multipart/form-data; boundary=x" };
    expect((await call(emulator, "POST", path, "nothing", broken)).status).toBe(400);
    const form = new FormData();
    form.append("name", new Blob(["x"]), "name.txt");
    expect((await call(emulator, "POST", path, form)).body.detail).toBe("name: must be text.");
    const twice = await call(emulator, "POST", path, "name=A&name=B", FORM);
    expect(twice).toMatchObject({ status: 400, body: { detail: "name: must be text." } });
  });

  it.each([
    [{}, "name: is required."],
    [{ name: "n".repeat(256) }, "name: must be at most 255 characters long."],
    [{ name: "x", address: "a".repeat(256) }, "address: must be at most 255 characters long."],
    [{ name: "x", address: null }, "address: must be text."],
    [{ name: "x", path: Array(11).fill("a") }, "path: must have at most 10 items."],
    [{ name: "x", path: ["a", ""] }, "path[1]: must not be empty."],
    [{ name: "x", occupancyPercent: "101" }, "occupancyPercent: must be between 0 and 100."],
    [{ name: "x", occupancyPercent: "-1" }, "occupancyPercent: must be between 0 and 100."],
    [
      { name: "x", occupancyPercent: "half" },
      "occupancyPercent: must be a decimal string with at most three digits before the decimal point and four after it.",
    ],
  ])("refuses %j", async (body, detail) => {
    const emulator = await start();
    const { id } = await createCompany(emulator);
    expect(await call(emulator, "POST", `/site/company/${id}`, body)).toMatchObject({
      status: 400,
      body: { detail },
    });
  });
});

describe("changing", () => {
  it("changes what is given and nothing else", async () => {
    const emulator = await start();
    const company = await createCompany(emulator);
    const site = await createSite(emulator, company.id, { address: "A", occupancyPercent: "50" });
    const given = { address: "B", path: ["US"], occupancyPercent: null };
    const answer = await call(emulator, "PATCH", `/site/${site.id}`, given);
    expect(answer).toMatchObject({ status: 200 });
    expect(answer.body).toEqual({ ...site, ...given });
    expect((await call(emulator, "GET", `/site/${site.id}`)).body).toEqual(answer.body);
    const refused = await call(emulator, "PATCH", `/site/${site.id}`, { name: "" });
    expect(refused.status).toBe(400);
  });
});
