/** The connection data that webhooks need, all computed from the stored connection and accounts. */
import { accountBodies } from "../data/account-body.ts";
import { type DocumentEvent, documentBody, documentEvents } from "../data/document-events.ts";
import type { SourceView } from "../data/source.ts";
import type { View } from "../state/collections.ts";
import type { ConnectionRecord } from "../state/entities.ts";

export interface DataSources {
  /** Events of a connection's documents, `after` exclusive, `until` inclusive, in milliseconds since 1970. */
  documentEvents(
    connection: ConnectionRecord,
    range: { readonly after: number; readonly until: number },
    view: View,
  ): readonly DocumentEvent[];
  /** A document as the API would return it at time `now`; undefined when it does not exist. */
  documentBody(
    view: View,
    connection: ConnectionRecord,
    documentId: string,
    now: number,
  ): object | undefined;
  /** The accounts of a connection at time `now`. */
  accounts(view: SourceView, connection: ConnectionRecord, now: number): readonly object[];
}

/** The emulator's own data. */
export const DATA_SOURCES: DataSources = { documentEvents, documentBody, accounts: accountBodies };
