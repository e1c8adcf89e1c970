// Makes this Node say that it is another version: the one in PRETEND_NODE.
Object.defineProperty(process, "versions", {
  value: { ...process.versions, node: process.env.PRETEND_NODE },
});
