/** What the update commands share. */
import { UsageError } from "../errors.ts";

type Given<Changes> = { [Name in keyof Changes]?: Exclude<Changes[Name], undefined> };

/**
 * The changes that were given, without those that were not.
 *
 * @throws UsageError `missing_input` when there is none
 */
export function changesOf<Changes extends object>(changes: Changes, flags: string): Given<Changes> {
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  if (given.length === 0) {
    throw new UsageError(
      "missing_input",
      `missing input: nothing to change; give at least one of ${flags}`,
    );
  }
  return Object.fromEntries(given) as Given<Changes>;
}
