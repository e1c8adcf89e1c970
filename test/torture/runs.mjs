/** One try: a run that something happens to, the same command again, and what came of both. */
import { examine, sumOf } from "./account.mjs";
import { filesIn, formsOf, foundSecret, searchAll } from "./search.mjs";

/** A line of a stack, which no user should see. */
export const STACK = /^\s+at .*(?:\d+:\d+\)?|<anonymous>\)?|native\)?)$/m;

/** Looks at what a run of one command ended with. */
export function checkEnd(ended, expected, which = "the run") {
  const wrong = [];
  const { status, signal, hung, stderr, stdout } = ended;
  if (hung) wrong.push(`${which} hung`);
  else if (!expected.includes(status)) {
    wrong.push(`${which} ended with ${status ?? signal}, not ${expected.join(" or ")}: ${stderr}`);
  }
  if (STACK.test(stderr) || STACK.test(stdout)) wrong.push(`${which} shows a stack`);
  return { wrong };
}

/** Looks at a failure: nothing on stdout, one line that says what happened, no stack. */
export function checkFailure({ stdout, stderr }, which = "the run") {
  const wrong = [];
  if (stdout !== "") wrong.push(`${which} failed and wrote on stdout: ${stdout}`);
  const lines = stderr.split("\n").filter((line) => line.startsWith("nectar: "));
  if (lines.length !== 1) wrong.push(`${which} says ${lines.length} errors: ${stderr}`);
  return { wrong };
}

/** The commands that a run has printed for a person, without what they are good for. */
export function commandsIn(text) {
  return [...text.matchAll(/^(?: {2}|Next: )(nectar .*?)(?: {3}\S.*)?$/gm)].map(([, line]) => line);
}

/** Everything that must not be found after a run on this account. */
export function secretsOf(account, marks = []) {
  const handedOut = [...account.secrets].map((secret) => foundSecret("a magic link", secret));
  return [...marks, ...handedOut].flatMap(knownForms);
}

/** Secrets are many and stay as they are, so their forms are made once. */
const known = new Map();
function knownForms(secret) {
  const made = known.get(secret.text) ?? formsOf(secret);
  known.set(secret.text, made);
  return made;
}

/** Searches a home, and what its runs have said. */
export function searchHome(home, ends, forms, except) {
  const said = ends.flatMap(({ stdout, stderr }, index) => [
    [`stdout of run ${index + 1}`, stdout],
    [`stderr of run ${index + 1}`, stderr],
  ]);
  return searchAll([...said, ...filesIn(home.folder, except)], forms);
}

/** What runs have come to that were looked at before: everything must be there once. */
export async function examineAfter(account, home, plan, found) {
  return sumOf(found, await examine(account, home, plan));
}

/** The same command again: it must be done, and everything be there once. */
export async function finish({ account, home, plan, again }) {
  const ended = await again();
  return {
    ended,
    found: sumOf(checkEnd(ended, [0], "the second run"), await examine(account, home, plan)),
  };
}
