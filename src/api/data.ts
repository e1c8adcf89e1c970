/** The data that connections bring: documents and usage rows, by what they belong to. */
import type { Call } from "./call.ts";
import type { HttpRequest } from "./http.ts";
import { eachItem, type Page } from "./pages.ts";
import { Document, DocumentPage } from "./resources/document.ts";
import { type DateType, type Usage, UsagePage } from "./resources/usage.ts";
import { documentPath, documentsPath, usagePath } from "./routes.ts";

/** Whose documents or usage. */
export interface DataScope {
  readonly kind: "company" | "site" | "connection";
  readonly id: string;
}

export type UsageScope = DataScope | { readonly kind: "document"; readonly id: string };

/**
 * Each is optional and applied on its own. Without `dateType` the vendor compares bill dates, and for the usage of
 * one document its usage period.
 * @see https://docs.nectarclimate.com/developer-guide/filtering
 */
export interface UsageFilter {
  /** `YYYY-MM-DD`, inclusive. */
  readonly startDate?: string | undefined;
  /** `YYYY-MM-DD`, inclusive. */
  readonly endDate?: string | undefined;
  readonly dateType?: DateType | undefined;
  readonly types?: readonly string[] | undefined;
  /** Of a meter; compared without dashes, spaces and leading zeros. */
  readonly identifier?: string | undefined;
}

export interface DocumentFilter extends UsageFilter {
  readonly includeDeleted?: boolean | undefined;
}

export interface CountedDocuments extends Page<Document> {
  /** On all pages. */
  readonly total: number;
}

/** The part of the API that hands out data. Every method throws a NectarError and nothing else. */
export interface DataApi {
  /** Every document on every page, fetched as they are asked for. */
  listDocuments(scope: DataScope, filter?: DocumentFilter): AsyncIterable<Document>;
  /**
   * One page of a hundred.
   *
   * @param page from 1; past the end it is the last one again
   * @param signal gives the request up
   */
  documentPage(scope: DataScope, page: number, signal?: AbortSignal): Promise<CountedDocuments>;
  /** Inferred: this path, from the name of the vendor's operation "Get Document Details". */
  getDocument(id: string): Promise<Document>;
  /** Every row on every page, fetched as they are asked for. */
  listUsage(scope: UsageScope, filter?: UsageFilter): AsyncIterable<Usage>;
}

/** The methods over one way to call. */
export function dataOver(call: Call): DataApi {
  async function documentPage(
    scope: DataScope,
    page: number,
    query: readonly Parameter[],
    signal?: AbortSignal,
  ): Promise<CountedDocuments> {
    const request = { ...paged(documentsPath(scope), page, query), ...(signal ? { signal } : {}) };
    const envelope = await call(request, DocumentPage);
    return { envelope, items: envelope.documents, total: envelope.totalDocuments };
  }

  return {
    listDocuments(scope, filter = {}) {
      const query = queryOf(filter);
      if (filter.includeDeleted) query.push(["isDeleted", "true"]);
      return eachItem((page) => documentPage(scope, page, query));
    },
    documentPage: (scope, page, signal) => documentPage(scope, page, [], signal),
    getDocument: (id) => call({ method: "GET", path: documentPath(id) }, Document),
    listUsage(scope, filter = {}) {
      const query = queryOf(filter);
      return eachItem(async (page) => {
        const envelope = await call(paged(usagePath(scope), page, query), UsagePage);
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
