/** The engine's ports, made of a command's context and session. */
import type { EngineEvent, EnginePorts } from "../onboarding/engine.ts";
import type { Context } from "./context.ts";
import type { Session } from "./session.ts";

/**
 * What the engine needs to work.
 *
 * @param report told what happens; silent by default
 * @param keep keeps what is there by now; nothing by default
 */
export function enginePorts(
  session: Session,
  context: Context,
  report: (event: EngineEvent) => void = () => {},
  keep: EnginePorts["keep"] = async () => {},
): EnginePorts {
  const { clock, random } = context.machine;
  return {
    api: session.api,
    clock,
    random,
    signal: context.signal,
    deadline: () => context.deadline(),
    report,
    keep,
  };
}
