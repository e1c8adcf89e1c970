/** A program of its own for the tests of several processes: sends what is due in a folder. */
import { randomUUID } from "node:crypto";
import { argv } from "node:process";
import { setTimeout } from "node:timers/promises";
import { openStore } from "../../../src/emulator/store.ts";
import { openSender } from "../../../src/emulator/webhooks/sender.ts";

async function send(stateDir: string): Promise<void> {
  const clock = {
    now: () => Date.now(),
    sleep: (ms: number, signal: AbortSignal) => setTimeout(ms, undefined, { signal, ref: false }),
  };
  const by = { pid: process.pid, host: "here", command: "test", isAlive: () => true, clock };
  const store = await openStore({ stateDir, by });
  const sender = openSender({ store, clock, ids: randomUUID });
  await sender.deliver();
  await sender.stop();
}

const [, , stateDir = ""] = argv;
void send(stateDir);
