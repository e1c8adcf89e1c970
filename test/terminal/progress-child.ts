/** Run in a pseudo-terminal by the progress test: shows a few steps on stderr. */

import { openStreams } from "../../src/terminal/open-streams.ts";
import { createProgress } from "../../src/terminal/progress.ts";
import { coloredStreams } from "../../src/terminal/streams.ts";

const [job = "", unicode = "yes"] = process.argv.slice(2);
const { stderr } = coloredStreams(
  openStreams(process),
  { TERM: process.env["TERM"] },
  job === "plain" ? false : undefined,
);
const progress = createProgress({
  output: stderr,
  enabled: true,
  shows: "spinner",
  unicode: unicode === "yes",
});
const pause = () => new Promise((resolve) => setTimeout(resolve, 300));

if (job === "interrupt") {
  process.on("SIGINT", () => {
    progress.stop();
    process.exitCode = 130;
    clearInterval(alive);
  });
}
const alive = setInterval(() => undefined, 1000);
progress.start("Creating the company\u001b[5m");
await pause();
progress.note("a note");
await pause();
progress.done("Company created");
progress.start("Waiting");
await pause();
if (job !== "interrupt") {
  progress.stop();
  progress.stop();
  clearInterval(alive);
  stderr.write("after\n");
}
