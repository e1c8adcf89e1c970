/** The progress of many companies on a terminal: one line, with those that failed above it. */
import type { Progress } from "../../terminal/progress.ts";
import { printable } from "../../terminal/sanitize.ts";
import { messageOf, type Row } from "./rows.ts";

export interface BarOptions {
  readonly progress: Progress;
  readonly total: number;
  readonly clock: { now(): number };
  /** Until when no request is sent because the server asked for a pause, in milliseconds since the epoch. */
  readonly pausedUntil: () => number;
}

/** Shows one more company as ended. */
export type Bar = (row: Row) => void;

export function startBar({ progress, total, clock, pausedUntil }: BarOptions): Bar {
  const began = clock.now();
  let done = 0;
  const show = () => progress.start(barText(done, total, clock.now() - began, pause()));
  const pause = () => Math.max(0, pausedUntil() - clock.now());
  show();
  return (row) => {
    done += 1;
    if (row.exit !== "done" && row.kind !== "stopped") {
      const name = printable(row.name, 40).padEnd(20);
      progress.fail(`${name}  ${printable(messageOf(row), 200)}   line ${row.line}`);
    }
    show();
  };
}

/**
 * @param tookMs since the first company was begun
 * @param pauseMs how long the server still wants no requests
 */
export function barText(done: number, total: number, tookMs: number, pauseMs: number): string {
  const parts = [
    `${grouped(done)} of ${grouped(total)} companies`,
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

function seconds(ms: number): string {
  const all = Math.ceil(ms / 1000);
  return all < 120 ? `${all} s` : `${Math.ceil(all / 60)} min`;
}

/** With a space between thousands. */
function grouped(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, " ");
}
