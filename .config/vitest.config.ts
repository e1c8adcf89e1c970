import { defineConfig } from "vitest/config";

export default defineConfig({
  root: new URL("..", import.meta.url).pathname,
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // Two cores in CI; every file has its own temporary folder, so files may run side by side.
    pool: "forks",
    env: { NO_COLOR: "", FORCE_COLOR: "", CI: "", NECTAR_API_KEY: "", NECTAR_LOCAL: "" },
  },
});
