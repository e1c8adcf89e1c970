/** The page that lists what the emulator has is as the API's description and the emulator are. `npm run docs` writes it. */
import { expect, it } from "vitest";
import { Contract } from "./openapi.ts";
import { supportedPage } from "./supported.ts";

it("SUPPORTED.md is up to date", async () => {
  const page = supportedPage(new Contract());
  await expect(page).toMatchFileSnapshot("../../.github/docs/SUPPORTED.md");
});
