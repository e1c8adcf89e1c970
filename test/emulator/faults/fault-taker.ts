/** A program of its own for the test of several processes: asks the faults of a folder again and again, and prints how many it met. */
import { argv, stdout } from "node:process";
import { openFaults } from "../../../src/emulator/faults/faults.ts";

async function take(stateDir: string, count: number): Promise<void> {
  const faults = openFaults({ stateDir, ids: () => "" });
  let met = 0;
  for (let index = 0; index < count; index += 1) {
    if ((await faults.take({ method: "POST", path: "/company" })) !== null) met += 1;
  }
  stdout.write(String(met));
}

const [, , stateDir = "", count = "0"] = argv;
void take(stateDir, Number(count));
