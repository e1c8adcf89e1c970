/** One attempt over HTTP against answers that break rules: it always ends, and leaves no connection behind. */
import { createServer, type Socket } from "node:net";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { post } from "../../src/webhooks/post.ts";
import { handClock } from "../emulator/webhooks/receiving.ts";

/** A server that takes every connection and leaves what it answers to the test. */
async function sockets(answer: (socket: Socket) => void) {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => open.delete(socket));
    socket.once("data", () => answer(socket));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}/`, open };
}

const gone = (open: ReadonlySet<Socket>) => vi.waitFor(() => expect(open.size).toBe(0));

function attempt(url: string, stopped = new AbortController().signal) {
  const clock = handClock();
  return { clock, outcome: post(url, {}, Buffer.from("{}"), { clock, stopped }) };
}

const ENDLESS = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";

describe("an attempt", () => {
  it("that is answered with another protocol ends with that status", async () => {
    const { url, open } = await sockets((socket) =>
      socket.write("HTTP/1.1 101 Other\r\nConnection: upgrade\r\nUpgrade: other\r\n\r\n"),
    );
    expect(await attempt(url).outcome).toEqual({ status: 101, error: null });
    await gone(open);
  });

  it("does not read an answer without end", async () => {
    let written = 0;
    const { url, open } = await sockets((socket) => {
      socket.write(ENDLESS);
      const more = () => {
        if (socket.destroyed) return;
        written += 1024;
        socket.write(`400\r\n${"x".repeat(1024)}\r\n`, more);
      };
      more();
    });
    expect(await attempt(url).outcome).toEqual({ status: 200, error: null });
    await gone(open);
    expect(written).toBeGreaterThan(64 * 1024);
  });

  it("breaks a slow answer off when its time is over", async () => {
    const { url, open } = await sockets((socket) => socket.write(`${ENDLESS}1\r\nx\r\n`));
    const { clock, outcome } = attempt(url);
    expect(await outcome).toEqual({ status: 200, error: null });
    expect(open.size).toBe(1);
    expect(clock.wake(15_000)).toBe(1);
    await gone(open);
  });

  it("breaks a slow answer off when it is stopped, and then waits for no time", async () => {
    const { url, open } = await sockets((socket) => socket.write(`${ENDLESS}1\r\nx\r\n`));
    const stopping = new AbortController();
    const { clock, outcome } = attempt(url, stopping.signal);
    expect(await outcome).toEqual({ status: 200, error: null });
    stopping.abort();
    await gone(open);
    await vi.waitFor(() => expect(clock.wake(15_000)).toBe(0));
  });
});
