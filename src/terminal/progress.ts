/** What is going on, on stderr: a spinner on a terminal, plain lines elsewhere. Never writes to stdout. */
import { printable } from "./sanitize.ts";
import type { Output } from "./streams.ts";

/** The lines that it takes are written as they are, so that they may be painted; foreign text in them has to be printable already. */
export interface Progress {
  /** Shows what is being done now, in place of what was. Without a spinner this writes nothing. */
  start(label: string): void;
  /** A line that stays, without a symbol. */
  note(line: string): void;
  /** Ends what was started, with a line that stays. */
  done(line: string): void;
  /** The same for what went wrong. */
  fail(line: string): void;
  /** Clears the spinner's line and gives the cursor back. May be called at any time, and again. */
  stop(): void;
}

export interface ProgressOptions {
  /** stderr */
  readonly output: Output;
  /** False with `--quiet` and `--json`: then nothing is written at all. */
  readonly enabled: boolean;
  /** A terminal that can redraw a line: not in CI, not `TERM=dumb`. */
  readonly spinner: boolean;
  /** Whether the terminal shows ✔ and ✖; else `+` and `x`. */
  readonly unicode: boolean;
}

interface Spinner {
  text: string;
  readonly isSpinning: boolean;
  start(): unknown;
  stop(): unknown;
}

const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const PLAIN_FRAMES = ["-", "\\", "|", "/"];
const FRAME_MS = 80;

/** Makes the display. ora is loaded on the first `start` that shows a spinner. */
export function createProgress(options: ProgressOptions): Progress {
  const { output, enabled, unicode } = options;
  const { palette } = output;
  let label: string | null = null;
  let spinner: Spinner | null = null;
  let loading = false;

  const load = async (): Promise<void> => {
    const { default: ora } = await import("ora");
    const frames = (unicode ? FRAMES : PLAIN_FRAMES).map(palette.cyan);
    spinner = ora({
      stream: output.raw,
      isEnabled: true,
      // Our own stdin handling stays: otherwise ora would swallow Ctrl-C.
      discardStdin: false,
      // ora asks a global chalk; the frames are painted for this stream instead.
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
  const line = (text: string): void => {
    hide();
    if (enabled) output.write(`${text}\n`);
  };
  const end = (symbol: string, text: string): void => {
    label = null;
    line(`${symbol} ${text}`);
  };

  return {
    start(text) {
      // ora never comes to an end in a terminal of no width.
      if (!enabled || !options.spinner || !output.isTTY || output.columns === null) return;
      label = printable(text);
      if (spinner !== null) return show();
      if (loading) return;
      loading = true;
      // Only an ornament: where it can't be loaded, the plain lines tell the same.
      load().catch(() => undefined);
    },
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
