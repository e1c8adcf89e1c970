/** A vendor that has documents and usage rows, a hundred a page, under the paths of its reference. */
import { json, type StubServer, stubServer } from "./stub-server.ts";

export const COMPANY = "8f1c2f3a-5d07-4c6b-9a41-2f1f6b0c9d11";
export const CONNECTION = "9d3e0c5e-6a0f-4a52-8f53-0f9d6d3c7a11";
export const SITE = "1a2b3c4d-5d07-4c6b-9a41-2f1f6b0c9d11";
export const DOCUMENT = "5b0f6f0e-3c2e-4f0a-9d3a-7c1d0a9e4b21";

export interface Held {
  readonly documents?: readonly object[];
  readonly usage?: readonly object[];
}

export interface DataVendor extends StubServer {
  readonly env: Readonly<Record<string, string>>;
  /** Path and query of each request, below the base URL. */
  paths(): string[];
}

/** Serves what it holds, unfiltered: filtering is the vendor's part, asking for it is the tool's. */
export async function dataVendor(held: Held): Promise<DataVendor> {
  const server = await stubServer((response, { path }) => {
    const { pathname, searchParams } = new URL(path, "http://x");
    const [, , noun, kind, id] = pathname.split("/");
    const page = Number(searchParams.get("page"));
    const document = held.documents?.find((one) => "id" in one && one.id === kind);
    if (noun === "document" && id === undefined && document !== undefined) {
      return json(response, 200, document);
    }
    if (id === undefined) return json(response, 404, { detail: "Not found." });
    if (noun === "document") {
      return json(response, 200, pageOf(held.documents ?? [], page, "totalDocuments", "documents"));
    }
    if (noun === "usage") {
      return json(response, 200, pageOf(held.usage ?? [], page, "totalUsageData", "usageData"));
    }
    return json(response, 404, { detail: "Not found." });
  });
  return {
    ...server,
    env: { NECTAR_API_URL: server.url, NECTAR_API_KEY: "k" },
    paths: () => server.asked.map(({ path }) => path.replace("/v2.2", "")),
  };
}

function pageOf(items: readonly object[], page: number, total: string, name: string): object {
  const totalPages = Math.max(1, Math.ceil(items.length / 100));
  const currentPage = Math.min(page, totalPages);
  return {
    [total]: items.length,
    perPage: 100,
    totalPages,
    currentPage,
    hasNext: currentPage < totalPages,
    hasPrevious: currentPage > 1,
    [name]: items.slice((currentPage - 1) * 100, currentPage * 100),
  };
}

/** A usage row of the vendor's sample, with what a test wants to be different. */
export function usageRow(more: object = {}): Record<string, unknown> {
  return {
    id: "row-1",
    created: "2026-02-05T10:00:00",
    startDate: "2026-01-01",
    endDate: "2026-01-31",
    usage: "1234.50",
    usageUnits: "kWh",
    isEstimated: false,
    exclusion: false,
    meter: "22222222-0000-4000-8000-000000000001",
    site: { id: SITE, name: "Plant", dataCollectionStopDate: null },
    identifiers: [
      { name: "ACCOUNT", rawName: "Account", value: "A-1" },
      { name: "METER", rawName: "Meter no.", value: "0137746423" },
    ],
    datasourceType: "ELECTRICITY",
    document: { id: DOCUMENT },
    ...more,
  };
}

/** A document of the vendor's samples, with what a test wants to be different. */
export function documentOf(more: object = {}): Record<string, unknown> {
  return {
    id: DOCUMENT,
    created: "2026-02-05T10:00:00",
    updated: "2026-02-06T10:00:00Z",
    url: "https://files.example/bill.pdf?signature=abc",
    billDate: "2026-02-05",
    dueDate: "2026-02-25",
    chargesUnits: "USD",
    totalCharges: "12345678901234567.89",
    taxCharges: "10.10",
    utilityCompany: "City Power",
    isFlagged: false,
    revisedDocumentId: null,
    company: COMPANY,
    usageData: [
      usageRow(),
      usageRow({ id: "row-2", datasourceType: "GAS", usageUnits: "thm (US)" }),
    ],
    lineItems: [
      {
        description: "Energy charge",
        quantity: "1234.50",
        quantityUnits: "kWh",
        rate: "0.1812",
        totalCharge: "223.69",
        chargeType: null,
      },
      { description: "Tax", totalCharge: 10.1, chargeType: "TAX" },
    ],
    ...more,
  };
}
