/** Magic links over HTTP: what they answer, and that they lead to the page of an invitation. */
import { describe, expect, it } from "vitest";
import { call, createCompany, createConnection, createSite, start } from "../harness.ts";
import { LOGIN, send, toLogin, visit } from "../visitor.ts";

async function scene() {
  const emulator = await start();
  const company = await createCompany(emulator);
  const site = await createSite(emulator, company.id);
  const read = async (method: string, path: string): Promise<Record<string, string>> => {
    const answer = await call(emulator, method, path);
    expect(answer.status).toBe(200);
    return Object(answer.body);
  };
  return { emulator, company, site, read };
}

describe("the magic link of a company", () => {
  it("is the same by each method and path form", async () => {
    const { emulator, company, read } = await scene();
    const paths = [
      `/connection/company/${company.id}/link`,
      `/company/${company.id}/connection/link`,
    ];
    const links = [];
    for (const path of paths) links.push(await read("GET", path), await read("POST", path));
    const [first = {}] = links;
    expect(links).toEqual(Array(4).fill(first));
    expect(Object.keys(first).toSorted()).toEqual([
      "companyMagicLinkSecret",
      "magicLinkUrl",
      "publicCompanyId",
    ]);
    const { publicCompanyId, companyMagicLinkSecret } = first;
    const { origin } = new URL(emulator.url);
    expect(first["magicLinkUrl"]).toBe(
      `${origin}/p/connect/${publicCompanyId}/${companyMagicLinkSecret}`,
    );
  });

  it("leads to the page of an invitation that makes connections, again and again", async () => {
    const { emulator, company, read } = await scene();
    const { magicLinkUrl = "" } = await read("GET", `/connection/company/${company.id}/link`);
    for (const count of [1, 2]) {
      await send(await toLogin(magicLinkUrl), LOGIN);
      const { body } = await call(emulator, "GET", `/connection/company/${company.id}`);
      expect(body.connections.map(({ status }) => status)).toEqual(Array(count).fill("CONNECTED"));
    }
    const listed = await call(emulator, "GET", `/invitation/company/${company.id}`);
    expect(listed.body).toMatchObject({ totalInvitations: 1 });
  });
});

describe("the magic link of a connection", () => {
  it("renews its login", async () => {
    const { emulator, company, site, read } = await scene();
    const login = { sites: [site.id], password: "wrong" };
    const connection = await createConnection(emulator, company.id, login);
    expect(connection.status).toBe("PASSWORD_INCORRECT");
    const edit = await read("POST", `/connection/${connection.id}`);
    expect(edit).toEqual(await read("GET", `/connection/${connection.id}/details`));
    const { publicCompanyId, connectionMagicLinkSecret } = edit;
    const { origin } = new URL(emulator.url);
    const link = `${origin}/p/connect/${publicCompanyId}/workflow/${connectionMagicLinkSecret}`;
    await send(await visit(link), LOGIN);
    const { status } = await read("GET", `/connection/${connection.id}/details`);
    expect(status).toBe("CONNECTED");
  });
});

it("a magic link that is only looked at makes no invitation, and a broken one is told on a page", async () => {
  const { emulator, company, read } = await scene();
  const { magicLinkUrl = "" } = await read("GET", `/connection/company/${company.id}/link`);
  expect((await fetch(magicLinkUrl, { method: "HEAD", redirect: "manual" })).status).toBe(303);
  const listed = await call(emulator, "GET", `/invitation/company/${company.id}`);
  expect(listed.body).toMatchObject({ totalInvitations: 0 });
  const unknown = { status: 404, heading: "We can’t find this invitation" };
  expect(await visit(new URL("/p/connect/x", emulator.url).href)).toMatchObject(unknown);
});

it("a magic link with an older address redirects, without a key", async () => {
  const { emulator, company, site, read } = await scene();
  const { magicLinkUrl = "" } = await read("GET", `/connection/company/${company.id}/link`);
  const older = (link: string) => link.replace("/p/connect/", "/create-datasource/magic-link/");
  expect(await visit(older(magicLinkUrl))).toMatchObject(await headingOf(magicLinkUrl));
  const connection = await createConnection(emulator, company.id, { sites: [site.id] });
  const { publicCompanyId, connectionMagicLinkSecret } = await read(
    "GET",
    `/connection/${connection.id}`,
  );
  const { origin } = new URL(emulator.url);
  const edit = `${origin}/p/connect/${publicCompanyId}/workflow/${connectionMagicLinkSecret}`;
  expect(await visit(older(edit))).toMatchObject(await headingOf(edit));
});

async function headingOf(link: string) {
  const { status, heading } = await visit(link);
  expect(status).toBe(200);
  return { status, heading };
}

describe("a magic link that was never given out", () => {
  it("leads nowhere, and makes nothing", async () => {
    const { emulator, company, site, read } = await scene();
    const connection = await createConnection(emulator, company.id, { sites: [site.id] });
    const link = await read("GET", `/connection/company/${company.id}/link`);
    const { publicCompanyId, companyMagicLinkSecret } = link;
    const { connectionMagicLinkSecret } = await read("GET", `/connection/${connection.id}`);
    const { origin } = new URL(emulator.url);
    for (const path of [
      `${publicCompanyId}/${connectionMagicLinkSecret}`,
      `${publicCompanyId}/workflow/${companyMagicLinkSecret}`,
      `${publicCompanyId}/workflow/made-up`,
      `made-up/${companyMagicLinkSecret}`,
      `${publicCompanyId}/made-up`,
    ]) {
      expect((await visit(`${origin}/p/connect/${path}`)).status, path).toBe(404);
    }
    const listed = await call(emulator, "GET", `/invitation/company/${company.id}`);
    expect(listed.body).toMatchObject({ totalInvitations: 0 });
  });
});
