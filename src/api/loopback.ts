/** The loopback interface: recognises local hosts, and runs servers that only this machine can reach. */
import type { Server } from "node:http";
import { codeOf, type NextCommand, UsageError } from "../errors.ts";

/** The only address that servers listen on. */
export const LOOPBACK = "127.0.0.1";

/** Whether a URL's host is this machine. Matches the whole parsed host: `127.0.0.1.example` is another machine. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

/**
 * Starts a server on loopback.
 *
 * @param port 0 lets the system pick one
 * @param next the commands to suggest if the port is not available
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

/** Closes a server and all its connections at once. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    // A keep-alive connection would keep the process running until it times out.
    server.closeAllConnections();
  });
}

function listenFailure(error: Error, port: number, next: readonly NextCommand[]): Error {
  if (codeOf(error) === "EADDRINUSE") {
    return new UsageError("port_in_use", `port ${port} on ${LOOPBACK} is in use`, {
      hint: "Choose another with --port; --port 0 picks a free one.",
      next,
    });
  }
  return codeOf(error) === "EACCES"
    ? new UsageError("port_not_allowed", `your user is not allowed to use port ${port}`, {
        hint: "Choose one above 1023 with --port; --port 0 picks a free one.",
        next,
      })
    : error;
}
