/** The user's own browser. Opens web pages and nothing else: other schemes start other programs. */

/**
 * Opens a page in the default browser, and does not wait for it.
 *
 * @param url of http or https
 * @throws Error for another URL, and when no browser can be started
 */
export async function openInBrowser(url: string): Promise<void> {
  const { protocol, href } = new URL(url);
  if (protocol !== "https:" && protocol !== "http:")
    throw new Error(`${protocol} is not a web address`);
  const { default: open } = await import("open");
  await open(href);
}
