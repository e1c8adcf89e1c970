/** Runs the built tool in a pseudo-terminal, and types what a person would once it shows what it waits for. */
import { type IPty, spawn } from "@lydell/node-pty";
import { afterEach } from "vitest";
import { BIN } from "./built-tool.ts";
import { HANG_MS, type Home } from "./nectar-process.ts";

export const KEY = {
  enter: "\r",
  up: "\u001b[A",
  down: "\u001b[B",
  backspace: "\u007f",
  ctrlC: "\u0003",
  ctrlD: "\u0004",
  escape: "\u001b",
} as const;

/** A sequence that paints: Select Graphic Rendition, ECMA-48 §8.3.117. */
export const COLOR = /\u001b\[[0-9;:]*m/;

export interface TerminalOptions {
  readonly columns?: number;
  readonly env?: Readonly<Record<string, string>>;
}

export interface TerminalEnd {
  readonly status: number;
  /** Everything that was sent to the terminal. */
  readonly shown: string;
}

export interface Terminal {
  /** Waits until the text is shown, behind what was awaited before. */
  shows(text: string): Promise<void>;
  /** Waits for each text, then types what belongs to it. */
  answer(...steps: readonly (readonly [awaited: string, keys: string])[]): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<TerminalEnd>;
}

const open = new Set<IPty>();
afterEach(() => {
  for (const terminal of open) terminal.kill("SIGKILL");
  open.clear();
});

/** Starts `nectar WORDS` in a terminal of its own. */
export function openTerminal(
  home: Home,
  words: readonly string[],
  options: TerminalOptions = {},
): Terminal {
  const { columns = 80, env = {} } = options;
  const all = { ...home.env, TERM: "xterm-256color", ...env };
  const pty = spawn(process.execPath, [BIN, ...words], {
    name: all.TERM,
    cols: columns,
    rows: 30,
    cwd: home.folder,
    env: all,
  });
  open.add(pty);
  let shown = "";
  let from = 0;
  let over = false;
  let listener = () => {};
  pty.onData((text) => {
    shown += text;
    listener();
  });
  const ended = new Promise<TerminalEnd>((resolve, reject) => {
    const timer = setTimeout(() => {
      pty.kill("SIGKILL");
      reject(new Error(`had not ended after ${HANG_MS} ms; shown: ${JSON.stringify(shown)}`));
    }, HANG_MS);
    pty.onExit(({ exitCode }) => {
      clearTimeout(timer);
      open.delete(pty);
      over = true;
      listener();
      resolve({ status: exitCode, shown });
    });
  });
  ended.catch(() => {});
  const shows = (text: string) =>
    new Promise<void>((resolve, reject) => {
      listener = () => {
        const at = shown.indexOf(text, from);
        if (at < 0 && !over) return;
        listener = () => {};
        if (at < 0) {
          const all = JSON.stringify(shown);
          reject(new Error(`ended without showing ${JSON.stringify(text)}; shown: ${all}`));
        } else {
          from = at + text.length;
          resolve();
        }
      };
      listener();
    });
  return {
    shows,
    kill: (signal) => pty.kill(signal),
    async answer(...steps) {
      for (const [awaited, keys] of steps) {
        await shows(awaited);
        pty.write(keys);
      }
    },
    ended,
  };
}

/** What is shown without the sequences that move, clear and paint, a line each. */
export function linesOf(shown: string): readonly string[] {
  return shown
    .replace(/\u001b\[[0-9;?]*[A-Za-z]/g, "")
    .split(/\r*\n/)
    .map((line) => line.replace(/.*\r(?=.)/, "").trimEnd());
}

/** Whether the cursor is seen at the end: what was last said of it shows it, or nothing was said. */
export function cursorIsShown(shown: string): boolean {
  return shown.lastIndexOf("\u001b[?25h") >= shown.lastIndexOf("\u001b[?25l");
}
