/** Adapts the command kit to commander: fields become options, help is formatted, its errors become ours. */
import { type Command, type CommanderError, Help, Option } from "commander";
import { UsageError } from "../errors.ts";
import { type Field, type Fields, variantsOf } from "./define.ts";
import type { ListItem } from "./words.ts";

/** Narrowest width, in columns, at which text is wrapped. */
const MIN_WRAP_WIDTH = 20;

/** Columns that a description needs next to its term; with fewer it goes below. */
const MIN_DESCRIPTION_WIDTH = 34;

/** How help is formatted at this terminal width; null is a pipe. */
export function helpLayout(columns: number | null): Partial<Help> {
  const width = columns === null ? {} : { helpWidth: columns };
  return { minWidthToWrap: MIN_WRAP_WIDTH, formatItem, ...width };
}

function formatItem(term: string, termWidth: number, text: string, helper: Help): string {
  const width = helper.helpWidth ?? 80;
  if (text === "" || width - termWidth - 4 >= MIN_DESCRIPTION_WIDTH) {
    return Help.prototype.formatItem.call(helper, term, termWidth, text, helper);
  }
  const indent = " ".repeat(6);
  const wrapped = helper.boxWrap(text, width - indent.length).replace(/\n/g, `\n${indent}`);
  return `  ${term}\n${indent}${wrapped}`;
}

export function addFields(node: Command, fields: Fields): void {
  const places = Object.values(fields).flatMap(({ kind, flag }) =>
    kind === "argument" || kind === "rest" ? [flag] : [],
  );
  if (places.length > 0) node.usage(["[options]", ...places].join(" "));
  for (const [name, field] of Object.entries(fields)) {
    if (field.kind === "argument" || field.kind === "rest") {
      // Never required by commander: `gatherInput` reports everything that is missing at once.
      node.argument(field.flag.replace(/^<(.*)>$/, "[$1]"), field.help);
    } else for (const one of variantsOf(field)) node.addOption(optionOf(name, one));
  }
}

function optionOf(name: string, { flag, help, ...field }: Field): Option {
  const env = field.kind === "stdin" && field.env !== undefined ? ` (env: ${field.env})` : "";
  const fallback =
    field.kind === "option" && field.fallback !== undefined ? ` (default: ${field.fallback})` : "";
  const option = new Option(flag, `${help}${fallback}${env}`);
  // Stored under the field's name, not the flag's.
  option.attributeName = () => name;
  if (field.kind === "list") {
    option.argParser((text, items: readonly ListItem[] = []) => [...items, { flag, text }]);
  }
  return option;
}

/**
 * Converts commander's error to a UsageError. A value that may be a secret is never shown.
 *
 * @param node the group or command that failed to parse
 * @param path its words
 * @param meantBy the words of the command that an unknown one means, or null
 */
export function parseError(
  { code, message }: CommanderError,
  node: Command,
  path: readonly string[],
  meantBy: (group: readonly string[], word: string) => readonly string[] | null,
): UsageError {
  const suggestion = /\(Did you mean (?:one of )?(.+?)\?\)/s.exec(message)?.[1];
  const hint = suggestion === undefined ? undefined : `Did you mean ${suggestion}?`;
  const why = path.length === 0 ? "all commands" : "its arguments and options";
  const next = [{ words: ["nectar", ...path, "--help"], why }];
  const quoted = /'([^']*)'/.exec(message)?.[1] ?? "";
  switch (code) {
    case "commander.unknownOption": {
      const shown = safeWord(quoted, /^(?:-[A-Za-z]|--[A-Za-z][A-Za-z-]{0,30})$/);
      return isKnown(quoted, node)
        ? new UsageError("invalid_input", `${shown} takes no value`, { next })
        : new UsageError("unknown_option", `unknown option ${shown}`, { hint, next });
    }
    case "commander.unknownCommand": {
      const meant = meantBy(path, quoted);
      const title = `unknown command ${safeWord(quoted, /^[a-z][a-z-]{0,20}$/)}`;
      if (meant === null) return new UsageError("unknown_command", title, { hint, next });
      return new UsageError("unknown_command", title, {
        hint: `Did you mean ${meant.join(" ")}?`,
        next: [{ words: ["nectar", ...meant, "--help"], why: "its arguments and options" }],
      });
    }
    case "commander.optionMissingArgument":
      return new UsageError("missing_value", `${quoted || "an option"} needs a value`, { next });
    case "commander.excessArguments":
      return new UsageError("too_many_arguments", "too many arguments", {
        hint: "Quote a value that contains spaces. Secrets are never passed as arguments.",
        next,
      });
    default:
      return new UsageError("usage", "the command line can't be parsed", { next });
  }
}

/** Whether the option before a `=` exists; one that takes a value would not be unknown. */
function isKnown(word: string, node: Command | null): boolean {
  if (node === null) return false;
  return node.options.some(({ long }) => word.startsWith(`${long}=`)) || isKnown(word, node.parent);
}

/** Quotes a word that has the form of a flag or command, without the part from `=` on; hides any other. */
function safeWord(word: string, form: RegExp): string {
  const bare = word.split("=")[0] ?? "";
  return form.test(bare) ? `"${bare}"` : "(not shown: it may contain a secret)";
}
