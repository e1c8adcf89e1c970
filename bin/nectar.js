#!/usr/bin/env node
// Entry point: reports a Node that is too old, else starts the built tool. Plain JavaScript that even Node 12 can parse.
// CommonJS, like the built tool: Node starts faster without its ES module loader.
"use strict";

const [major, minor] = process.versions.node.split(".").map(Number);

function fail(line) {
  process.stderr.write(`${line}\n`);
  process.exitCode = 1;
}

// Caches compiled code between runs, in a folder checked to be safe: Node's default folder may belong to another user.
// Only an optimization, so errors are ignored. The lookup is a separate file: within main.js it would run too late to
// cache main.js, the largest file.
function keepCompiledCode() {
  try {
    const folder = require("../dist/compile-cache.js").findCacheFolder(process);
    if (folder !== null) require("node:module").enableCompileCache(folder);
  } catch (_) {
    // This run compiles without a cache.
  }
}

if (major < 20 || (major === 20 && minor < 19)) {
  fail(
    `nectar needs Node 20.19 or newer; this is v${process.versions.node}. Install a newer Node from https://nodejs.org and run it again.`,
  );
} else if (require("node:fs").existsSync(`${__dirname}/../dist/main.js`)) {
  if (major >= 22) keepCompiledCode();
  require("../dist/main.js").main();
} else {
  fail("nectar is not built yet. In its folder, run: npm run build");
}
