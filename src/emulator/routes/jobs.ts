/** Jobs: an uploaded bill becomes a document some time later. */
import { createHash } from "node:crypto";
import type { Context, Hono } from "hono";
import { isoOf } from "../clock.ts";
import { pdfPages } from "../data/pdf-pages.ts";
import { isCompleted } from "../data/uploads.ts";
import { readFiles } from "../http/body.ts";
import { badField, found, Refusal } from "../http/refusal.ts";
import { addRoute, changing, type RouteParts, reading } from "../http/routing.ts";
import { toUuid } from "../http/validation.ts";
import type { JobRecord } from "../state/entities.ts";

/** In bytes. Documented as 25 MB; our choice: MB means 2^20 bytes. */
const MAX_FILE_BYTES = 25 * 1024 * 1024;

/** Documented. */
const MAX_PDF_PAGES = 150;

/** Allowance for the rest of the form, in bytes. */
const FORM_ALLOWANCE_BYTES = 64 * 1024;

/** The first bytes of the documented file types. */
const SIGNATURES = [
  Buffer.from("%PDF-"),
  Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
  Buffer.from([0xff, 0xd8, 0xff]),
];

/** @see https://docs.nectarclimate.com/developer-guide/document-upload.md */
export function addJobs(app: Hono, parts: RouteParts): void {
  const { ids, dataDelayMs } = parts;
  addRoute(app, "/job/company/:id", {
    // Inferred: the 201.
    POST: changing(parts, readUpload, 201, ({ view, id: companyId, now }, given, changes) => {
      found(view.company(companyId));
      const { siteId, digest } = given;
      if (siteId !== null && view.site(siteId)?.companyId !== companyId) {
        throw badField("siteId", "is not a site of this company");
      }
      const before = view.jobsOf(companyId).find((one) => one.digest === digest);
      const value: JobRecord = {
        ...{ id: ids(), companyId, ...given },
        created: isoOf(now),
        completed: isoOf(now + dataDelayMs),
        documentId: before?.documentId ?? ids(),
        isDuplicate: before !== undefined,
        announcedUntil: isoOf(now - 1),
      };
      changes.push({ op: "put", kind: "job", value });
      return jobBody(value, now);
    }),
  });
  addRoute(app, "/job/:id", {
    GET: reading(parts, (view, id, now) => jobBody(found(view.job(id)), now)),
  });
}

async function readUpload(c: Context) {
  const form = await readFiles(c, MAX_FILE_BYTES + FORM_ALLOWANCE_BYTES);
  const { fileName, digest } = await readBill(form.get("document"));
  return { siteId: readSite(form.get("siteId")), fileName, digest };
}

/** @throws {Refusal} 400 not a file of a documented type, or a PDF with too many pages; 413 too large */
async function readBill(given: File | string | null) {
  if (given === null || typeof given === "string") {
    throw badField("document", "is required and must be a file");
  }
  if (given.size > MAX_FILE_BYTES) {
    throw new Refusal(413, `document: must be at most ${MAX_FILE_BYTES} bytes.`);
  }
  const bytes = Buffer.from(await given.arrayBuffer());
  if (!SIGNATURES.some((signature) => bytes.subarray(0, signature.length).equals(signature))) {
    throw badField("document", "must be a PDF, PNG or JPG file");
  }
  const pages = pdfPages(bytes);
  if (pages > MAX_PDF_PAGES) {
    throw badField("document", `must be at most ${MAX_PDF_PAGES} pages long; it has ${pages}`);
  }
  return { fileName: given.name, digest: createHash("sha256").update(bytes).digest("hex") };
}

/** @throws {Refusal} 400 not a UUID. Our choice: an empty string means no site. */
function readSite(given: File | string | null): string | null {
  if (given === null || given === "") return null;
  const id = typeof given === "string" ? toUuid(given) : null;
  if (id === null) throw badField("siteId", "must be a UUID");
  return id;
}

/** Documented: the results of a job are included once it has completed. */
function jobBody(job: JobRecord, now: number) {
  const { id, documentId, isDuplicate } = job;
  if (!isCompleted(job, now)) return { id, status: "PENDING" };
  return {
    id,
    status: "COMPLETED",
    parsedDocumentIds: isDuplicate ? [] : [documentId],
    duplicates: isDuplicate ? 1 : 0,
    duplicateDocumentIds: isDuplicate ? [documentId] : [],
    nonUtilityDocumentIds: [],
  };
}
