/** When data can arrive: while it is being collected, after the delay that follows each start. Pure. */
import type { Span } from "../state/entities.ts";

/**
 * From `open` to `close`, both inclusive, in milliseconds since 1970.
 * Data that arrived at the very moment collection ended stays: a client may have read it already.
 */
export interface Window {
  readonly open: number;
  readonly close: number;
}

/** The spans after something began or ended, or went on as before; `when` is in ISO 8601, UTC. */
export function spansWith(
  spans: readonly Span[],
  isOngoing: boolean,
  when: string,
): readonly Span[] {
  const last = spans.at(-1);
  const isOpen = last !== undefined && last.until === null;
  if (isOngoing) return isOpen ? spans : [...spans, { from: when, until: null }];
  return isOpen ? [...spans.slice(0, -1), { ...last, until: when }] : spans;
}

export function toWindows(spans: readonly Span[]): readonly Window[] {
  return spans.map(({ from, until }) => ({
    open: Date.parse(from),
    close: until === null ? Number.POSITIVE_INFINITY : Date.parse(until),
  }));
}

/** The spans with the pauses cut out. A pause that ended as it began cuts nothing. */
export function without(spans: readonly Window[], pauses: readonly Window[]): readonly Window[] {
  return pauses
    .filter(({ open, close }) => open < close)
    .reduce(
      (left, pause) =>
        left.flatMap(({ open, close }) => [
          ...(open <= pause.open ? [{ open, close: Math.min(close, pause.open) }] : []),
          ...(pause.close <= close ? [{ open: Math.max(open, pause.close), close }] : []),
        ]),
      spans,
    );
}

/** The spans, each starting `delayMs` milliseconds later; spans that end before that are dropped. */
export function delayed(spans: readonly Window[], delayMs: number): readonly Window[] {
  return spans
    .map(({ open, close }) => ({ open: open + delayMs, close }))
    .filter(({ open, close }) => open <= close);
}

/**
 * When data that is ready at a given time arrives: immediately during collection, else when collection resumes.
 * @returns infinity when collection is not known to resume
 */
export function arrival(windows: readonly Window[], ready: number): number {
  const window = windows.find(({ close }) => ready <= close);
  return window === undefined ? Number.POSITIVE_INFINITY : Math.max(ready, window.open);
}
