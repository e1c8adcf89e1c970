/** A page of connections says what each connection's own answer says, whatever happens. */
import { expect, it } from "vitest";
import { call, createCompany, createConnection, createSite, start } from "../harness.ts";

const DAY = 24 * 60 * 60 * 1000;

it("a listed connection is the same as the connection, through everything that changes it", async () => {
  let now = Date.UTC(2025, 2, 4, 5, 6, 7);
  const clock = { now: () => now, sleep: async () => {} };
  const emulator = await start({ clock, dataDelayMs: 4000 });
  const company = await createCompany(emulator);
  const site = await createSite(emulator, company.id);
  for (const password of ["nectar-sandbox-password", "wrong"]) {
    await createConnection(emulator, company.id, { sites: [site.id], password });
  }
  const seen: string[] = [];
  const compare = async () => {
    const list = await call(emulator, "GET", `/connection/company/${company.id}`);
    for (const connection of list.body.connections) {
      const own = await call(emulator, "GET", `/connection/${connection.id}/details`);
      expect(connection).toEqual(own.body);
    }
    seen.push(JSON.stringify(list.body.connections));
    return seen.at(-1);
  };
  for (let second = 0; second < 6; second += 1) {
    await compare();
    now += 1000;
  }
  const [first] = (await call(emulator, "GET", `/connection/company/${company.id}`)).body
    .connections;
  const id = first?.id ?? "";
  await call(emulator, "PATCH", `/company/${company.id}`, { name: "Renamed" });
  expect(await compare()).toContain('"name":"Renamed"');
  await emulator.setStatus(id, "MFA_TOKEN_EXPIRED");
  expect(await compare()).toContain("MFA_TOKEN_EXPIRED");
  await emulator.setStatus(id, "CONNECTED");
  await compare();
  now += 8 * DAY;
  expect(await compare()).toContain("2025-03-11T");
  const details = await call(emulator, "GET", `/connection/${id}/details`);
  const [account] = Object(Reflect.get(details.body, "accounts"));
  await call(emulator, "PATCH", `/account/${account.id}`, { isTracked: false });
  expect(await compare()).toContain("CUSTOMER_NOT_TRACKED");
  expect(new Set(seen).size).toBeGreaterThan(6);
});
