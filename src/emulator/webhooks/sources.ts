/** What the webhooks need to know of a connection's data. All of it is computed from what is stored of the connection and its accounts. */
import { accountBodies } from "../data/account-body.ts";
import { type DocumentEvent, documentBody, documentEvents } from "../data/document-events.ts";
import type { SourceView } from "../data/source.ts";
import type { View } from "../state/collections.ts";
import type { ConnectionRecord } from "../state/entities.ts";

export interface DataSources {
  /** What happened to a connection's documents after one time and up to another, in milliseconds since 1970. */
  documentEvents(
    connection: ConnectionRecord,
    range: { readonly after: number; readonly until: number },
    view: View,
  ): readonly DocumentEvent[];
  /** A document as a route would answer it at a time; undefined when there is none. */
  documentBody(
    view: View,
    connection: ConnectionRecord,
    documentId: string,
    now: number,
  ): object | undefined;
  /** The accounts that a connection shows at a time. */
  accounts(view: SourceView, connection: ConnectionRecord, now: number): readonly object[];
}

/** The emulator's own data. */
export const DATA_SOURCES: DataSources = { documentEvents, documentBody, accounts: accountBodies };
