/** Walks through the emulator's routes in all their states. What an answer must look like is the contract's business. */
import { expect } from "vitest";
import type { RunningEmulator } from "../../src/emulator/emulator.ts";
import { SANDBOX } from "../emulator/harness.ts";
import { type Ask, textOf } from "./checked.ts";

export const UNKNOWN = "11111111-2222-4333-8444-555555555555";

/** A company with sites and one connected sandbox login. */
export interface Sandbox {
  readonly company: string;
  readonly sites: readonly string[];
  readonly connection: string;
}

export async function makeSandbox(
  ask: Ask,
  emulator: RunningEmulator,
  siteCount = 2,
): Promise<Sandbox> {
  const company = await created(ask, emulator, "/company", {
    name: "Sandbox Test Company",
    externalId: "sandbox-test-001",
  });
  const sites: string[] = [];
  for (let index = 0; index < siteCount; index += 1) {
    const site = { name: `Site ${index}`, address: `${index} Main St`, path: ["US", "CA"] };
    sites.push(await created(ask, emulator, `/site/company/${company}`, site));
  }
  const login = { ...SANDBOX, country: "US", sites };
  const connection = await created(ask, emulator, `/connection/company/${company}`, login);
  return { company, sites, connection };
}

export async function created(
  ask: Ask,
  emulator: RunningEmulator,
  path: string,
  body: unknown,
): Promise<string> {
  const answer = await ask(emulator, "POST", path, body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return textOf(answer.body, "id");
}

/** Every way in which a request can be refused before its route looks at what it is about. */
export async function refused(
  ask: Ask,
  emulator: RunningEmulator,
  method: string,
  path: string,
): Promise<void> {
  const body = method === "GET" ? undefined : {};
  const stranger = { ...emulator, key: "somebody-else" };
  expect((await ask(stranger, method, path, body)).status).toBe(401);
  if (method === "GET") return;
  const json = { "content-type": "application/json" };
  expect((await ask(emulator, method, path, "{", json)).status).toBe(400);
  expect((await ask(emulator, method, path, "[]", json)).status).toBe(400);
  const xml = { "content-type": "application/xml" };
  expect((await ask(emulator, method, path, "<a/>", xml)).status).toBe(415);
  const huge = JSON.stringify({ name: "x".repeat(1024 * 1024) });
  expect((await ask(emulator, method, path, huge, json)).status).toBe(413);
}

/** A paged list from its first page to past its end, where the last page comes again. */
export async function paged(
  ask: Ask,
  emulator: RunningEmulator,
  path: string,
): Promise<readonly unknown[]> {
  const query = path.includes("?") ? `${path}&` : `${path}?`;
  const pages: unknown[] = [];
  for (;;) {
    const page = pages.length + 1;
    const { status, body } = await ask(emulator, "GET", `${query}page=${page}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ currentPage: page, hasPrevious: page > 1 });
    pages.push(body);
    if (Reflect.get(body as object, "hasNext") === false) break;
  }
  const past = await ask(emulator, "GET", `${query}page=${pages.length + 900}`);
  expect(past.body).toEqual(pages.at(-1));
  for (const page of ["0", "-1", "one", ""]) {
    expect((await ask(emulator, "GET", `${query}page=${page}`)).status).toBe(400);
  }
  return pages;
}
