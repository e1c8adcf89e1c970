/** Run in a pseudo-terminal by the prompter's test: puts the question named on the command line and writes how it ended to a file. */
import { writeFileSync } from "node:fs";
import { InterruptedError } from "../../src/errors.ts";
import type { ColorLevel } from "../../src/terminal/palette.ts";
import { createPrompter } from "../../src/terminal/prompter.ts";

const [kind = "", level = "0", resultFile = ""] = process.argv.slice(2);
const stop = new AbortController();
const prompter = createPrompter({
  input: process.stdin,
  output: process.stderr,
  signal: stop.signal,
  colorLevel: (level === "1" ? 1 : 0) satisfies ColorLevel,
});

async function ask(): Promise<unknown> {
  switch (kind) {
    case "text":
      return prompter.text({
        message: "Company name",
        default: "Sandbox Test Company",
        validate: (value) => (value === "bad" ? "That name is taken." : null),
      });
    case "optional":
      return prompter.text({ message: "Your own ID", optional: true });
    case "secret":
      return prompter.secret({ message: "Password" });
    case "select":
      return prompter.select({
        message: "Where to",
        choices: [
          { value: "local", name: "Local emulator", description: "no account" },
          { value: "api", name: "The Nectar\u001b[31m API" },
        ],
      });
    case "confirm":
      return prompter.confirm({ message: "Go ahead", default: true });
    case "number":
      return prompter.number({ message: "How many sites", default: 1, min: 1, max: 3 });
    case "two":
      return [
        await prompter.text({ message: "First" }),
        await prompter.confirm({ message: "Second", default: false }),
      ];
    case "abort":
      setImmediate(() => setImmediate(() => stop.abort(new InterruptedError("sigterm"))));
      return prompter.text({ message: "Company name" });
    default:
      throw new Error(`no question ${kind}`);
  }
}

try {
  writeFileSync(resultFile, JSON.stringify({ answer: await ask() }));
} catch (error) {
  const exit = error instanceof InterruptedError ? error.exit : null;
  writeFileSync(resultFile, JSON.stringify({ exit, text: String(error) }));
}
