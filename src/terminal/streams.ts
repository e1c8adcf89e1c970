/** The standard streams with the colours that each one gets. */
import type { Input, OpenStreams, Sink } from "./open-streams.ts";
import { colorLevel, type Palette, palette } from "./palette.ts";

/** What a renderer needs to know about its output. */
export interface Screen extends Pick<Sink, "columns"> {
  readonly palette: Palette;
}

export interface Output extends Sink, Screen {}

export interface Streams {
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** @param flag true for `--color`, false for `--no-color` */
export function coloredStreams(
  streams: OpenStreams,
  env: Environment,
  flag: boolean | undefined,
): Streams {
  const colored = (sink: Sink): Output => {
    const { write, isTTY, raw } = sink;
    const depth = isTTY ? raw.getColorDepth?.(withoutColorVariables(env)) : undefined;
    return {
      ...{ write, isTTY, raw, palette: palette(colorLevel({ flag, env, isTTY, depth })) },
      get columns() {
        return sink.columns;
      },
    };
  };
  return {
    // Most commands never read it.
    get stdin() {
      return streams.stdin;
    },
    stdout: colored(streams.stdout),
    stderr: colored(streams.stderr),
  };
}

/** The terminal's capability is queried without the user's preferences, which `colorLevel` applies. */
function withoutColorVariables(env: Environment): object {
  return { ...env, NO_COLOR: undefined, FORCE_COLOR: undefined, NODE_DISABLE_COLORS: undefined };
}
