/** Webhooks from a request to the answer of an endpoint, over HTTP, each signature checked with the library that users check it with. */
import { describe, expect, it } from "vitest";
import { call, temporaryFolder } from "../harness.ts";
import { handClock, receiver, scene } from "./receiving.ts";

describe("a connection", () => {
  it("is told of when it is made, with its validated status and without a secret", async () => {
    const { emulator, connect, site } = await scene();
    const there = await receiver();
    const { endpoint } = await emulator.webhooks.add({ url: there.url });
    const made = await connect();
    await emulator.webhooks.deliver();
    const [created, validated, ...rest] = there.payloads(endpoint.secret);
    expect(rest).toEqual([]);
    expect(created).toEqual({
      eventType: "connection.created.v2",
      accounts: Array(5).fill(expect.objectContaining({ isTracked: true })),
      country: "US",
      created: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/),
      dataCollectionStartDate: expect.stringMatching(/^\d{4}-01-01$/),
      id: made.id,
      initialDatasourceTypes: [],
      initialSites: [site.id],
      multiplyByOccupancy: false,
      status: "CONNECTED",
      updated: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/),
      url: "https://nectarclimate.com",
      username: "nectar-sandbox-username",
      workflowOwnerEmail: "you@nectar.local",
    });
    expect(validated).toEqual({ ...created, eventType: "connection.validated.v2" });
    const secret = (await call(emulator, "GET", `/connection/${made.id}/details`)).body;
    for (const { body } of there.asked) {
      expect(body).not.toContain("nectar-sandbox-password");
      expect(body).not.toContain(String(Reflect.get(secret, "connectionMagicLinkSecret")));
    }
  });

  it("is told of as pending first, and as validated when its script says so", async () => {
    const { emulator, clock, connect } = await scene({
      scenario: { pendingForMs: 3000, later: [] },
    });
    const there = await receiver();
    await emulator.webhooks.add({ url: there.url });
    await connect();
    await emulator.webhooks.deliver();
    expect(there.types()).toEqual(["connection.created.v2"]);
    clock.move(2999);
    await emulator.webhooks.deliver();
    expect(there.asked).toHaveLength(1);
    clock.move(1);
    await emulator.webhooks.deliver();
    await emulator.webhooks.deliver();
    expect(there.types()).toEqual([
      "connection.created.v2",
      "connection.updated.v2",
      "connection.validated.v2",
    ]);
    expect(JSON.parse(there.asked[1]?.body ?? "")).toMatchObject({
      status: "CONNECTED",
      old: { status: "PENDING" },
      protectedChanges: [],
    });
  });

  it("whose data is there at once sends its documents, however long the write takes", async () => {
    const clock = handClock();
    // Every look at the clock takes time.
    const slow = {
      ...clock,
      now: () => {
        clock.move(1);
        return clock.now();
      },
    };
    const { emulator, connect } = await scene({ clock: slow, dataDelayMs: 0 });
    const there = await receiver();
    await emulator.webhooks.add({ url: there.url, eventTypes: ["document.created.v2"] });
    const { id } = await connect();
    await emulator.webhooks.deliver();
    const first = there.asked.length;
    expect(first).toBeGreaterThan(0);
    // What came while the login did not work is there as soon as it does.
    await emulator.setStatus(id, "OTHER_ERROR");
    await emulator.advance("60d");
    await emulator.setStatus(id, "CONNECTED");
    await emulator.webhooks.deliver();
    expect(there.asked.length).toBeGreaterThan(first);
  });

  it("is not told of at a weekly check that changes nothing", async () => {
    const { emulator, connect } = await scene();
    const there = await receiver();
    await connect();
    await emulator.webhooks.add({
      url: there.url,
      eventTypes: ["connection.updated.v2", "connection.validated.v2"],
    });
    await emulator.advance("15d");
    await emulator.webhooks.deliver();
    expect(there.asked).toEqual([]);
  });

  it("is told of when an account is no longer tracked", async () => {
    const { emulator, clock, connect } = await scene();
    const there = await receiver();
    const { id } = await connect();
    clock.move(2000);
    const { endpoint } = await emulator.webhooks.add({
      url: there.url,
      eventTypes: ["connection.updated.v2", "connection.validated.v2"],
    });
    const { body } = await call(emulator, "GET", `/connection/${id}/details`);
    const [first] = Object(Reflect.get(body, "accounts"));
    await call(emulator, "PATCH", `/account/${first.id}`, { isTracked: false });
    await emulator.webhooks.deliver();
    const [payload, ...rest] = there.payloads(endpoint.secret);
    expect(rest).toEqual([]);
    expect(payload).toMatchObject({ eventType: "connection.updated.v2", protectedChanges: [] });
    const tracked = (list: unknown) =>
      Object(list).map((account: object) => Reflect.get(account, "isTracked"));
    expect(tracked(payload?.["accounts"])).toEqual([false, true, true, true, true]);
    expect(tracked(Object(payload?.["old"]).accounts)).toEqual(Array(5).fill(true));
  });

  it("is told of when its status is set, after what happened by itself before", async () => {
    const { emulator, connect } = await scene();
    const there = await receiver();
    const { endpoint } = await emulator.webhooks.add({
      url: there.url,
      eventTypes: ["connection.validated.v2", "connection.updated.v2"],
    });
    const { id } = await connect();
    await emulator.advance("8d");
    await emulator.setStatus(id, "MFA_TOKEN_EXPIRED");
    await emulator.webhooks.deliver();
    const told = there
      .payloads(endpoint.secret)
      .map(({ eventType, status }) => [eventType, status]);
    expect(told.toSorted()).toEqual([
      ["connection.updated.v2", "MFA_TOKEN_EXPIRED"],
      ["connection.validated.v2", "CONNECTED"],
      ["connection.validated.v2", "MFA_TOKEN_EXPIRED"],
    ]);
    const log = await emulator.webhooks.deliveries();
    expect(log.map(({ payload }) => Reflect.get(Object(payload), "status"))).toEqual([
      ...["MFA_TOKEN_EXPIRED", "MFA_TOKEN_EXPIRED", "CONNECTED"],
    ]);
  });

  it("sends nothing when it goes with its company", async () => {
    const { emulator, connect, company } = await scene();
    await connect();
    const there = await receiver();
    await emulator.webhooks.add({ url: there.url });
    await call(emulator, "DELETE", `/company/${company.id}`);
    await emulator.advance("30d");
    await emulator.webhooks.deliver();
    expect(there.asked).toEqual([]);
  });
});

describe("documents", () => {
  it("are told of when they arrive, as the API answers them", async () => {
    const { emulator, clock, connect } = await scene({ dataDelayMs: 2000 });
    const there = await receiver();
    const { endpoint } = await emulator.webhooks.add({
      url: there.url,
      eventTypes: ["document.created.v2"],
    });
    const { id } = await connect();
    await emulator.webhooks.deliver();
    expect(there.asked).toEqual([]);
    clock.move(2000);
    await emulator.webhooks.deliver();
    const page = await call(emulator, "GET", `/document/connection/${id}?isDeleted=true`);
    const total: unknown = Reflect.get(page.body, "totalDocuments");
    expect(there.asked.length).toBe(total);
    expect(there.asked.length).toBeGreaterThan(10);
    const [first] = there.payloads(endpoint.secret);
    expect(first?.eventType).toBe("document.created.v2");
    const { body } = await call(emulator, "GET", `/document/${first?.id}`);
    expect({ ...first, eventType: undefined }).toMatchObject({ id: body.id });
    expect(new Set(there.asked.map((each) => JSON.parse(each.body).id)).size).toBe(total);
  });

  it("are told of once, however often somebody looks and whatever the step of time", async () => {
    const told = async (steps: readonly string[]) => {
      const { emulator, connect } = await scene();
      const { endpoint } = await emulator.webhooks.add({
        url: (await receiver()).url,
        eventTypes: ["document.created.v2", "document.updated.v2", "document.deleted.v2"],
      });
      await connect();
      for (const step of steps) {
        await emulator.advance(step);
        await emulator.webhooks.deliver();
      }
      const log = await emulator.webhooks.deliveries({ endpointId: endpoint.id });
      return log.map(({ eventType }) => eventType).toSorted();
    };
    const created = (types: readonly string[]) =>
      types.filter((type) => type === "document.created.v2").length;
    const whole = created(await told(["60d"]));
    expect(whole).toBeGreaterThan(10);
    expect(created(await told(["1d", "29d", "23h", "29d", "1h"]))).toBe(whole);
  });

  it("tell what they were before a change, and only which they were when they go", async () => {
    const { emulator, connect } = await scene();
    const there = await receiver();
    const { endpoint } = await emulator.webhooks.add({
      url: there.url,
      eventTypes: ["document.updated.v2", "document.deleted.v2"],
    });
    const { id } = await connect();
    await emulator.advance("365d");
    await emulator.webhooks.deliver();
    const payloads = there.payloads(endpoint.secret);
    const updated = payloads.find(({ eventType }) => eventType === "document.updated.v2");
    expect(updated).toMatchObject({
      revisedDocumentId: expect.any(String),
      isDeleted: true,
      old: { revisedDocumentId: null, isDeleted: false },
    });
    expect(updated?.["old"]).not.toHaveProperty("updated");
    const deleted = payloads.find(({ eventType }) => eventType === "document.deleted.v2");
    const { body } = await call(emulator, "GET", `/connection/${id}/details`);
    expect(deleted).toEqual({
      eventType: "document.deleted.v2",
      id: deleted?.id,
      company: Reflect.get(Object(Reflect.get(body, "company")), "id"),
    });
  });
});

describe("an endpoint", () => {
  it("gets only what happens after it was registered, and only what it asked for", async () => {
    const { emulator, clock, connect } = await scene();
    await connect();
    clock.move(1);
    const [all, some] = [await receiver(), await receiver()];
    await emulator.webhooks.add({ url: all.url });
    await emulator.webhooks.add({ url: some.url, eventTypes: ["connection.created.v2"] });
    await emulator.webhooks.deliver();
    expect([all.asked, some.asked]).toEqual([[], []]);
    await connect();
    await emulator.webhooks.deliver();
    expect(all.types()).toEqual(["connection.created.v2", "connection.validated.v2"]);
    expect(some.types()).toEqual(["connection.created.v2"]);
    expect(all.asked[0]?.headers["svix-id"]).toBe(some.asked[0]?.headers["svix-id"]);
  });

  it("costs nothing as long as there is none", async () => {
    const { emulator, connect } = await scene();
    await connect();
    await emulator.advance("30d");
    await emulator.webhooks.deliver();
    expect(await emulator.webhooks.deliveries()).toEqual([]);
  });

  it("that is removed gets nothing any more, and what it got stays in the log", async () => {
    const { emulator, connect } = await scene();
    const there = await receiver((response, _, index) => {
      response.writeHead(index === 0 ? 200 : 500).end();
    });
    const { endpoint } = await emulator.webhooks.add({ url: there.url });
    await connect();
    await emulator.webhooks.deliver();
    expect(await emulator.webhooks.remove(endpoint.id)).toBe(true);
    expect(await emulator.webhooks.remove(endpoint.id)).toBe(false);
    expect(await emulator.webhooks.deliveries()).toMatchObject([{ state: "delivered", url: null }]);
    await emulator.advance("1d");
    await emulator.webhooks.deliver();
    expect(there.asked).toHaveLength(2);
  });

  it("goes with a reset, with all that waits for it", async () => {
    const { emulator, connect } = await scene();
    const there = await receiver();
    await emulator.webhooks.add({ url: there.url });
    await connect();
    await emulator.reset();
    await emulator.webhooks.deliver();
    expect(there.asked).toEqual([]);
    expect(await emulator.webhooks.list()).toEqual([]);
    expect(await emulator.webhooks.deliveries()).toEqual([]);
  });
});

describe("an emulator", () => {
  it("inside a command sends when it is closed", async () => {
    const stateDir = temporaryFolder();
    const { emulator, connect } = await scene({ stateDir });
    const there = await receiver();
    await emulator.webhooks.add({ url: there.url });
    await connect();
    expect(there.asked).toEqual([]);
    await emulator.close();
    expect(there.types()).toEqual(["connection.created.v2", "connection.validated.v2"]);
  });

  it("inside a command does not wait for long, and leaves the rest to the next one", async () => {
    const stateDir = temporaryFolder();
    const { emulator, connect, clock } = await scene({ stateDir });
    let asked = 0;
    const slow = await receiver((response) => {
      asked += 1;
      if (asked > 2) response.end();
      else if (asked === 2) setImmediate(() => clock.wake(3000));
    });
    await emulator.webhooks.add({ url: slow.url });
    await connect();
    await emulator.close();
    expect(slow.asked).toHaveLength(2);
    const next = await scene({ stateDir, clock });
    await next.emulator.webhooks.deliver();
    expect(slow.asked).toHaveLength(4);
    expect(await next.emulator.webhooks.deliveries()).toMatchObject([
      { state: "delivered", attempts: [{ status: 200 }] },
      { state: "delivered", attempts: [{ status: 200 }] },
    ]);
  });

  it("inside a command does not outlast the one who stops it, nor the command's time", async () => {
    const stop = new AbortController();
    for (const closing of [
      { until: () => Number.POSITIVE_INFINITY, signal: stop.signal },
      { until: () => 0, signal: new AbortController().signal },
    ]) {
      const { emulator, connect } = await scene({ closing });
      const silent = await receiver(() => stop.abort(new Error("stopped")));
      await emulator.webhooks.add({ url: silent.url });
      await connect();
      // The hand clock's time stands still: only a stop, or a time that is over, ends the wait.
      await emulator.close();
    }
  });

  it("that is live sends by itself, at once for a change and at the next beat for time", async () => {
    const { emulator, clock, connect } = await scene({ live: true, dataDelayMs: 30_000 });
    let arrived = () => {};
    const there = await receiver((response) => {
      response.end();
      arrived();
    });
    const coming = (count: number) =>
      new Promise<void>((resolve) => {
        arrived = () => {
          if (there.asked.length >= count) resolve();
        };
        arrived();
      });
    const { endpoint } = await emulator.webhooks.add({ url: there.url });
    await connect();
    await coming(2);
    await emulator.advance("7d");
    await expect.poll(() => clock.wake(250)).toBe(1);
    await coming(3);
    expect(there.payloads(endpoint.secret).at(-1)?.eventType).toMatch(/^(connection|document)/);
    await emulator.close();
  });
});
