/** An emulator that has its process for itself, with the adapter's own Request and Response: the same answers, the same faults. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { call, createCompany, createConnection, createSite, start } from "./harness.ts";

const globals = { Request: globalThis.Request, Response: globalThis.Response };
beforeEach(() => {
  Object.assign(globalThis, globals);
});
afterEach(() => {
  Object.assign(globalThis, globals);
});

it("answers what one among others answers", async () => {
  const bodies: unknown[] = [];
  for (const ownProcess of [true, false]) {
    let made = 0;
    const ids = () => {
      made += 1;
      return `00000000-0000-4000-8000-${String(made).padStart(12, "0")}`;
    };
    const emulator = await start({ ownProcess, ids, dataDelayMs: 0 });
    const company = await createCompany(emulator, { name: "Zürich" });
    const site = await createSite(emulator, company.id);
    const { id } = await createConnection(emulator, company.id, { sites: [site.id] });
    const paths = ["/company", `/company/${company.id}`, `/connection/${id}/details`];
    const lists = [`/connection/company/${company.id}`, `/document/company/${company.id}`];
    const answers = [];
    for (const path of [...paths, ...lists, "/nothing"]) {
      const { status, body, headers } = await call(emulator, "GET", path);
      answers.push({ status, body, type: headers.get("content-type") });
    }
    answers.push((await call(emulator, "POST", "/company", {})).body);
    const form = new FormData();
    form.set("name", "Form");
    const path = `/site/company/${company.id}`;
    answers.push((await call(emulator, "POST", path, form)).body);
    const deleted = await call(emulator, "DELETE", `/company/${company.id}`);
    answers.push([deleted.status, deleted.body]);
    bodies.push(answers);
    Object.assign(globalThis, globals);
  }
  expect(bodies[0]).toEqual(bodies[1]);
});

it("meets faults", async () => {
  const emulator = await start({ ownProcess: true });
  await createCompany(emulator);
  await emulator.faults.add({ status: 503, headers: { "retry-after": "1" } });
  const refused = await call(emulator, "GET", "/company");
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "1"]);
  await emulator.faults.add({ malformed: true });
  await expect(call(emulator, "GET", "/company")).rejects.toThrow(SyntaxError);
  await emulator.faults.add({ truncate: 5 });
  await expect(call(emulator, "GET", "/company")).rejects.toThrow();
  await emulator.faults.add({ slowBody: { bytesPerSecond: 100_000 } });
  expect((await call(emulator, "GET", "/company")).body).toHaveLength(1);
});

it("sends a long list whole", async () => {
  const emulator = await start({ ownProcess: true });
  await Promise.all(
    Array.from({ length: 250 }, (_, index) =>
      createCompany(emulator, { name: `Company ${index}` }),
    ),
  );
  expect((await call(emulator, "GET", "/company")).body).toHaveLength(250);
});
