/** Every command without a terminal and without input: it ends at once, with the right exit, and says nothing on stdout when it fails. */
import { newPlan, sumOf } from "./account.mjs";
import { commandsOf } from "./help.mjs";
import { lanes } from "./lanes.mjs";
import { ENDLESS } from "./recipes.mjs";
import { checkEnd, checkFailure } from "./runs.mjs";

/** Far above what any of them takes, far below what a prompt that nobody answers takes. */
const LIMIT_MS = 10_000;
/** Nothing else runs meanwhile, so that the time is the command's own. */
const WIDTH = 2;
const EXPECTED = [0, 2, 4, 5];
/** These print what they found whatever their exit status. */
const PRINT_ALWAYS = ["doctor"];

/** The words before the command, and how its standard input is: empty, or closed. */
const VARIANTS = [
  { before: [], way: "run" },
  { before: [], way: "closed" },
  { before: ["--json"], way: "run" },
  { before: ["--local"], way: "closed" },
];
const SWEEP = "every command without terminal and input";
const SERVER = "emulator start, then Ctrl-C";
export const SWEEP_ROWS = [SWEEP, SERVER];

export async function sweep({ world, tally, say }) {
  const lane = lanes(WIDTH);
  const bare = world.newHome();
  const used = world.newHome();
  const commands = await commandsOf(bare);
  const made = await used.run([...newPlan("local").words, "--local"]);
  if (made.status !== 0) throw new Error(`the sweep has no plan: ${made.stderr}`);
  // With what is typed as far as a group, a person gets its help.
  const groups = new Set(commands.map((words) => words.slice(0, -1).join(" ")));
  const all = [...[...groups].map((group) => group.split(" ").filter(Boolean)), ...commands];
  let slowest = 0;
  await Promise.all(
    all
      .filter((words) => !ENDLESS.includes(words.join(" ")))
      .flatMap((words) =>
        VARIANTS.map(({ before, way }) =>
          lane(async () => {
            const home = before.includes("--local") ? used : bare;
            const ended = await home[way]([...before, ...words]);
            slowest = Math.max(slowest, ended.ms);
            const which = `nectar ${[...before, ...words].join(" ")}`;
            tally.add(
              SWEEP,
              way === "closed" ? `${which} <&-` : which,
              look(ended, PRINT_ALWAYS.includes(words.join(" "))),
            );
          }),
        ),
      ),
  );
  for (const [signal, status] of Object.entries({ SIGINT: 0, SIGTERM: 143, SIGHUP: 129 })) {
    tally.add(SERVER, signal, await serve(world.newHome(), signal, status));
  }
  say(`sweep: ${commands.length} commands, the slowest ${Math.round(slowest)} ms`);
}

function look(ended, printsAlways) {
  const slow = ended.ms > LIMIT_MS ? { wrong: [`it took ${Math.round(ended.ms)} ms`] } : {};
  const failed = ended.status === 0 ? {} : failure(printsAlways ? { ...ended, stdout: "" } : ended);
  return sumOf(checkEnd(ended, EXPECTED, "it"), slow, failed);
}

function failure(ended) {
  if (!ended.stderr.startsWith("{")) return checkFailure(ended, "it");
  return ended.stdout === "" ? {} : { wrong: ["it failed and wrote on stdout"] };
}

async function serve(home, signal, status) {
  const running = home.start(["emulator", "start", "--port", "0"]);
  const started = await running.shows((text) => text.includes("http://127.0.0.1:"));
  running.kill(signal);
  const ended = await running.ended;
  return sumOf(
    started ? {} : { wrong: ["it printed no URL"] },
    checkEnd(ended, [status], "the emulator"),
  );
}
