/** Shows progress on stderr. Never writes to stdout. */
import type { Ora } from "ora";
import { printable } from "./sanitize.ts";
import type { Output } from "./streams.ts";

/** A line is plain text of any origin: it is made printable where it is written. Only its symbol has a colour. */
export interface Progress {
  /** The current work begins. */
  start(label: string): void;
  /** Replaces the label of the current work, where it can be replaced in place. */
  update(label: string): void;
  /** Writes a permanent line without a symbol. */
  note(line: string): void;
  /** Ends the current work with a permanent line. */
  done(line: string): void;
  /** Like `done`, for a failure. */
  fail(line: string): void;
  /** Clears the spinner's line and restores the cursor. May be called at any time, and repeatedly. */
  stop(): void;
}

export interface ProgressOptions {
  readonly output: Output;
  /** False with `--quiet` and `--json`: nothing is written. */
  readonly enabled: boolean;
  /**
   * `spinner`: the current work is drawn in place. `lines`: it is a line, and nothing has a symbol, which a screen reader
   * would read out. `results`: it is not written.
   */
  readonly shows: "spinner" | "lines" | "results";
  /** Whether the terminal shows ✔ and ✖; else `+` and `x`. */
  readonly unicode: boolean;
}

const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const PLAIN_FRAMES = ["-", "\\", "|", "/"];
const FRAME_MS = 80;
const MAX_LINE_LENGTH = 4000;

/** Creates the progress display. ora is loaded by the first `start` that shows a spinner. */
export function createProgress(options: ProgressOptions): Progress {
  const { output, enabled, shows, unicode } = options;
  const { palette } = output;
  let label: string | null = null;
  let spinner: Ora | null = null;
  let loading = false;

  const load = async (): Promise<void> => {
    const { default: ora } = await import("ora");
    const frames = (unicode ? FRAMES : PLAIN_FRAMES).map(palette.cyan);
    spinner = ora({
      stream: output.raw,
      isEnabled: true,
      // We handle stdin ourselves; otherwise ora would swallow Ctrl-C.
      discardStdin: false,
      // ora uses a global chalk; the frames are coloured for this stream instead.
      color: false,
      spinner: { frames, interval: FRAME_MS },
    });
    show();
  };
  const show = (): void => {
    if (spinner === null || label === null) return;
    spinner.text = label;
    if (!spinner.isSpinning) spinner.start();
  };
  const hide = (): void => {
    if (spinner?.isSpinning) spinner.stop();
  };
  const line = (text: string, symbol = ""): void => {
    hide();
    if (enabled) output.write(`${symbol}${printable(text, MAX_LINE_LENGTH)}\n`);
  };
  const end = (symbol: string, text: string): void => {
    label = null;
    line(text, shows === "lines" ? "" : `${symbol} `);
  };
  const draw = (text: string): void => {
    // ora never returns in a terminal without a width.
    if (!enabled || shows !== "spinner" || output.columns === null) return;
    label = printable(text);
    show();
    if (loading) return;
    loading = true;
    // Optional: if ora can't be loaded, the plain lines show the same information.
    load().catch(() => undefined);
  };

  return {
    start(text) {
      if (shows !== "lines") draw(text);
      else if (text !== label) {
        line(text);
        label = text;
      }
    },
    update: draw,
    note(text) {
      line(text);
      show();
    },
    done: (text) => end(palette.green(unicode ? "✔" : "+"), text),
    fail: (text) => end(palette.red(unicode ? "✖" : "x"), text),
    stop() {
      label = null;
      hide();
    },
  };
}
