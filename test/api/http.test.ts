import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { backOff, createHttp, type HttpLimits } from "../../src/api/http.ts";
import { NectarError, NetworkError } from "../../src/errors.ts";
import { type Answer, json, stubServer } from "../support/stub-server.ts";
import { testClock } from "../support/test-clock.ts";

const KEY = "marked-key-5f2c";

async function http(
  answer: Answer,
  more: {
    limits?: Partial<HttpLimits>;
    deadlineMs?: number;
    sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  } = {},
) {
  const server = await stubServer(answer);
  const clock = testClock();
  const lines: string[] = [];
  const stop = new AbortController();
  const start = clock.now();
  const client = createHttp({
    baseUrl: server.url,
    key: KEY,
    userAgent: "nectar-cli/test",
    clock: { ...clock, sleep: more.sleep ?? clock.sleep },
    random: () => 0.5,
    signal: stop.signal,
    deadline: () => start + (more.deadlineMs ?? 120_000),
    ...(more.limits === undefined ? {} : { limits: more.limits }),
    onExchange: ({ method, path, outcome }) => lines.push(`${method} ${path} ${outcome}`),
  });
  return { server, client, clock, lines, stop };
}

const get = { method: "GET", path: "/thing" } as const;
const post = { method: "POST", path: "/thing", body: { a: 1 } } as const;

async function failure(attempt: Promise<unknown>): Promise<NectarError> {
  try {
    await attempt;
  } catch (error) {
    if (error instanceof NectarError) return error;
    throw error;
  }
  throw new Error("expected a failure");
}

describe("a request", () => {
  it("carries the key, the agent, and JSON", async () => {
    const { client, server, lines } = await http((response) => json(response, 201, { ok: true }));
    const answer = await client.send({
      ...post,
      query: [
        ["sites", "a"],
        ["sites", "b&c"],
      ],
    });
    expect(answer).toMatchObject({ status: 201, body: { ok: true } });
    const [asked] = server.asked;
    expect(asked?.headers["x-api-key"]).toBe(KEY);
    expect(asked?.headers["user-agent"]).toBe("nectar-cli/test");
    expect(asked?.path).toBe("/v2.2/thing?sites=a&sites=b%26c");
    expect(JSON.parse(asked?.body ?? "")).toEqual({ a: 1 });
    expect(lines).toEqual(["POST /thing 201"]);
  });

  it("takes an empty body for null", async () => {
    const { client } = await http((response) => response.writeHead(204).end());
    expect(await client.send({ method: "DELETE", path: "/thing" })).toMatchObject({ body: null });
  });
});

describe("what is repeated", () => {
  it("is a read that a server failed on, with growing pauses", async () => {
    const { client, server, clock } = await http((response, _asked, index) =>
      index < 3 ? json(response, 503, {}) : json(response, 200, { ok: true }),
    );
    expect((await client.send(get)).body).toEqual({ ok: true });
    expect(server.asked).toHaveLength(4);
    expect(clock.slept).toEqual([250, 500, 1_000]);
  });

  it("is never a create that may have been acted on", async () => {
    for (const answer of [
      (response) => json(response, 500, { detail: "boom" }),
      (response) => json(response, 503, {}),
      (response) => response.destroy(),
      (response) => {
        response.writeHead(200, { "content-type": "application/json", "content-length": "100" });
        response.write('{"id":');
        setImmediate(() => response.destroy());
      },
    ] satisfies Answer[]) {
      const { client, server } = await http(answer);
      const error = await failure(client.send(post));
      expect(error).toBeInstanceOf(NetworkError);
      expect(error).toMatchObject({ processed: "unknown", exit: "network" });
      expect(server.asked).toHaveLength(1);
    }
  });

  it("is a create that was turned away by a rate limit, after what the server asks for", async () => {
    const { client, server, clock } = await http((response, _asked, index) =>
      index === 0
        ? json(response, 429, {}, { "retry-after": "7" })
        : json(response, 201, { id: 1 }),
    );
    expect((await client.send(post)).status).toBe(201);
    expect(server.asked).toHaveLength(2);
    expect(clock.slept).toEqual([7_000]);
  });

  it("is not what the server wants put off past the deadline; the error says for how long", async () => {
    const { client, server, clock } = await http((response) =>
      json(response, 429, {}, { "retry-after": "3600" }),
    );
    const error = await failure(client.send(get));
    expect(error).toMatchObject({ code: "rate_limited", exit: "network", httpStatus: 429 });
    expect(error.hint).toContain("3600 s");
    expect(server.asked).toHaveLength(1);
    expect(clock.slept).toEqual([]);
  });

  it("reads Retry-After as a date, too", async () => {
    const { client, clock } = await http((response, _asked, index) => {
      const date = new Date(Date.UTC(2026, 5, 15, 12, 0, 20)).toUTCString();
      if (index === 0) json(response, 429, {}, { "retry-after": date });
      else json(response, 200, {});
    });
    await client.send(get);
    expect(clock.slept).toEqual([20_000]);
  });

  it("is a create to a server that is not there", async () => {
    const { url } = await stubServer(() => {});
    const clock = testClock();
    const client = createHttp({
      baseUrl: url.replace(/:\d+/, ":1"),
      key: KEY,
      userAgent: "x",
      clock,
      random: () => 0.5,
      signal: new AbortController().signal,
      deadline: () => Number.POSITIVE_INFINITY,
    });
    const error = await failure(client.send(post));
    expect(error).toMatchObject({ code: "unreachable", processed: "no" });
    expect(clock.slept).toHaveLength(4);
  });

  it("ends after four repeats", async () => {
    const { client, server } = await http((response) => json(response, 502, {}));
    expect((await failure(client.send(get))).httpStatus).toBe(502);
    expect(server.asked).toHaveLength(5);
  });
});

describe("a pause that the server asks for", () => {
  it("is kept by every request, also by those that the server did not turn away", async () => {
    const times: number[] = [];
    const { client, server, clock } = await http((response, _asked, index) => {
      times.push(clock.now());
      if (index === 1) json(response, 429, {}, { "retry-after": "30" });
      else json(response, 200, {});
    });
    const begun = clock.now();
    await client.send(get);
    const turnedAway = client.send({ ...post, once: async () => {} }).catch(() => "turned away");
    expect(await turnedAway).toBe("turned away");
    expect(client.pausedUntil()).toBe(begun + 30_000);
    let recordedAt = 0;
    const once = async () => {
      recordedAt = clock.now();
    };
    await Promise.all([client.send({ ...post, once }), client.send(get), client.send(get)]);
    expect(server.asked).toHaveLength(5);
    expect(times.slice(2).every((time) => time >= begun + 30_000)).toBe(true);
    // What a create leaves on disk is not written while it waits.
    expect(recordedAt).toBeGreaterThanOrEqual(begun + 30_000);
  });

  it("that the deadline cuts short because of its own pauses is not said to be the server's", async () => {
    const { client } = await http((response) => json(response, 429, {}, { "retry-after": "1" }), {
      deadlineMs: 5_500,
    });
    const error = await failure(client.send(get));
    expect(error.hint).toContain("deadline comes before the next attempt");
  });

  it("that lasts past the deadline fails whatever is to be sent, without a request", async () => {
    const { client, server } = await http((response) =>
      json(response, 429, {}, { "retry-after": "3600" }),
    );
    await failure(client.send({ ...post, once: async () => {} }));
    const once = () => Promise.reject(new Error("must not be recorded"));
    const error = await failure(client.send({ ...post, once }));
    expect(error).toMatchObject({ code: "rate_limited", retryAfterMs: 3_600_000 });
    expect(error.hint).toContain("3600 s");
    expect(server.asked).toHaveLength(1);
  });

  it("is kept as often as the server asks, until the deadline", async () => {
    const { client, server } = await http((response, _asked, index) =>
      index < 12 ? json(response, 429, {}, { "retry-after": "5" }) : json(response, 200, {}),
    );
    await client.send(get);
    expect(server.asked).toHaveLength(13);
  });
});

describe("what is to be sent once", () => {
  const create = { ...post, once: async () => {} } as const;

  it.each([
    [429, { "retry-after": "1" }, "no"],
    [429, {}, "no"],
    [503, { "retry-after": "1" }, "no"],
    [503, { "retry-after": "soon" }, "unknown"],
    [503, { "retry-after": "-5" }, "unknown"],
    [503, {}, "unknown"],
    [500, { "retry-after": "1" }, "unknown"],
    [502, {}, "unknown"],
    [504, { "retry-after": "1" }, "unknown"],
    [408, {}, "unknown"],
    [301, { location: "/x" }, "unknown"],
    [307, { location: "/x" }, "unknown"],
    [308, { location: "/x" }, "unknown"],
  ])("is sent once for %i %j, whose fate is: %s", async (status, headers, processed) => {
    const { client, server, clock } = await http((response) =>
      json(response, status, {}, headers as Record<string, string>),
    );
    expect(await failure(client.send(create))).toMatchObject({ processed, httpStatus: status });
    expect(server.asked).toHaveLength(1);
    expect(clock.slept).toEqual([]);
  });

  it("is sent once to a server that is not there, which surely did not get it", async () => {
    const gone = await http(() => {});
    const port = new URL(gone.server.url).port;
    const client = createHttp({
      baseUrl: gone.server.url.replace(port, "1"),
      key: KEY,
      userAgent: "x",
      clock: gone.clock,
      random: () => 0.5,
      signal: gone.stop.signal,
      deadline: () => Number.POSITIVE_INFINITY,
    });
    expect(await failure(client.send(create))).toMatchObject({
      code: "unreachable",
      processed: "no",
    });
    expect(gone.clock.slept).toEqual([]);
  });

  it("is not known to have been lost where the connection broke or the answer did not come", async () => {
    const answers: Answer[] = [(response) => response.destroy(), () => {}];
    for (const answer of answers) {
      const { client, server } = await http(answer, { limits: { requestMs: 60 } });
      expect(await failure(client.send(create))).toMatchObject({ processed: "unknown" });
      expect(server.asked).toHaveLength(1);
    }
  });

  it("is surely lost where the connection was never secure", async () => {
    const plain = await stubServer(() => expect.unreachable());
    const { clock, stop } = await http(() => {});
    const client = createHttp({
      baseUrl: plain.url.replace("http:", "https:"),
      key: KEY,
      userAgent: "x",
      clock,
      random: () => 0.5,
      signal: stop.signal,
      deadline: () => Number.POSITIVE_INFINITY,
    });
    expect(await failure(client.send(create))).toMatchObject({ processed: "no" });
  });
});

describe("a change of the protocol", () => {
  const lines = [
    "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: other",
    "HTTP/1.1 101 Switching Protocols",
  ];
  it.each(lines)("that nobody asked for is refused at once: %j", async (head) => {
    for (const request of [get, post, { method: "DELETE", path: "/thing" } as const]) {
      const closed: Promise<unknown>[] = [];
      const { client, server } = await http((response) => {
        const { socket } = response;
        closed.push(new Promise((resolve) => socket?.once("close", resolve)));
        socket?.write(`${head}\r\n\r\n`);
      });
      expect(await failure(client.send(request))).toMatchObject({
        code: "bad_answer",
        exit: "network",
        httpStatus: 101,
        processed: "unknown",
        message: expect.stringContaining(new URL(server.url).origin),
      });
      expect(server.asked).toHaveLength(1);
      client.close();
      await Promise.all(closed);
    }
  });
});

describe("a wait that no command can keep", () => {
  it.each([
    ["9".repeat(400), 24 * 3600],
    ["99999999999", 24 * 3600],
    ["Fri, 31 Dec 9999 23:59:59 GMT", 24 * 3600],
  ])("is a day: %s", async (header, seconds) => {
    const { client, clock } = await http((response) =>
      json(response, 429, {}, { "retry-after": header }),
    );
    const error = await failure(client.send(get));
    expect(error).toMatchObject({ retryAfterMs: seconds * 1000 });
    expect(error.hint).toContain("The server asks to wait a day or longer, which is past");
    expect(clock.slept).toEqual([]);
  });

  it.each(["1e400", "", "Infinity", "1.5", "never"])("is none: %j", async (header) => {
    const { client, clock } = await http((response, _asked, index) =>
      index === 0 ? json(response, 429, {}, { "retry-after": header }) : json(response, 200, {}),
    );
    await client.send(get);
    expect(clock.slept).toEqual([250]);
  });
});

describe("a server that misbehaves", () => {
  it.each([301, 302, 303, 307, 308])("is not followed on %i", async (status) => {
    const elsewhere = await stubServer((response) => json(response, 200, {}));
    const target = elsewhere.url.replace("127.0.0.1", "localhost");
    const { client } = await http((response) =>
      response.writeHead(status, { location: `${target}/x` }).end(),
    );
    for (const request of [get, post]) {
      const error = await failure(client.send(request));
      expect(error).toMatchObject({ code: "redirect", exit: "network", httpStatus: status });
      expect(error.message).toContain(new URL(target).origin);
      expect(error.message).not.toContain("/x");
    }
    expect(elsewhere.asked).toHaveLength(0);
  });

  it("with HTML gets one clear line, and none of the page", async () => {
    const { client } = await http((response) =>
      response.writeHead(200, { "content-type": "text/html" }).end("<h1>secret login page</h1>"),
    );
    const error = await failure(client.send(get));
    expect(error).toMatchObject({ code: "bad_answer", exit: "network" });
    expect(error.message).toContain("HTML");
    expect(error.message).not.toContain("secret");
  });

  it("with JSON that is none is told so", async () => {
    const { client } = await http((response) =>
      response.writeHead(200, { "content-type": "application/json" }).end("{nope"),
    );
    expect((await failure(client.send(get))).message).toContain("invalid JSON");
  });

  it("with an endless body is cut off", async () => {
    const { client } = await http(
      (response) => {
        response.writeHead(200, { "content-type": "application/json" });
        const chunk = Buffer.alloc(64 * 1024, 0x20);
        const more = () => {
          while (!response.destroyed && response.write(chunk));
          if (!response.destroyed) response.once("drain", more);
        };
        more();
      },
      { limits: { bodyBytes: 1024 * 1024 } },
    );
    const error = await failure(client.send(get));
    expect(error).toMatchObject({ code: "bad_answer" });
    expect(error.message).toContain("1 MiB");
  });

  it("that never answers runs into the limit of one request", async () => {
    const { client } = await http(() => {}, { limits: { requestMs: 60, retries: 0 } });
    const error = await failure(client.send(post));
    expect(error).toMatchObject({ code: "timeout", processed: "unknown" });
  });

  it.each([
    [400, "refused", "refused"],
    [409, "refused", "refused"],
    [422, "refused", "refused"],
    [401, "auth", "key_refused"],
    [403, "auth", "not_allowed"],
    [404, "not-found", "not_found"],
    [410, "not-found", "not_found"],
    [429, "network", "rate_limited"],
    [500, "network", "server_error"],
  ])("with %i ends as %s", async (status, exit, code) => {
    const { client } = await http((response) => json(response, status, { detail: "Because." }), {
      limits: { retries: 0 },
    });
    const error = await failure(client.send(post));
    expect(error).toMatchObject({ exit, code, httpStatus: status });
    if (status !== 429) expect(error.message).toContain("Because.");
  });

  it("with an error that is nested too deep to be written is no crash", async () => {
    const deep = `{"detail":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
    const { client } = await http((response) =>
      response.writeHead(400, { "content-type": "application/json" }).end(deep),
    );
    expect(await failure(client.send(post))).toMatchObject({ code: "refused" });
  });

  it("shows the raw body where there is no detail", async () => {
    const { client } = await http((response) => json(response, 400, { name: ["Too long."] }));
    expect((await failure(client.send(post))).message).toContain('{"name":["Too long."]}');
  });
});

describe("stopping", () => {
  it("ends a request that is under way, with the reason", async () => {
    const { client, stop } = await http(() => stop.abort(new Error("stopped by hand")));
    await expect(client.send(get)).rejects.toThrow("stopped by hand");
  });
});

describe("a deadline", () => {
  const deadline = () =>
    new NetworkError("deadline", "not done within 1 s", { processed: "unknown" });
  const failed = {
    code: "server_error",
    httpStatus: 503,
    hint: expect.stringContaining("--timeout"),
  };

  it("while a request is sent again tells what went wrong before", async () => {
    const { client, stop } = await http((response, _asked, index) => {
      if (index === 0) json(response, 503, {});
      else stop.abort(deadline());
    });
    expect(await failure(client.send(get))).toMatchObject({ ...failed, processed: "unknown" });
  });

  it("in the pause before that does so, too", async () => {
    const { client, stop, server } = await http((response) => json(response, 503, {}), {
      async sleep(_ms, signal) {
        stop.abort(deadline());
        signal.throwIfAborted();
      },
    });
    expect(await failure(client.send(get))).toMatchObject(failed);
    expect(server.asked).toHaveLength(1);
  });

  it("that comes first is all that there is to tell", async () => {
    const { client, stop, server } = await http(() => stop.abort(deadline()));
    const lines = [`no response yet to GET ${get.path} at ${new URL(server.url).origin}`];
    expect(await failure(client.send(get))).toMatchObject({ code: "deadline", lines });
  });
});

describe("the key", () => {
  it("is in no error, however it is looked at", async () => {
    const answers: Answer[] = [
      (response) => json(response, 500, {}),
      (response) => json(response, 401, {}),
      (response) => response.destroy(),
      (response) => response.writeHead(302, { location: "http://x.example/" }).end(),
    ];
    for (const answer of answers) {
      const { client } = await http(answer, { limits: { retries: 0 } });
      const error = await failure(client.send(post));
      const shown = [
        inspect(error, { depth: 20, showHidden: true }),
        JSON.stringify(error),
        error.stack ?? "",
      ].join("\n");
      expect(shown).not.toContain(KEY);
    }
  });
});

describe("the pause before a repeat", () => {
  it("is spread over the whole range and has a ceiling", () => {
    expect(backOff(0, 0)).toBe(0);
    expect(backOff(0, 1)).toBe(500);
    expect(backOff(3, 1)).toBe(4_000);
    expect(backOff(20, 1)).toBe(8_000);
  });
});

describe("a request that may be given up", () => {
  it("ends with the reason, answer or none, and is not repeated", async () => {
    const { client, server } = await http(() => {});
    const stop = new AbortController();
    const given = failure(client.send({ ...get, signal: stop.signal }));
    while (server.asked.length === 0) await new Promise(setImmediate);
    stop.abort(new NetworkError("timeout", "given up", { processed: "no" }));
    expect(await given).toMatchObject({ code: "timeout", message: "given up" });
    expect(server.asked).toHaveLength(1);
  });

  it("ends in the pause before its repetition, too; others go on", async () => {
    const stop = new AbortController();
    const reason = new NetworkError("timeout", "given up", { processed: "no" });
    const { client, server } = await http((response, { path }) => {
      if (path.endsWith("/other")) return json(response, 200, {});
      stop.abort(reason);
      json(response, 503, {});
    });
    expect(await failure(client.send({ ...get, signal: stop.signal }))).toBe(reason);
    expect(server.asked).toHaveLength(1);
    expect(await client.send({ method: "GET", path: "/other" })).toMatchObject({ status: 200 });
  });
});
