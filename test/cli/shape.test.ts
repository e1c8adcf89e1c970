import { expect, it } from "vitest";
import {
  listOf,
  membersAt,
  objectOf,
  orNull,
  pathsOf,
  text,
  valueAt,
  whole,
} from "../../src/cli/shape.ts";

const shape = listOf(
  objectOf(
    { id: text, company: orNull(objectOf({ id: text, name: text })) },
    { sites: listOf(objectOf({ name: text, count: whole })) },
  ),
);
const row = {
  id: "1",
  company: { id: "2", name: "Acme" },
  sites: [
    { name: "Plant", count: 1 },
    { name: "Store", count: 2 },
  ],
};

it("names every member, through lists and what may be null", () => {
  expect(pathsOf(shape)).toEqual([
    ...["id", "company", "company.id", "company.name"],
    ...["sites", "sites.name", "sites.count"],
  ]);
});

it("requires what is always there", () => {
  expect(shape.items?.required).toEqual(["id", "company"]);
});

it("reads the value at a path", () => {
  expect(valueAt(row, "company.name")).toBe("Acme");
  expect(valueAt(row, "sites.name")).toEqual(["Plant", "Store"]);
  expect(valueAt({ company: null }, "company.name")).toBeUndefined();
  expect(valueAt(row, "toString")).toBeUndefined();
});

it("keeps the members at the paths, in their order", () => {
  const kept = membersAt([row], ["sites.name", "company.id", "id"]);
  expect(JSON.stringify(kept)).toBe(
    '[{"sites":[{"name":"Plant"},{"name":"Store"}],"company":{"id":"2"},"id":"1"}]',
  );
  expect(membersAt(row, ["company.id", "company"])).toEqual({
    company: row.company,
  });
  expect(membersAt({ company: null }, ["company.id", "no"])).toEqual({
    company: null,
  });
});
