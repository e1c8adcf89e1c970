/** Somebody who opens an invitation's link, as far as HTTP goes: reads the page, fills its form in, sends it. */
import { expect } from "vitest";
import type { RunningEmulator } from "../../src/emulator/emulator.ts";
import { call, createCompany, createSite, SANDBOX } from "./harness.ts";
import { invitationWire } from "./wire.ts";

export interface Page {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
  /** The sealed state of the page's form; empty where it has none. */
  readonly form: string;
  readonly heading: string;
}

export type Entries = readonly (readonly [name: string, value: string])[];

export const LOGIN: Entries = [
  ["username", SANDBOX.username],
  ["password", SANDBOX.password],
];

export async function visit(url: string): Promise<Page> {
  return pageOf(await fetch(url, { redirect: "manual" }));
}

/** Sends a form as a browser does from the page itself, unless other headers are given. */
export async function send(
  url: string,
  entries: Entries,
  headers: Readonly<Record<string, string>> = { Origin: new URL(url).origin },
): Promise<Page> {
  const body = new URLSearchParams();
  for (const [name, value] of entries) body.append(name, value);
  return pageOf(await fetch(url, { method: "POST", body, headers, redirect: "manual" }));
}

async function pageOf(response: Response): Promise<Page> {
  const text = await response.text();
  return {
    status: response.status,
    text,
    headers: response.headers,
    form: /name="form" value="([^"]*)"/.exec(text)?.[1] ?? "",
    heading: /<h1>([^<]*)<\/h1>/.exec(text)?.[1] ?? "",
  };
}

/** Goes to the login's form of an invitation for anyone. */
export async function toLogin(url: string): Promise<Page> {
  const first = await visit(url);
  return send(url, [
    ["form", first.form],
    ["url", SANDBOX.url],
  ]);
}

/** A company with sites, and an invitation to it. */
export async function invite(
  emulator: RunningEmulator,
  options: Record<string, unknown> = {},
  sites: readonly string[] = ["Plant"],
) {
  const company = await createCompany(emulator);
  const siteIds: string[] = [];
  for (const name of sites) siteIds.push((await createSite(emulator, company.id, { name })).id);
  const answer = await call(emulator, "POST", `/invitation/company/${company.id}`, options);
  expect(answer.status).toBe(201);
  return { company, siteIds, id: answer.body.id, url: urlOf(answer.body) };
}

/** An invitation to renew a connection's login. */
export async function inviteAgain(
  emulator: RunningEmulator,
  connectionId: string,
  options: Record<string, unknown> = {},
) {
  const path = `/invitation/connection/${connectionId}`;
  const { body } = await call(emulator, "POST", path, options);
  return { id: body.id, url: urlOf(body) };
}

function urlOf(body: unknown): string {
  return invitationWire.parse(body).invitationUrl ?? "";
}
