/** Run in a pseudo-terminal by the prompter's test: puts the question named on the command line and writes how it ended to a file. */
import { writeFileSync } from "node:fs";
import { GoBack, InterruptedError } from "../../src/errors.ts";
import { createLinePrompter } from "../../src/terminal/line-prompter.ts";
import { openStreams } from "../../src/terminal/open-streams.ts";
import { createPrompter } from "../../src/terminal/prompter.ts";
import { coloredStreams } from "../../src/terminal/streams.ts";

const [kind = "", level = "0", resultFile = "", form = ""] = process.argv.slice(2);
const stop = new AbortController();
const options = {
  streams: coloredStreams(openStreams(process), process.env, level === "1"),
  signal: stop.signal,
};
const prompter = form === "lines" ? createLinePrompter(options) : createPrompter(options);

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
    case "back":
      return prompter.text({ message: "Company name", canGoBack: true });
    case "secret-back":
      return prompter.secret({ message: "Password", canGoBack: true });
    case "select-back":
      return prompter.select({
        message: "Where to",
        choices: [
          { value: "local", name: "Local emulator" },
          { value: "api", name: "The Nectar API" },
        ],
        canGoBack: true,
      });
    case "last":
      return prompter.select({
        message: "Create this",
        choices: [
          { value: "yes", name: "Yes" },
          { value: "change", name: "Change an answer" },
          { value: "stop", name: "Stop" },
        ],
        default: "yes",
        no: "stop",
      });
    case "many":
      return prompter.select({
        message: "Company",
        choices: Array.from({ length: 30 }, (_, index) => ({
          value: String(index + 1),
          name: `Company number ${index + 1}`,
        })),
        default: "30",
      });
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
  const exit =
    error instanceof InterruptedError ? error.exit : error instanceof GoBack ? "back" : null;
  writeFileSync(resultFile, JSON.stringify({ exit, text: String(error) }));
}
