/** What happens to documents over time, told in pieces as whole. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { documentBody } from "../../../src/emulator/data/document-body.ts";
import { documentEvents } from "../../../src/emulator/data/document-events.ts";
import { rowId } from "../../../src/emulator/data/documents.ts";
import { sourceOf } from "../../../src/emulator/data/source.ts";
import type { ConnectionRecord } from "../../../src/emulator/state/entities.ts";
import { accountOf, allDocuments, CONNECTED, connected, DAY, viewWith } from "./connected.ts";

const END = CONNECTED + 200 * DAY;
const iso = (time: number) => new Date(time).toISOString();

/** Made from all documents at the end, without regard for how long that takes. */
function naive(connection: ConnectionRecord, view = viewWith(connection)) {
  return allDocuments(sourceOf(view, connection, END).accounts)
    .flatMap((row) => {
      const documentId = rowId(row, "document");
      const { created, deleted } = row;
      return [
        { type: "document.created.v2", at: created, documentId },
        { type: "document.updated.v2", at: deleted === created ? null : deleted, documentId },
        { type: "document.deleted.v2", at: deleted, documentId },
      ];
    })
    .filter(({ at }) => at !== null && at <= END);
}

const sorted = (events: readonly object[]) => events.map((event) => JSON.stringify(event)).sort();

describe("document events", () => {
  it("of pieces of time are those of the whole, whatever the connection went through", () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 200 * 24 }), { maxLength: 12 });
    fc.assert(
      fc.property(fc.uuid(), cuts, cuts, (id, hours, spans) => {
        const times = [...new Set(spans)].sort((one, other) => one - other);
        const at = (hour: number) => iso(CONNECTED + hour * 3_600_000);
        const collecting = [0, ...times].flatMap((hour, index, all) => {
          const until = all[index + 1];
          return index % 2 === 0
            ? [{ from: at(hour), until: until === undefined ? null : at(until) }]
            : [];
        });
        const connection = connected({ id, collecting });
        const view = viewWith(connection);
        const ends = [...new Set(hours)].sort((one, other) => one - other);
        let after = CONNECTED - DAY;
        const events = [...ends.map((hour) => CONNECTED + hour * 3_600_000), END].flatMap(
          (until) => {
            const piece = documentEvents(connection, { after, until }, view);
            expect(piece.every((event) => event.at > after && event.at <= until)).toBe(true);
            const order = piece.map((event) => event.at);
            expect(order).toEqual([...order].sort((one, other) => one - other));
            after = until;
            return piece;
          },
        );
        expect(sorted(events)).toEqual(sorted(naive(connection)));
      }),
      { numRuns: 60 },
    );
  });

  it("tell of a replacement before they tell what it replaced", () => {
    const connection = connected();
    const events = documentEvents(
      connection,
      { after: CONNECTED, until: CONNECTED + DAY },
      viewWith(connection),
    );
    const deleted = events.findIndex(({ type }) => type === "document.deleted.v2");
    expect(deleted).toBeGreaterThan(0);
    expect(events.slice(deleted).every(({ type }) => type === "document.deleted.v2")).toBe(true);
  });

  it("are none for a connection that never worked, and for no time at all", () => {
    const view = viewWith(connected());
    const range = { after: CONNECTED, until: END };
    expect(documentEvents(connected({ collecting: [] }), range, view)).toEqual([]);
    expect(documentEvents(connected(), { after: END, until: END }, view)).toEqual([]);
  });

  it("are fewer for an account that is not tracked", () => {
    const connection = connected();
    const view = viewWith(connection);
    const gas = accountOf(sourceOf(view, connection, END), "GAS").id;
    const [off, on] = [CONNECTED + 30 * DAY, CONNECTED + 100 * DAY];
    view.apply({
      op: "put",
      kind: "account",
      value: {
        id: gas,
        companyId: "company",
        connectionId: connection.id,
        isTracked: true,
        meterIsTracked: true,
        untracked: [{ from: iso(off), until: iso(on) }],
        updated: iso(on),
      },
    });
    const events = documentEvents(connection, { after: CONNECTED, until: END }, view);
    expect(sorted(events)).toEqual(sorted(naive(connection, view)));
    const untouched = documentEvents(
      connection,
      { after: off, until: on - 1 },
      viewWith(connection),
    );
    expect(documentEvents(connection, { after: off, until: on - 1 }, view).length).toBeLessThan(
      untouched.length,
    );
    const caughtUp = events.filter(({ at }) => at === on + 2000);
    expect(caughtUp).toHaveLength(2);
  });

  it("name documents that are there, as they are at that moment", () => {
    const connection = connected();
    const view = viewWith(connection);
    for (const { type, at, documentId } of documentEvents(
      connection,
      { after: CONNECTED + DAY, until: END },
      view,
    )) {
      const [before, body] = [at - 1, at].map((time) =>
        documentBody(view, connection, documentId, time),
      );
      expect(body?.updated).toBe(iso(at));
      expect(body?.isDeleted).toBe(type !== "document.created.v2");
      if (type === "document.created.v2") expect(before).toBeUndefined();
      if (type === "document.updated.v2") {
        expect([before?.revisedDocumentId, typeof body?.revisedDocumentId]).toEqual([
          ...[null, "string"],
        ]);
      }
    }
  });
});
