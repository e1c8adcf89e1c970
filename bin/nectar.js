#!/usr/bin/env node
// The way in: tells a Node that is too old so, in one line, then starts the built tool. Plain JavaScript that a Node as
// old as 12 can still read. CommonJS, as the built tool is: Node starts faster without its loader of ES modules.
"use strict";

const [major, minor] = process.versions.node.split(".").map(Number);

function fail(line) {
  process.stderr.write(`${line}\n`);
  process.exitCode = 1;
}

// Keeps compiled code between runs, in a folder that is found safe: Node's own place for it may be another user's. A
// saving, so nothing that goes wrong here counts. The folder is found by a file of its own: what finds the other folders
// knows it, and in main.js it would come too late for the largest file that there is to compile.
function keepCompiledCode() {
  try {
    const folder = require("../dist/compile-cache.js").findCacheFolder(process);
    if (folder !== null) require("node:module").enableCompileCache(folder);
  } catch (_) {
    // This run compiles for itself.
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
