/** Opens the three standard streams. Writing never throws; if the reader goes away, output stops silently. */

export type Input = NodeJS.ReadableStream & {
  readonly isTTY?: boolean | undefined;
  setRawMode?(mode: boolean): unknown;
};

export type Writable = NodeJS.WritableStream & {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  getColorDepth?(env?: object): number;
};

export interface Sink {
  write(text: string): void;
  readonly isTTY: boolean;
  /** Width in cells; null if unknown, as in a pipe. */
  readonly columns: number | null;
  readonly raw: Writable;
}

/** Each is opened by its first use, which takes time. */
export interface OpenStreams {
  readonly stdin: Input;
  readonly stdout: Sink;
  readonly stderr: Sink;
}

export interface StreamOptions {
  readonly stdin: Input;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /**
   * Called where stdout can't be written for another reason, such as a full disk. Without it, such an error is thrown, as
   * Node would. stderr is talk: without it, the result is the same.
   */
  readonly onWriteError?: ((error: Error) => void) | undefined;
}

/** The reader closed its end, or the terminal is gone. */
const GONE: ReadonlySet<unknown> = new Set(["EPIPE", "EIO", "ERR_STREAM_DESTROYED"]);

/** @param options each stream is read from it by the first use */
export function openStreams(options: StreamOptions): OpenStreams {
  let stdout: Sink | null = null;
  let stderr: Sink | null = null;
  return {
    get stdin() {
      return options.stdin;
    },
    get stdout() {
      stdout ??= openSink("stdout", options);
      return stdout;
    },
    get stderr() {
      stderr ??= openSink("stderr", options);
      return stderr;
    },
  };
}

function openSink(name: "stdout" | "stderr", { [name]: raw, onWriteError }: StreamOptions): Sink {
  let gone = false;
  raw.on("error", (error: Error & { readonly code?: unknown }) => {
    if (GONE.has(error.code)) gone = true;
    else if (name === "stderr") return;
    else if (onWriteError === undefined) throw error;
    else onWriteError(error);
  });
  return {
    write(text) {
      if (!gone && text !== "") raw.write(text);
    },
    isTTY: raw.isTTY === true,
    // Read at each call: the window may have been resized.
    get columns() {
      const { columns } = raw;
      return typeof columns === "number" && columns > 0 ? columns : null;
    },
    raw,
  };
}
