/** Which hosts are this machine. Pure. */

/** Whether a URL's host is this machine. Compares the parsed host, never text: `127.0.0.1.example` is another machine. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
