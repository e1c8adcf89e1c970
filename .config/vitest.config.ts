import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import manifest from "../package.json" with { type: "json" };

export default defineConfig({
  root: fileURLToPath(new URL("..", import.meta.url)),
  // The build sets the same; see src/main.ts.
  define: { __NECTAR_VERSION__: JSON.stringify(manifest.version) },
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A machine that is busy with other things is no failure.
    expect: { poll: { timeout: 15_000 } },
    // Many tests wait for a process or a socket more than they work, and every file has a temporary folder of its own.
    maxWorkers: 3,
    pool: "forks",
    env: { NO_COLOR: "", FORCE_COLOR: "", CI: "", NECTAR_API_KEY: "", NECTAR_LOCAL: "" },
  },
});
