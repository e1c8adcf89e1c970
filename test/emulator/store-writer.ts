/** A program of its own for the tests of several processes: puts companies into the store of a folder, one by one, and tells each that was accepted. */
import { writeSync } from "node:fs";
import { argv } from "node:process";
import { openStore } from "../../src/emulator/store.ts";
import { companyRecord } from "./state/records.ts";

async function write(stateDir: string, name: string, count: number): Promise<void> {
  const store = await openStore({ stateDir });
  for (let index = 0; index < count; index += 1) {
    const value = companyRecord(`${name}-${index}`);
    await store.write((_, changes) => {
      changes.push({ op: "put", kind: "company", value });
    });
    writeSync(1, `${value.id}\n`);
  }
  await store.close();
}

const [, , stateDir = "", name = "", count = "0"] = argv;
void write(stateDir, name, Number(count));
