/** When data can arrive: while it is collected, and not before the delay after each start is over. Pure. */
import type { Span } from "../state/entities.ts";

/**
 * From `open` up to and with `close`, in milliseconds since 1970.
 * What arrived at the moment at which collecting ends stays: a client may have read it already.
 */
export interface Window {
  readonly open: number;
  readonly close: number;
}

/** Spans as numbers. */
export function toWindows(spans: readonly Span[]): readonly Window[] {
  return spans.map(({ from, until }) => ({
    open: Date.parse(from),
    close: until === null ? Number.POSITIVE_INFINITY : Date.parse(until),
  }));
}

/** What is left of the spans without the pauses. */
export function without(spans: readonly Window[], pauses: readonly Window[]): readonly Window[] {
  return pauses.reduce(
    (left, pause) =>
      left.flatMap(({ open, close }) => [
        ...(open <= pause.open ? [{ open, close: Math.min(close, pause.open) }] : []),
        ...(pause.close <= close ? [{ open: Math.max(open, pause.close), close }] : []),
      ]),
    spans,
  );
}

/** The times in which data arrives: each span, from as many milliseconds on. */
export function delayed(spans: readonly Window[], delayMs: number): readonly Window[] {
  return spans
    .map(({ open, close }) => ({ open: open + delayMs, close }))
    .filter(({ open, close }) => open <= close);
}

/**
 * When something arrives that is ready at a time: at once while data is collected, else when that starts again.
 * @returns infinity when it never does, as far as is known
 */
export function arrival(windows: readonly Window[], ready: number): number {
  const window = windows.find(({ close }) => ready <= close);
  return window === undefined ? Number.POSITIVE_INFINITY : Math.max(ready, window.open);
}
