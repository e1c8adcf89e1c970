/** Wraps the three standard streams. Writing never throws; if the reader goes away, output stops silently. */
import { colorLevel, type Palette, palette } from "./palette.ts";

/** What a renderer needs to know about its output. */
export interface Screen {
  /** Width in cells; null if unknown, as in a pipe. */
  readonly columns: number | null;
  readonly palette: Palette;
}

export interface Output extends Screen {
  write(text: string): void;
  readonly isTTY: boolean;
  readonly raw: NodeJS.WritableStream;
}

export type Input = NodeJS.ReadableStream & {
  readonly isTTY?: boolean | undefined;
  /** Only a terminal has it. */
  setRawMode?(mode: boolean): unknown;
};

export interface Streams {
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  /** The same streams with colours according to a flag: true for `--color`, false for `--no-color`. */
  colored(flag: boolean | undefined): Streams;
}

/** A writable stream that may be a terminal. */
export type Writable = NodeJS.WritableStream & {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  getColorDepth?(env?: object): number;
};

export interface StreamOptions {
  readonly stdin: Input;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Called for other write errors, such as a full disk. Without it, such an error is thrown, as Node would. */
  readonly onWriteError?: ((error: Error, stream: "stdout" | "stderr") => void) | undefined;
}

/** The reader closed its end, or the terminal is gone. */
const GONE: ReadonlySet<unknown> = new Set(["EPIPE", "EIO", "ERR_STREAM_DESTROYED"]);

/** Opens the streams: detects what each one can display and handles its errors. */
export function openStreams(options: StreamOptions): Streams {
  const stdout = openOutput(options.stdout, "stdout", options);
  const stderr = openOutput(options.stderr, "stderr", options);
  const colored = (flag: boolean | undefined): Streams => ({
    // Opened lazily: most commands never read it, and opening it takes time.
    get stdin() {
      return options.stdin;
    },
    stdout: stdout(flag),
    stderr: stderr(flag),
    colored,
  });
  return colored(undefined);
}

/** @returns a function from the colour flag to the stream */
function openOutput(
  raw: Writable,
  name: "stdout" | "stderr",
  { env, onWriteError }: StreamOptions,
): (flag: boolean | undefined) => Output {
  const isTTY = raw.isTTY === true;
  const depth = isTTY ? raw.getColorDepth?.(withoutColorVariables(env)) : undefined;
  let gone = false;
  raw.on("error", (error: Error & { readonly code?: unknown }) => {
    if (GONE.has(error.code)) gone = true;
    else if (onWriteError === undefined) throw error;
    else onWriteError(error, name);
  });
  return (flag) => ({
    write(text) {
      if (!gone && text !== "") raw.write(text);
    },
    isTTY,
    // Read at each call: the window may have been resized.
    get columns() {
      const { columns } = raw;
      return typeof columns === "number" && columns > 0 ? columns : null;
    },
    palette: palette(colorLevel({ flag, env, isTTY, depth })),
    raw,
  });
}

/** The terminal's capability is queried without the user's preferences, which `colorLevel` applies. */
function withoutColorVariables(env: StreamOptions["env"]): object {
  return { ...env, NO_COLOR: undefined, FORCE_COLOR: undefined, NODE_DISABLE_COLORS: undefined };
}
