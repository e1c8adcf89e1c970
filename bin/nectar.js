#!/usr/bin/env node
// The way in: tells a Node that is too old so, in one line, then starts the built tool. Plain JavaScript without
// top-level await or any import, so that a Node as old as 12 can still read it and say what is wrong.
const [major, minor] = process.versions.node.split(".").map(Number);
const entry = new URL("../dist/main.js", import.meta.url);

function fail(line) {
  process.stderr.write(`${line}\n`);
  process.exitCode = 1;
}

// Keeps compiled code between runs, in Node's own place for it. A saving, so nothing that goes wrong here counts.
function keepCompiledCode() {
  try {
    process.getBuiltinModule("module").enableCompileCache();
  } catch (_) {
    // This run compiles for itself.
  }
}

if (major < 20 || (major === 20 && minor < 17)) {
  fail(
    `nectar needs Node 20.17 or newer; this is v${process.versions.node}. Install a newer Node from https://nodejs.org and run it again.`,
  );
} else {
  if (major >= 22) keepCompiledCode();
  import(entry.href).then(
    ({ main }) => main(),
    (error) => {
      if (process.getBuiltinModule("fs").existsSync(entry)) throw error;
      fail("nectar is not built yet. In its folder, run: npm run build");
    },
  );
}
