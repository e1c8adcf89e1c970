/** Somebody who opens an invitation's link, as far as HTTP goes: reads the page, fills its form in, sends it. */
import { expect } from "vitest";
import type { RunningEmulator } from "../../src/emulator/emulator.ts";
import { call, createCompany, createSite, SANDBOX } from "./harness.ts";
import { invitationWire } from "./wire.ts";

export interface Page {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
  readonly heading: string;
  /** Where it is shown: its form is sent there. */
  readonly address: string;
  /** Where a redirect leads; empty for none. */
  readonly location: string;
}

export type Entries = readonly (readonly [name: string, value: string])[];

export const LOGIN: Entries = [
  ["username", SANDBOX.username],
  ["password", SANDBOX.password],
];

/** Opens a page; redirects are followed. */
export async function visit(url: string): Promise<Page> {
  return pageOf(await fetch(url), url);
}

/** Sends a form as a browser does from the page itself, unless other headers are given; no redirect is followed. */
export async function post(
  address: string,
  entries: Entries,
  headers: Readonly<Record<string, string>> = { Origin: new URL(address).origin },
): Promise<Page> {
  const body = new URLSearchParams();
  for (const [name, value] of entries) body.append(name, value);
  const response = await fetch(address, { method: "POST", body, headers, redirect: "manual" });
  return pageOf(response, address);
}

/** Sends a page's form and goes where it leads. */
export async function send({ address }: Page, entries: Entries): Promise<Page> {
  const { status, location } = await post(address, entries);
  expect(status).toBe(303);
  return visit(location);
}

/** Follows the link with this text. */
export async function follow(page: Page, text: string): Promise<Page> {
  const links = [...page.text.matchAll(/<a [^>]*href="([^"]*)"[^>]*>(.*?)<\/a>/gs)];
  const link = links.find(([, , label = ""]) => label.includes(text));
  expect(link, text).toBeDefined();
  return visit(new URL(link?.[1] ?? "", page.address).href);
}

async function pageOf(response: Response, url: string): Promise<Page> {
  const text = await response.text();
  const location = response.headers.get("location");
  return {
    status: response.status,
    text,
    headers: response.headers,
    heading: /<h1>([^<]*)<\/h1>/.exec(text)?.[1] ?? "",
    address: response.url,
    location: location === null ? "" : new URL(location, url).href,
  };
}

/** Goes to the login of an invitation that asks for nothing but the utility before it. */
export async function toLogin(url: string): Promise<Page> {
  return follow(await visit(url), "Nectar Sandbox");
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
