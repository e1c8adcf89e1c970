/** A deletion: what its ledgers hold before, while and after it, whatever the response. */
import { describe, expect, it } from "vitest";
import {
  AuthError,
  InterruptedError,
  type NectarError,
  NetworkError,
  NotFoundError,
  RefusedError,
} from "../../src/errors.ts";
import { createLedger, type Ledger, type LedgerState } from "../../src/onboarding/ledger.ts";
import { removeCompany } from "../../src/onboarding/removal.ts";

const KEY = { target: "https://vendor.example/v2.2", company: "external:acme" };
const COMPANY = {
  kind: "company",
  key: KEY.company,
  id: "c1",
  companyId: "c1",
  name: "Acme",
  made: "created",
} as const;
const REQUEST = { path: "/company", body: {} };
const lost = new NetworkError("timeout", "no response", { processed: "unknown" });
const missing = new NotFoundError("not_found", "not found");

/** A ledger, with what it holds on disk. */
async function ledgerOf(): Promise<{ ledger: Ledger; saved: () => LedgerState }> {
  let saved: LedgerState | null = null;
  const ledger = createLedger(
    {
      state: null,
      write: async (state) => {
        saved = state;
      },
      check: () => {},
      close: async () => {},
    },
    KEY,
    () => 5,
  );
  await ledger.settle(COMPANY);
  return {
    ledger,
    saved: () => {
      if (saved === null) throw new Error("nothing was saved");
      return saved;
    },
  };
}

/** @param responses of the delete and of the read by ID: an error, or null for a success */
async function removed(responses: { delete: NectarError | null; read?: NectarError | null }) {
  const { ledger, saved } = await ledgerOf();
  const during: LedgerState["deleted"][] = [];
  const forgotten: string[] = [];
  const outcome = await removeCompany("c1", {
    api: {
      async deleteCompany() {
        during.push(saved().deleted);
        if (responses.delete !== null) throw responses.delete;
      },
      async getCompany(id) {
        if (responses.read) throw responses.read;
        const sites = undefined;
        return { id, name: "Acme", externalId: null, dataCollectionStartDate: null, sites };
      },
    },
    ledgers: [ledger],
    forget: async (id) => {
      during.push(saved().deleted);
      forgotten.push(id);
    },
  }).catch((error: unknown) => error);
  return { outcome, deleted: saved().deleted, during, forgotten, ledger };
}

const marked = { id: "c1", at: 5, isConfirmed: false };
const confirmed = { id: "c1", at: 5, isConfirmed: true };

describe("a company that is deleted", () => {
  it("is marked before the request, and confirmed once the profiles no longer name it", async () => {
    const { outcome, during, deleted, forgotten } = await removed({ delete: null });
    expect([outcome, during, deleted]).toEqual(["deleted", [[marked], [marked]], [confirmed]]);
    expect(forgotten).toEqual(["c1"]);
  });

  it("takes along the run that was not finished and the creates that were open in it", async () => {
    const { ledger, saved } = await ledgerOf();
    const open = { kind: "site", key: "name:plant", name: "Plant", sentAt: 1, until: 9 } as const;
    await ledger.intend({ ...open, companyId: "c1", before: [] }, REQUEST);
    await ledger.intend({ ...open, key: "name:x", companyId: "c2", before: [] }, REQUEST);
    await ledger.markDeleted("c1");
    await ledger.confirmDeleted("c1");
    expect(saved().intents.map(({ key }) => key)).toEqual(["name:x"]);
    expect(saved()).toMatchObject({ run: null, deleted: [confirmed] });
  });

  it("is done with a 404", async () => {
    const { outcome, deleted } = await removed({ delete: missing });
    expect([outcome, deleted]).toEqual(["gone", [confirmed]]);
  });

  it("is looked up by ID where the response was lost", async () => {
    const gone = await removed({ delete: lost, read: missing });
    expect([gone.outcome, gone.deleted, gone.forgotten]).toEqual(["deleted", [confirmed], ["c1"]]);
    for (const read of [null, lost]) {
      const unknown = await removed({ delete: lost, read });
      expect(unknown.outcome).toMatchObject({ code: "timeout", message: lost.message });
      expect([unknown.deleted, unknown.forgotten]).toEqual([[marked], []]);
    }
  });

  it("is no longer marked where the request surely had no effect", async () => {
    for (const error of [
      new AuthError("not_allowed", "not allowed"),
      new RefusedError("refused", "refused"),
      new NetworkError("unreachable", "refused", { processed: "no" }),
    ]) {
      const { outcome, deleted, forgotten } = await removed({ delete: error });
      expect([outcome, deleted, forgotten]).toEqual([error, [], []]);
    }
  });

  it("stays marked where the run was stopped meanwhile", async () => {
    const stop = new InterruptedError("sigint");
    const { outcome, deleted } = await removed({ delete: stop });
    expect([outcome, deleted]).toEqual([stop, [marked]]);
  });
});
