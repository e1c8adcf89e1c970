import { expect, it } from "vitest";
import { openInBrowser } from "../../src/terminal/browser.ts";

it.each(["file:///etc/passwd", "javascript:alert(1)", "vscode://open", "--help", ""])(
  "opens nothing but web pages, and not %j",
  async (url) => {
    await expect(openInBrowser(url)).rejects.toThrow(/is not a web address|Invalid URL/);
  },
);
