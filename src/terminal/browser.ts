/** Opens the user's browser. Only for web pages: other schemes would start other programs. */

/**
 * Opens a page in the default browser without waiting for it.
 *
 * @param url http or https
 * @throws Error for another URL, and when no browser can be started
 */
export async function openInBrowser(url: string): Promise<void> {
  const { protocol, href } = new URL(url);
  if (protocol !== "https:" && protocol !== "http:")
    throw new Error(`${protocol} is not a web address`);
  const { default: open } = await import("open");
  await open(href);
}
