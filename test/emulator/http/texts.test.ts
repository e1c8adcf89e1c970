/** Remembered texts: an answer that is put together says what one that is written anew says. */
import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import { answerList, Texts, withField } from "../../../src/emulator/http/texts.ts";

describe("texts", () => {
  it("are written once for an object and what else they depend on", () => {
    const texts = new Texts<object>();
    const [one, other] = [{}, {}];
    let written = 0;
    const write = () => {
      written += 1;
      return String(written);
    };
    const asked = [one, one, other].map((key) => texts.of(key, null, write));
    expect(asked).toEqual(["1", "1", "2"]);
    expect([texts.of(one, other, write), texts.of(one, other, write)]).toEqual(["3", "3"]);
  });

  it("are right however many there are", () => {
    const texts = new Texts<{ readonly id: number }>();
    const keys = Array.from({ length: 3000 }, (_, id) => ({ id }));
    for (let round = 0; round < 60; round += 1) {
      const wrong = keys.filter((key) => texts.of(key, null, () => `${key.id}`) !== `${key.id}`);
      expect(wrong).toEqual([]);
    }
  });
});

describe("a field at the end", () => {
  it.each([{}, { a: 1 }, { a: { b: [] }, c: "}" }])("of %j is JSON", (object) => {
    expect(JSON.parse(withField(object, 'l"', "[1,2]"))).toEqual({ ...object, 'l"': [1, 2] });
  });
});

describe("a list", () => {
  it.each([0, 1, 99, 100, 101, 200, 1234])("of %i is whole, in pieces or at once", async (size) => {
    const app = new Hono();
    const items = Array.from({ length: size }, (_, index) => ({ index, text: "é€😀" }));
    const parts = items.map((item) => () => JSON.stringify(item));
    app.get("/", (c) => answerList(c, parts));
    const answer = await app.request("/");
    expect(answer.headers.get("content-type")).toBe("application/json");
    expect(await answer.json()).toEqual(items);
  });
});
