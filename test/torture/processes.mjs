/** What other users of a machine can see of a process: its command line, and those of the processes that it starts. */
import { existsSync, readFileSync } from "node:fs";
import { leaksIn } from "./search.mjs";

/** A process lives longer than this, so none is missed. Milliseconds. */
const LOOK_MS = 4;

/** Only Linux shows it as files. */
export const CAN_LOOK = existsSync(`/proc/${process.pid}/task/${process.pid}/children`);

/**
 * Looks at a process and at all that it starts until it is stopped.
 *
 * @param options.own whether its own command line is looked at; not where the tester put the secret there
 * @returns a function that ends it and gives the processes seen and what was found
 */
export function watchProcess(pid, forms, { own }) {
  const seen = new Map();
  const children = new Set();
  const found = new Map();
  const note = (where, bytes) => {
    const { count, forms: which } = leaksIn(bytes, forms);
    if (count > 0) found.set(where, { count, which });
  };
  const look = (one, parent) => {
    const line = read(`/proc/${one}/cmdline`);
    const text = line.toString("latin1");
    // Until it has become another program, a child is the picture of its parent.
    if (text !== "" && text !== parent && seen.get(one) !== text) {
      seen.set(one, text);
      const isOwn = parent === null;
      if (!isOwn) children.add(one);
      if (!isOwn || own) note(`the arguments of ${isOwn ? "the tool" : "its child"}`, line);
      // The tester gave the tool its environment; what it hands on is its own doing.
      if (!isOwn) note("the environment of its child", read(`/proc/${one}/environ`));
    }
    const started = read(`/proc/${one}/task/${one}/children`).toString("utf8").trim();
    for (const child of started.split(" ")) if (child !== "") look(child, text);
  };
  if (!CAN_LOOK) return () => ({ seen: 0, children: 0, leaked: 0, wrong: [] });
  const lookAgain = () => look(pid, null);
  lookAgain();
  const timer = setInterval(lookAgain, LOOK_MS);
  return () => {
    clearInterval(timer);
    let leaked = 0;
    const wrong = [];
    for (const [where, { count, which }] of found) {
      leaked += count;
      wrong.push(`${count} bytes of a secret in ${where} (${which.join("; ")})`);
    }
    return { seen: seen.size, children: children.size, leaked, wrong };
  };
}

function read(path) {
  try {
    return readFileSync(path);
  } catch {
    return Buffer.alloc(0);
  }
}
