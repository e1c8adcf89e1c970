/** Companies: created, listed with their sites, updated, deleted with everything that belongs to them. */
import type { Hono } from "hono";
import { type CompanyUpdate, companyCreate, companyUpdate } from "../../api/resources/company.ts";
import { emulatorTime, isoOf, type Time } from "../clock.ts";
import { LONGEST_LAG_MS } from "../faults/table.ts";
import { CALLER_EMAIL } from "../http/guard.ts";
import { answerList, type ListMoment, listMoment } from "../http/lists.ts";
import { badField, found } from "../http/refusal.ts";
import { addRoute, changing, idOf, json, type RouteParts, reading } from "../http/routing.ts";
import type { View } from "../state/collections.ts";
import { blankCompany, companyBody, companyWith } from "../state/company.ts";
import type { Change, CompanyRecord, SiteRecord } from "../state/entities.ts";

/** @see https://docs.nectarclimate.com/api-reference/companies/create-company */
export function addCompanies(app: Hono, parts: RouteParts): void {
  const { store, clock, ids } = parts;
  addRoute(app, "/company", {
    // A bare array: the only list that is not paginated. Its contents are fixed before the first item is sent.
    GET: async (c) => {
      const { companies, sites } = await store.read((view) =>
        listCompanies(view, listMoment(c, view, clock)),
      );
      return answerList(c, companies, (company, index) => companyBody(company, sites[index] ?? []));
    },
    POST: async (c) => {
      const given = await json(companyCreate)(c);
      checkUsers(given);
      // Our choice: two companies may share a name and an external ID; no rule about it is documented.
      const [id, publicId] = [ids(), ids()];
      const body = await store.write((view, changes) => {
        const now = emulatorTime(view, clock);
        const company = companyWith(blankCompany(id, publicId, given.name, now), given);
        changes.push({ op: "put", kind: "company", value: company });
        return companyBody(company, []);
      });
      // Inferred: the 201, from creating a site.
      return c.json(body, 201);
    },
  });
  addRoute(app, "/company/:id", {
    GET: reading(parts, (view, id, _, c) =>
      companyBody(found(view.company(id)), visibleSites(view, id, listMoment(c, view, clock))),
    ),
    // Inferred: the 200, and the company as the body; the same goes for sites and accounts.
    PATCH: changing(parts, json(companyUpdate), 200, ({ view, id, c }, given, changes) => {
      checkUsers(given);
      const value = companyWith(found(view.company(id)), given);
      changes.push({ op: "put", kind: "company", value });
      return companyBody(value, visibleSites(view, id, listMoment(c, view, clock)));
    }),
    // Inferred: method and path, from the operation's title and its neighbours. The 204 is documented.
    DELETE: async (c) => {
      const id = idOf(c);
      // Our choice: everything is deleted immediately. Nectar deletes in the background; how long that takes is not documented.
      await store.write((view, changes) => {
        const company = found(view.company(id));
        changes.push(...retainDeleted(company, view, emulatorTime(view, clock)));
        changes.push({ op: "delete", kind: "company", id });
      });
      return c.body(null, 204);
    },
  });
}

/**
 * The companies of a list; those deleted after the list's moment come last.
 * @returns the companies, and the sites of each in the same order; without an object for each, because a long list stays in
 *   memory while it is sent
 */
function listCompanies(view: View, moment: ListMoment) {
  const existing = view.companies().filter(moment.shows);
  const deletedSince = moment.isPast
    ? view
        .deletedCompanies()
        .filter(
          ({ company, deleted }) => moment.shows(company) && Date.parse(deleted) > moment.time,
        )
    : [];
  return {
    companies: [...existing, ...deletedSince.map(({ company }) => company)],
    sites: [
      ...existing.map(({ id }) => visibleSites(view, id, moment)),
      ...deletedSince.map(({ sites }) => sites.filter(moment.shows)),
    ],
  };
}

/** Our choice: the sites inside a company are a list and lag like one, even when the company was read by ID. */
function visibleSites(view: View, companyId: string, moment: ListMoment): readonly SiteRecord[] {
  const sites = view.sitesOf(companyId);
  return moment.isPast ? sites.filter(moment.shows) : sites;
}

/** Stores a deleted company for as long as a list can lag, and removes those stored for longer. */
function retainDeleted(company: CompanyRecord, view: View, now: Time): readonly Change[] {
  const sites = view.sitesOf(company.id);
  const expired = [...view.deletedCompanies()].filter(
    ({ deleted }) => Date.parse(deleted) + LONGEST_LAG_MS <= now,
  );
  const value = { id: company.id, deleted: isoOf(now), company, sites };
  return [
    ...expired.map(({ id }): Change => ({ op: "delete", kind: "deletedCompany", id })),
    { op: "put", kind: "deletedCompany", value },
  ];
}

/** Documented: users without an account are a 400. Our choice: only the caller has one here. */
function checkUsers({ users }: CompanyUpdate): void {
  const unknownUser = users?.find((email) => email.toLowerCase() !== CALLER_EMAIL);
  if (unknownUser !== undefined) {
    throw badField("users", `only ${CALLER_EMAIL} has an account on the local emulator`);
  }
}
