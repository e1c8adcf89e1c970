/** A program of its own for the test of several processes: puts companies into the store of a folder, one by one. */
import { argv } from "node:process";
import { openStore } from "../../../src/emulator/state/store.ts";
import { companyRecord } from "./records.ts";

async function write(stateDir: string, name: string, count: number): Promise<void> {
  const store = await openStore({ stateDir });
  for (let index = 0; index < count; index += 1) {
    await store.write((_, changes) => {
      changes.push({ op: "put", kind: "company", value: companyRecord(`${name}-${index}`) });
    });
  }
  await store.close();
}

const [, , stateDir = "", name = "", count = "0"] = argv;
void write(stateDir, name, Number(count));
