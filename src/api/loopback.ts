/** This machine as a host: which hosts are it, and a server that it alone can reach. Knows nothing of what is served. */
import type { Server } from "node:http";
import { type NextCommand, UsageError } from "../errors.ts";

/** The only address that is ever listened on. */
export const LOOPBACK = "127.0.0.1";

/** Whether a URL's host is this machine. Compares the parsed host, never text: `127.0.0.1.example` is another machine. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

/**
 * Begins to listen on loopback.
 *
 * @param port 0 lets the system pick one
 * @param next what to do where the port can't be had
 * @returns the port
 * @throws {UsageError} `port_in_use` or `port_not_allowed`
 */
export function listenOnLoopback(
  server: Server,
  port: number,
  next: readonly NextCommand[],
): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => reject(listenFailure(error, port, next)));
    server.listen({ port, host: LOOPBACK, exclusive: true }, () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}

/** Ends a server and all its connections at once. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    // A kept-alive connection would keep the process running until it times out.
    server.closeAllConnections();
  });
}

function listenFailure(error: Error, port: number, next: readonly NextCommand[]): Error {
  const code = "code" in error ? error.code : null;
  if (code === "EADDRINUSE") {
    return new UsageError("port_in_use", `port ${port} of ${LOOPBACK} is in use`, {
      hint: "Choose another with --port; --port 0 picks a free one.",
      next,
    });
  }
  return code === "EACCES"
    ? new UsageError("port_not_allowed", `port ${port} is not open to your user`, {
        hint: "Choose one above 1023 with --port; --port 0 picks a free one.",
        next,
      })
    : error;
}
