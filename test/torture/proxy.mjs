/**
 * A server on loopback that stands before the account. What becomes of each request, a handler decides: on when to hand
 * it on, when to pass the answer back. It takes a marked key for the account's own, as a vendor takes a real one.
 */
import { Agent, createServer, request as send } from "node:http";
import { noteSecrets } from "./account.mjs";

/** Hands everything on. */
export const passOn = async (exchange) => exchange.pass(await exchange.forward());

/**
 * Opens a proxy.
 *
 * @param key the key that it takes
 */
export async function openProxy(account, key) {
  // A connection that the account closes while it is idle would look like one that breaks during a create.
  const agent = new Agent({ keepAlive: false });
  const sessionOf = new WeakMap();
  let session = { handler: passOn, count: 0 };
  const target = new URL(account.url);

  function forward({ method, url, headers }, body) {
    const takes = headers["x-api-key"] === key ? account.key : "refused";
    // The length is that of the body that is sent on.
    const { host: _, connection: __, "content-length": ___, ...rest } = headers;
    return new Promise((resolve, reject) => {
      const out = send(
        { agent, method, host: target.hostname, port: target.port, path: url },
        (answer) => {
          const chunks = [];
          answer.on("data", (chunk) => chunks.push(chunk));
          answer.on("error", reject);
          answer.on("end", () => {
            const content = Buffer.concat(chunks);
            noteSecrets(content.toString("utf8"), account.secrets);
            resolve({ status: answer.statusCode, headers: answer.headers, body: content });
          });
        },
      );
      out.on("error", reject);
      for (const [name, value] of Object.entries({ ...rest, "x-api-key": takes })) {
        out.setHeader(name, value);
      }
      out.end(body);
    });
  }

  const server = createServer(async (request, response) => {
    const mine = sessionOf.get(request.socket) ?? session;
    const chunks = [];
    try {
      for await (const chunk of request) chunks.push(chunk);
    } catch {
      // Its sender is gone before it was whole, so it never came.
      return;
    }
    const body = Buffer.concat(chunks);
    mine.count += 1;
    let sent = null;
    const exchange = {
      /** From 1, in the order in which the requests of this process came. */
      number: mine.count,
      method: request.method,
      path: request.url,
      headers: request.headers,
      body,
      /**
       * The account acts; once, however often it is asked for.
       *
       * @param change another path or body than what came
       */
      forward({ path = request.url, body: content = body } = {}) {
        const { method, headers } = request;
        sent ??= forward({ method, url: path, headers }, content);
        return sent;
      },
      /** Resolves when the answer is with the system, or its reader is gone. */
      pass({ status, headers = {}, body: content = "" }) {
        return new Promise((resolve) => {
          response.once("finish", resolve).once("close", resolve).once("error", resolve);
          const { connection: _, "transfer-encoding": __, ...rest } = headers;
          response.writeHead(status, { ...rest, "content-length": Buffer.byteLength(content) });
          response.end(content);
        });
      },
      cut: () => response.destroy(),
      /** The connection stays open, and nothing follows. */
      switchProtocols() {
        response.writeHead(101, { connection: "Upgrade", upgrade: "websocket" });
        response.flushHeaders();
      },
    };
    try {
      await mine.handler(exchange);
    } catch {
      response.destroy();
    }
  });
  // Which process a request is from: a connection belongs to one.
  server.on("connection", (socket) => sessionOf.set(socket, session));
  await new Promise((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${server.address().port}/v2.2`,
    /** What comes from now on is of another process. */
    next(handler) {
      session = { handler, count: 0 };
      return session;
    },
    close() {
      server.closeAllConnections();
      server.close();
      agent.destroy();
    },
  };
}
