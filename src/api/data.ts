/** The data that connections collect: documents and usage rows, by company, site, connection or document. */
import type { Call } from "./call.ts";
import type { HttpRequest } from "./http.ts";
import { eachItem, type Page } from "./pages.ts";
import type { Document } from "./resources/document.ts";
import type { DateType, Usage } from "./resources/usage.ts";
import { pathOf } from "./routes.ts";

/** The owner of the documents or usage. */
export interface DataScope {
  readonly kind: "company" | "site" | "connection";
  readonly id: string;
}

export type UsageScope = DataScope | { readonly kind: "document"; readonly id: string };

/**
 * Every field is optional and applies independently. Without `dateType` the vendor compares bill dates, or, for one
 * document's usage, the usage period.
 * @see https://docs.nectarclimate.com/developer-guide/filtering
 */
export interface UsageFilter {
  /** `YYYY-MM-DD`, inclusive. */
  readonly startDate?: string | undefined;
  /** `YYYY-MM-DD`, inclusive. */
  readonly endDate?: string | undefined;
  readonly dateType?: DateType | undefined;
  readonly types?: readonly string[] | undefined;
  /** A meter's identifier; compared without dashes, spaces and leading zeros. */
  readonly identifier?: string | undefined;
}

export interface DocumentFilter extends UsageFilter {
  readonly includeDeleted?: boolean | undefined;
}

export interface CountedDocuments extends Page<Document> {
  /** Across all pages. */
  readonly total: number;
}

/**
 * The data endpoints. Every method throws only NectarErrors. The large schemas are created for the first request. The
 * paths are the reference's: the guide mentions another form for usage only, and no page shows a response to it.
 *
 * @see https://docs.nectarclimate.com/api-reference/v2-2/documents/get-documents-by-connection
 * @see https://docs.nectarclimate.com/developer-guide/filtering.md (usage)
 */
export function createDataApi(call: Call) {
  async function documentPage(
    scope: DataScope,
    page: number,
    query: readonly Parameter[],
    signal?: AbortSignal,
  ): Promise<CountedDocuments> {
    const path = pathOf`/document/${scope.kind}/${scope.id}`;
    const request = { ...paged(path, page, query), ...(signal ? { signal } : {}) };
    const { DocumentPage } = await import("./resources/document.ts");
    const envelope = await call(request, DocumentPage);
    return { envelope, items: envelope.documents, total: envelope.totalDocuments };
  }

  return {
    /** All documents, with pages fetched lazily. */
    listDocuments(scope: DataScope, filter: DocumentFilter = {}): AsyncIterable<Document> {
      const query = queryOf(filter);
      if (filter.includeDeleted) query.push(["isDeleted", "true"]);
      return eachItem((page) => documentPage(scope, page, query));
    },
    /**
     * One page of up to a hundred documents.
     *
     * @param page from 1; a number past the end returns the last page
     * @param signal aborts the request
     */
    documentPage: (scope: DataScope, page: number, signal?: AbortSignal) =>
      documentPage(scope, page, [], signal),
    /** Inferred: the path, from the vendor's operation name "Get Document Details". */
    async getDocument(id: string) {
      const { Document } = await import("./resources/document.ts");
      return call({ method: "GET", path: pathOf`/document/${id}` }, Document);
    },
    /** All rows, with pages fetched lazily. */
    listUsage(scope: UsageScope, filter: UsageFilter = {}): AsyncIterable<Usage> {
      const query = queryOf(filter);
      const path = pathOf`/usage/${scope.kind}/${scope.id}`;
      return eachItem(async (page) => {
        const { UsagePage } = await import("./resources/usage.ts");
        const envelope = await call(paged(path, page, query), UsagePage);
        return { envelope, items: envelope.usageData };
      });
    },
  };
}

type Parameter = readonly [name: string, value: string];

function paged(path: string, page: number, query: readonly Parameter[]): HttpRequest {
  return { method: "GET", path, query: [...query, ["page", String(page)]] };
}

function queryOf(filter: UsageFilter): Parameter[] {
  const { startDate, endDate, dateType, types, identifier } = filter;
  const given = (name: string, value: string | undefined): Parameter[] =>
    value === undefined ? [] : [[name, value]];
  return [
    ...given("startDate", startDate),
    ...given("endDate", endDate),
    ...given("dateType", dateType),
    ...(types ?? []).map((type): Parameter => ["datasourceType", type]),
    ...given("identifier", identifier),
  ];
}
