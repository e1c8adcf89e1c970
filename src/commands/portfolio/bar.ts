/** The progress of many companies on a terminal: one line, with those that failed above it; else a line for each tenth. */
import type { Context } from "../../app/context.ts";
import type { Progress } from "../../terminal/progress.ts";
import { printable } from "../../terminal/sanitize.ts";
import { formatDuration } from "../../words/duration.ts";
import { grouped } from "../usage/decimal.ts";
import { messageOf, type Row } from "./rows.ts";

export interface BarOptions extends Pick<Context, "clock"> {
  readonly progress: Progress;
  readonly total: number;
  /** Ends the bar. */
  readonly signal: AbortSignal;
  /** Until when no request is sent because the server asked for a pause, in milliseconds since the epoch. */
  readonly pausedUntil: () => number;
}

export type Bar = (row: Row) => void;

/** How often it is brought up to date while no company ends, in milliseconds. */
const REFRESH_MS = 1_000;

export function startBar({ progress, total, clock, signal, pausedUntil }: BarOptions): Bar {
  const began = clock.now();
  let done = 0;
  const text = () => barText(done, total, clock.now() - began, pause());
  const pause = () => Math.max(0, pausedUntil() - clock.now());
  const tenths = () => Math.floor((done * 10) / Math.max(1, total));
  progress.start(text());
  const refresh = async (): Promise<void> => {
    for (;;) {
      progress.update(text());
      await clock.sleep(REFRESH_MS, signal);
    }
  };
  refresh().catch(() => {});
  return (row) => {
    const before = tenths();
    done += 1;
    if (row.exit !== "done" && row.kind !== "stopped") {
      const name = printable(row.name, 40).padEnd(20);
      progress.fail(`${name}  ${printable(messageOf(row), 200)}   line ${row.line}`);
    }
    if (tenths() > before) progress.start(text());
    else progress.update(text());
  };
}

/**
 * @param tookMs since the first company was begun
 * @param pauseMs how long the server still wants no requests
 */
export function barText(done: number, total: number, tookMs: number, pauseMs: number): string {
  const parts = [
    `${grouped(String(done))} of ${grouped(String(total))} companies`,
    `${Math.floor((done / Math.max(1, total)) * 100)} %`,
  ];
  if (pauseMs > 0) parts.push(`waiting ${seconds(pauseMs)} for the server's rate limit`);
  else if (done > 0 && tookMs > 0) {
    const rate = (done / tookMs) * 1000;
    parts.push(`${rate < 10 ? rate.toFixed(1) : Math.round(rate)} a second`);
    if (done < total) parts.push(`${seconds(((total - done) / rate) * 1000)} left`);
  }
  return parts.join("   ");
}

/** In whole seconds, and never none while something is left. */
function seconds(ms: number): string {
  return formatDuration(Math.ceil(ms / 1000) * 1000);
}
