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
  return spans.flatMap((span) => pauses.reduce(cutOut, [span]));
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
  for (const { open, close } of windows) {
    if (ready <= close) return Math.max(ready, open);
  }
  return Number.POSITIVE_INFINITY;
}

/**
 * Which times of being ready lead to an arrival in a range: both ends of each are counted in, so the answer may be a little wide.
 * @param after the range is from after this time up to and with `until`
 */
export function readyWithin(
  windows: readonly Window[],
  after: number,
  until: number,
): readonly Window[] {
  const found: Window[] = [];
  let before = Number.NEGATIVE_INFINITY;
  for (const { open, close } of windows) {
    const isOpening = open > after && open <= until;
    const from = isOpening ? before : Math.max(after, open);
    const to = Math.min(until, close);
    if (from <= to) found.push({ open: from, close: to });
    before = close;
  }
  return found;
}

function cutOut(left: readonly Window[], cut: Window): Window[] {
  return left.flatMap(({ open, close }) =>
    [
      { open, close: Math.min(close, cut.open) },
      { open: Math.max(open, cut.close), close },
    ].filter((piece) => piece.open <= piece.close),
  );
}
