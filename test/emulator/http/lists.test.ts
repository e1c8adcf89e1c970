/** A whole list is the same JSON, whether it is written at once or in pieces. */
import { Hono } from "hono";
import { expect, it } from "vitest";
import { answerList } from "../../../src/emulator/http/lists.ts";

it.each([0, 1, 99, 100, 101, 200, 1234])("a list of %i is whole", async (size) => {
  const app = new Hono();
  const items = Array.from({ length: size }, (_, index) => ({ index, text: "é€😀" }));
  app.get("/", (c) => answerList(c, items, (item) => item));
  const answer = await app.request("/");
  expect(answer.headers.get("content-type")).toBe("application/json");
  expect(await answer.json()).toEqual(items);
});
