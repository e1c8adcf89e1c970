/** `nectar webhooks listen`: receives webhooks until Ctrl-C. Verifies, prints and optionally forwards each event. */
import type { Context } from "../../app/context.ts";
import { decideTarget } from "../../app/target.ts";
import { defineCommand, fromStdin, type InputOf, option } from "../../cli/define.ts";
import { portSpec } from "../../cli/values.ts";
import { ENDPOINT_URL_RULE, listenLocally, readEndpointUrl } from "../../emulator/emulator.ts";
import { UsageError } from "../../errors.ts";
import { WEBHOOK_SECRET_VARIABLE } from "../../profile/secret-variables.ts";
import { printable } from "../../terminal/sanitize.ts";
import type { Received } from "../../webhooks/receiver.ts";
import { untilStopped } from "../emulator/settings.ts";
import { eventList } from "../emulator/webhooks/webhooks.ts";
import { humanLine, ndjsonLine, plainLine } from "./event-line.ts";

const fields = {
  forwardTo: option("--forward-to <URL>", {
    help: "forward verified events unchanged to this URL, and respond with its status",
    read: readEndpointUrl,
    allowed: ENDPOINT_URL_RULE,
  }),
  port: option("--port <N>", {
    help: "port on 127.0.0.1; 0 picks a free one",
    fallback: "0",
    ...portSpec,
  }),
  events: eventList,
  secret: fromStdin("--secret-stdin", {
    help: "read the endpoint's signing secret from stdin; not needed with --local",
    env: WEBHOOK_SECRET_VARIABLE,
  }),
} as const;

export const command = defineCommand({
  description:
    "Receives webhooks on 127.0.0.1, verifies them and prints one line for each, until Ctrl-C. With --local it registers\nwith the local emulator while it runs, and delivers the emulator's events even if no emulator is running.\nWithout --local it waits for events from Nectar: in Nectar's webhook portal, add a public URL that leads to this port,\nand pass the secret shown there. Unverified events are answered with 400 and only shown as rejected.\nWith --json each event is one line: receivedAt, id, eventType, verified, reason, duplicate, forwarded, payload.",
  fields,
  examples: {
    "nectar webhooks listen --local": "events of the local emulator",
    "nectar webhooks listen --local --forward-to http://127.0.0.1:3000/webhooks/nectar":
      "and forward them to your program",
    "nectar webhooks listen --port 4011 --secret-stdin --json":
      "events from Nectar, through a tunnel to port 4011, as NDJSON",
  },
  async run(input, context: Context) {
    const isLocal = await isForLocal(context);
    const secret = await findSecret(input, isLocal, context);
    if (!isLocal && context.globals.json && input.port === 0) {
      // The chosen port is only printed as a note, which --json suppresses.
      throw new UsageError(
        "missing_input",
        "missing input: --port, because --json does not print the port",
      );
    }
    const [{ startReceiver }, { openVerifier }] = await Promise.all([
      import("../../webhooks/receiver.ts"),
      import("../../webhooks/signature.ts"),
    ]);
    let verify = secret === undefined ? null : await openVerifier(secret);
    const early: Received[] = [];
    let take = (received: Received): void => {
      early.push(received);
    };
    const receiver = await startReceiver({
      ...{ clock: context.clock, port: input.port, forwardTo: input.forwardTo ?? null },
      stopped: context.signal,
      verify: () => verify,
      onReceived: (received) => take(received),
    });
    context.onClose(() => receiver.close());
    const { url } = receiver;
    if (isLocal) {
      const { endpoint, close } = await listenLocally({
        ...{ ...context.emulator, url, eventTypes: input.events, secret },
      });
      context.onClose(close);
      verify = await openVerifier(endpoint.secret);
      context.note(`Listening at ${url} for the local emulator's webhooks.`);
      context.note(`Signing secret: ${endpoint.secret}`);
    } else {
      context.note(
        `Listening at ${url}. Add a public URL that leads here in Nectar's webhook portal.`,
      );
    }
    if (input.forwardTo !== undefined)
      context.note(`Verified events are forwarded to ${input.forwardTo}.`);
    context.note("Press Ctrl-C to stop.");
    return (use: typeof take) => {
      take = use;
      for (const received of early.splice(0)) use(received);
    };
  },
  // There is no result at first; `hold` prints a line for each event.
  view: { human: () => "", plain: () => "", json: () => undefined, shape: null },
  async hold(show, context) {
    show((received) => print(received, context));
    const unread = new Promise<void>((resolve) => {
      context.streams.stdout.raw.once("error", () => resolve());
    });
    await untilStopped(context.signal, unread, "Events that were not delivered are sent again.");
  },
});

function print(received: Received, { streams, globals }: Context): void {
  const { stdout } = streams;
  if (globals.json) stdout.write(`${ndjsonLine(received)}\n`);
  else if (globals.quiet) {
    if (received.verified && received.id !== null) stdout.write(`${printable(received.id)}\n`);
  } else if (stdout.isTTY) stdout.write(`${humanLine(received, stdout.palette)}\n`);
  else stdout.write(`${plainLine(received)}\n`);
}

/** @throws UsageError `invalid_input` with `--no-save`: other processes find the endpoint in the state folder */
async function isForLocal(context: Context): Promise<boolean> {
  const { globals } = context;
  const name = await context.profileName();
  const profile = globals.local ? null : await context.profile();
  const isLocal = decideTarget(globals, profile, name)?.kind === "local";
  if (isLocal && !globals.save) {
    throw new UsageError(
      "invalid_input",
      "--no-save can't be used with --local: events are exchanged through the state folder",
    );
  }
  return isLocal;
}

/** @throws UsageError `missing_input` */
async function findSecret(
  input: InputOf<typeof fields>,
  isLocal: boolean,
  context: Context,
): Promise<string | undefined> {
  const given = input.secret?.trim() || undefined;
  if (given !== undefined || isLocal) return given;
  if (await context.canAsk())
    return (await (await context.prompter()).secret({ message: "Signing secret" })).trim();
  throw new UsageError("missing_input", "missing input: --secret-stdin", {
    lines: [
      `--secret-stdin  the signing secret shown in Nectar's webhook portal, or ${WEBHOOK_SECRET_VARIABLE}`,
    ],
    hint: "With --local no secret is needed.",
    next: [
      { words: ["nectar", "webhooks", "listen", "--help"], why: "all options, with examples" },
    ],
  });
}
