import { describe, expect, it } from "vitest";
import { eachItem, takeFirst } from "../../src/api/pages.ts";
import { pageEnvelope } from "../../src/api/resources/wire.ts";

/** Five items, two a page, and which pages were asked for. */
function paged() {
  const asked: number[] = [];
  const items = eachItem(async (page) => {
    asked.push(page);
    const envelope = {
      ...{ perPage: 2, totalPages: 3, currentPage: page },
      ...{ hasNext: page < 3, hasPrevious: page > 1 },
    };
    return { envelope, items: [2 * page - 1, 2 * page].filter((item) => item <= 5) };
  });
  return { items, asked };
}

describe("the first items", () => {
  it.each([
    [1, [1], true, [1]],
    [2, [1, 2], true, [1, 2]],
    [4, [1, 2, 3, 4], true, [1, 2, 3]],
    [5, [1, 2, 3, 4, 5], false, [1, 2, 3]],
    [6, [1, 2, 3, 4, 5], false, [1, 2, 3]],
    [undefined, [1, 2, 3, 4, 5], false, [1, 2, 3]],
  ])("up to %s are known to be cut or whole", async (limit, found, isCut, pages) => {
    const { items, asked } = paged();
    expect(await takeFirst(items, limit)).toEqual({ items: found, isCut });
    expect(asked).toEqual(pages);
  });
});

it("are paged by a server that leaves out everything but whether there is a next page", async () => {
  const items = eachItem(async (page) => ({
    envelope: pageEnvelope.parse({ hasNext: page < 3 }),
    items: [page],
  }));
  expect(await takeFirst(items)).toEqual({ items: [1, 2, 3], isCut: false });
});
