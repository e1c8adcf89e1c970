/** The three standard streams as the rest sees them. Writing never throws; a reader that went away ends the talk quietly. */
import { colorLevel, type Palette, palette } from "./palette.ts";

/** What a renderer needs to know of the place where its text will stand. */
export interface Screen {
  /** Width in cells; null when it is unknown, as in a pipe. */
  readonly columns: number | null;
  readonly palette: Palette;
}

export interface Output extends Screen {
  write(text: string): void;
  readonly isTTY: boolean;
  readonly raw: NodeJS.WritableStream;
}

export type Input = NodeJS.ReadableStream & { readonly isTTY?: boolean | undefined };

export interface Streams {
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  /** The same streams, coloured as a flag says: true by `--color`, false by `--no-color`. */
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
  /** Called when writing failed otherwise, for instance on a full disk. Without it such an error is thrown, as Node would. */
  readonly onWriteError?: ((error: Error, stream: "stdout" | "stderr") => void) | undefined;
}

/** The reader closed its end, or the terminal is gone. */
const GONE: ReadonlySet<unknown> = new Set(["EPIPE", "EIO", "ERR_STREAM_DESTROYED"]);

/** Opens the streams: finds out what each one can show and listens for its errors. */
export function openStreams(options: StreamOptions): Streams {
  const stdout = openOutput(options.stdout, "stdout", options);
  const stderr = openOutput(options.stderr, "stderr", options);
  const colored = (flag: boolean | undefined): Streams => ({
    // Opened when it is asked for: most commands never read it, and opening it takes time.
    get stdin() {
      return options.stdin;
    },
    stdout: stdout(flag),
    stderr: stderr(flag),
    colored,
  });
  return colored(undefined);
}

/** @returns the stream, coloured as a flag says */
function openOutput(
  raw: Writable,
  name: "stdout" | "stderr",
  { env, onWriteError }: StreamOptions,
): (flag: boolean | undefined) => Output {
  const isTTY = raw.isTTY === true;
  const depth = isTTY ? raw.getColorDepth?.(withoutWishes(env)) : undefined;
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

/** What the terminal can do is asked apart from what the user wants; `colorLevel` weighs the wishes. */
function withoutWishes(env: StreamOptions["env"]): object {
  return { ...env, NO_COLOR: undefined, FORCE_COLOR: undefined, NODE_DISABLE_COLORS: undefined };
}
