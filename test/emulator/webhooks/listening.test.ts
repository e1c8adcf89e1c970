import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import { listenLocally } from "../../../src/emulator/webhooks/listening.ts";
import { temporaryFolder } from "../harness.ts";
import { handClock } from "./receiving.ts";

it("that can't begin leaves nothing running that would keep the process alive", async () => {
  const clock = handClock();
  const listening = listenLocally({
    ...{ stateDir: temporaryFolder(), clock, ids: randomUUID, pid: 1, isAlive: () => true },
    ...{ url: "http://127.0.0.1:1/", eventTypes: [], secret: "not base64!" },
  });
  await expect(listening).rejects.toMatchObject({ code: "invalid_input" });
  expect(clock.wake(250)).toBe(0);
});
