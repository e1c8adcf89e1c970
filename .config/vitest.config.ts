import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import manifest from "../package.json" with { type: "json" };

export default defineConfig({
  root: fileURLToPath(new URL("..", import.meta.url)),
  // The build sets the same constant; see src/main.ts.
  define: { __NECTAR_VERSION__: JSON.stringify(manifest.version) },
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Generous, so that tests pass on a busy machine.
    expect: { poll: { timeout: 30_000 } },
    // Many tests mostly wait for a process or socket, and every file has its own temporary folder.
    maxWorkers: 3,
    pool: "forks",
    env: { NO_COLOR: "", FORCE_COLOR: "", CI: "", NECTAR_API_KEY: "", NECTAR_LOCAL: "" },
  },
});
