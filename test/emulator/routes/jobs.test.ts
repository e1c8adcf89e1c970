/** Uploads over HTTP: a job that becomes a document, the same file twice, what is no bill. */
import { deflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { call, createCompany, createSite, NOW, start } from "../harness.ts";
import { receiver, scene } from "../webhooks/receiving.ts";

const PDF = "%PDF-1.7 a bill";

/** @param count how many page objects, one of them replaced by a later revision */
function pdfOf(count: number): string {
  const page = (number: number) => `${number} 0 obj\n<</Type /Page /Parent 2 0 R>>\nendobj\n`;
  const pages = Array.from({ length: count }, (_, index) => page(index + 3));
  return `%PDF-1.4\n${pages.join("")}${page(3)}%%EOF`;
}

/** A page tree of two levels, whose root is replaced by a later revision. */
function treeOf(count: number): string {
  const node = (number: number, pages: number) =>
    `${number} 0 obj <</Type/Pages/Kids[4 0 R]/Count ${pages}>> endobj\n`;
  return `%PDF-1.4\n${node(1, 999)}${node(2, 100)}${node(3, 50)}${node(1, count)}%%EOF`;
}

/** The same in an object stream, as newer programs write it. */
function compressedPdfOf(count: number): Uint8Array<ArrayBuffer> {
  const page = "<</Type/Page/Parent 2 0 R>> ";
  const header = Array.from(
    { length: count },
    (_, index) => `${index + 3} ${index * page.length} `,
  );
  const first = header.join("");
  const body = deflateSync(first + page.repeat(count));
  const dictionary = `<</Type/ObjStm/N ${count}/First ${first.length}/Filter/FlateDecode/Length ${body.length}>>`;
  const [before, after] = [`%PDF-1.5\n1 0 obj\n${dictionary}\nstream\n`, "\nendstream\nendobj\n"];
  return new Uint8Array(Buffer.concat([Buffer.from(before), body, Buffer.from(after)]));
}

function form(content: string | Uint8Array<ArrayBuffer>, fields: Record<string, string> = {}) {
  const form = new FormData();
  form.set("document", new File([content], "bill.pdf", { type: "application/pdf" }));
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  return form;
}

async function uploading() {
  let now = NOW;
  const clock = { now: () => now, sleep: async () => {} };
  const emulator = await start({ clock, dataDelayMs: 2000 });
  const company = await createCompany(emulator);
  const site = await createSite(emulator, company.id);
  return {
    ...{ emulator, company, site },
    post: (body: FormData) => call(emulator, "POST", `/job/company/${company.id}`, body),
    get: async (path: string) => Object((await call(emulator, "GET", path)).body),
    later: (ms: number) => {
      now += ms;
    },
  };
}

describe("an upload", () => {
  it("is pending, then a document that tells its job", async () => {
    const { company, site, post, get, later } = await uploading();
    const posted = await post(form(PDF, { siteId: site.id.toUpperCase() }));
    const { id } = posted.body;
    expect(posted).toMatchObject({ status: 201, body: { id, status: "PENDING" } });
    later(1999);
    expect(await get(`/job/${id}`)).toEqual({ id, status: "PENDING" });
    expect(await get(`/document/company/${company.id}`)).toMatchObject({ totalDocuments: 0 });
    later(1);
    const job = await get(`/job/${id}`);
    const [documentId] = job.parsedDocumentIds;
    expect(job).toEqual({
      ...{ id, status: "COMPLETED", parsedDocumentIds: [documentId] },
      ...{ duplicates: 0, duplicateDocumentIds: [], nonUtilityDocumentIds: [] },
    });
    const document = await get(`/document/${documentId}`);
    expect(document).toMatchObject({
      ...{ id: documentId, jobId: id, fileName: "bill.pdf", company: company.id },
      created: new Date(NOW + 2000).toISOString(),
      ...{ totalCharges: null, billDate: null, usageData: [] },
    });
    for (const path of [`/document/company/${company.id}`, `/document/site/${site.id}`]) {
      expect(await get(path)).toMatchObject({ totalDocuments: 1, documents: [document] });
      for (const [query, total] of [
        ["dateType=CREATED_DATE&startDate=2025-03-04&endDate=2025-03-04", 1],
        ["dateType=CREATED_DATE&startDate=2025-03-05", 0],
        ["startDate=2025-01-01", 0],
        ["datasourceType=GAS", 0],
        ["identifier=1", 0],
      ] as const) {
        expect((await get(`${path}?${query}`)).totalDocuments, query).toBe(total);
      }
    }
    expect(await get(`/usage/document/${documentId}`)).toMatchObject({ totalUsageData: 0 });
  });

  it("of the same file is a duplicate, also while the first one is pending", async () => {
    const { company, site, post, get, later } = await uploading();
    const first = await post(form(PDF));
    const second = await post(form(PDF, { siteId: site.id }));
    await post(form(`${PDF}, another one`));
    later(2000);
    const [documentId] = (await get(`/job/${first.body.id}`)).parsedDocumentIds;
    expect(await get(`/job/${second.body.id}`)).toMatchObject({
      ...{ status: "COMPLETED", parsedDocumentIds: [] },
      ...{ duplicates: 1, duplicateDocumentIds: [documentId] },
    });
    expect((await get(`/document/company/${company.id}`)).totalDocuments).toBe(2);
    expect((await get(`/document/${documentId}`)).jobId).toBe(first.body.id);
  });

  it.each([
    ["plain", pdfOf],
    ["compressed", compressedPdfOf],
    ["described", treeOf],
  ])("of a %s PDF may have 150 pages, as documented, and no more", async (_, pdf) => {
    const { post } = await uploading();
    expect((await post(form(pdf(150)))).status).toBe(201);
    expect(await post(form(pdf(151)))).toMatchObject({
      status: 400,
      body: { detail: "document: must be at most 150 pages long; it has 151." },
    });
  });

  it("goes with its company", async () => {
    const { emulator, company, post, get, later } = await uploading();
    const { id } = (await post(form(PDF))).body;
    later(2000);
    const [documentId] = (await get(`/job/${id}`)).parsedDocumentIds;
    await call(emulator, "DELETE", `/company/${company.id}`);
    for (const path of [`/job/${id}`, `/document/${documentId}`]) {
      expect((await call(emulator, "GET", path)).status).toBe(404);
    }
  });

  it("sends an event when its document is there", async () => {
    const { emulator, company, clock } = await scene({ dataDelayMs: 2000 });
    const there = await receiver();
    // Also to an endpoint that is newer than the upload.
    await call(emulator, "POST", `/job/company/${company.id}`, form(PDF));
    const { endpoint } = await emulator.webhooks.add({ url: there.url });
    await call(emulator, "POST", `/job/company/${company.id}`, form(PDF));
    await emulator.webhooks.deliver();
    expect(there.types()).toEqual([]);
    clock.move(2000);
    await emulator.webhooks.deliver();
    const [payload, ...more] = there.payloads(endpoint.secret);
    expect(more).toEqual([]);
    const { body } = await call(emulator, "GET", `/document/${payload?.id}`);
    expect(payload).toEqual({ eventType: "document.created.v2", ...body });
    clock.move(2000);
    await emulator.webhooks.deliver();
    expect(there.types()).toHaveLength(1);
  });

  it("sends no event of a document that its company did not live to see", async () => {
    const { emulator, company, clock } = await scene({ dataDelayMs: 2000 });
    const there = await receiver();
    await emulator.webhooks.add({ url: there.url });
    await call(emulator, "POST", `/job/company/${company.id}`, form(PDF));
    await call(emulator, "DELETE", `/company/${company.id}`);
    clock.move(2000);
    await emulator.webhooks.deliver();
    expect(there.types()).toEqual([]);
  });

  it("has demand meters in v2.2 where the company's bills have", async () => {
    const { emulator, company, post, get, later } = await uploading();
    await call(emulator, "PATCH", `/company/${company.id}`, { isDemandEnabled: true });
    await post(form(PDF));
    later(2000);
    const { documents } = await get(`/document/company/${company.id}`);
    expect(documents).toMatchObject([{ demandMeters: [] }]);
  });
});

describe("what is no bill", () => {
  it.each([
    ["a text", form("a text"), 400, "document: must be a PDF, PNG or JPG file."],
    ["nothing", new FormData(), 400, "document: is required and must be a file."],
    ["no site", form(PDF, { siteId: "x" }), 400, "siteId: must be a UUID."],
    [
      "another company's site",
      form(PDF, { siteId: "11111111-2222-4333-8444-555555555555" }),
      400,
      "siteId: is not a site of this company.",
    ],
    [
      "a file that is too large",
      form(new Uint8Array(25 * 1024 * 1024 + 1)),
      413,
      "document: must be at most 26214400 bytes.",
    ],
    [
      "a form that is too large",
      form(new Uint8Array(26 * 1024 * 1024)),
      413,
      "The body is larger than 26279936 bytes.",
    ],
  ])("%s is refused", async (_what, body, status, detail) => {
    const { post, get, company } = await uploading();
    expect(await post(body)).toMatchObject({ status, body: { detail } });
    expect((await get(`/document/company/${company.id}`)).totalDocuments).toBe(0);
  });

  it("is refused, too, when it is no form", async () => {
    const { emulator, company } = await uploading();
    const answer = await call(emulator, "POST", `/job/company/${company.id}`, { document: PDF });
    expect(answer).toMatchObject({
      status: 415,
      body: { detail: 'Unsupported media type "application/json": send multipart/form-data.' },
    });
  });

  it.each([
    ["PNG", Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)],
    ["JPG", Uint8Array.of(0xff, 0xd8, 0xff, 0xe0)],
  ])("is not a %s", async (_kind, bytes) => {
    const { post } = await uploading();
    expect((await post(form(bytes))).status).toBe(201);
  });
});
