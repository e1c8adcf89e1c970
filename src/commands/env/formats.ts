/** Environment variables as text that another program reads: each format with its own quoting. Pure. */
import { quotedWord } from "../../app/hints.ts";

/** Pairs of name and value. A value may hold anything that a server sent. */
export type Variables = readonly (readonly [name: string, value: string])[];

const WRITERS = {
  dotenv: dotenvLine,
  shell: ([name, value]) => ["export", `${name}=${quotedWord(value)}`].join(" "),
  powershell: ([name, value]) => `$env:${name} = '${value.replace(POWERSHELL_QUOTES, "$&$&")}'`,
  github: githubLines,
} as const satisfies Record<string, (variable: Variables[number]) => string | null>;

type TextFormat = keyof typeof WRITERS;

export const FORMATS = [...(Object.keys(WRITERS) as TextFormat[]), "json"] as const;
export type Format = (typeof FORMATS)[number];

/** All of these end a single-quoted string in PowerShell; doubled, each stands for itself. */
const POWERSHELL_QUOTES = /['\u2018-\u201b]/g;

export function canHold(format: Format, variable: Variables[number]): boolean {
  return format === "json" || WRITERS[format](variable) !== null;
}

/** One variable after the other, without those that the format can't hold. */
export function textOf(format: TextFormat, variables: Variables): string {
  return variables
    .flatMap((one) => WRITERS[format](one) ?? [])
    .map((line) => `${line}\n`)
    .join("");
}

/**
 * Only forms that mean the same to every reader of dotenv files and to a shell that sources one: our choice, as there is
 * no standard. A value in backticks, for instance, is a command for a shell.
 */
function dotenvLine([name, value]: Variables[number]): string | null {
  if (/^[\w./:,@+-]+$/.test(value)) return `${name}=${value}`;
  // Readers take a carriage return for a line end.
  if (value.includes("\r")) return null;
  if (!value.includes("'")) return `${name}='${value}'`;
  return /["\\$`]/.test(value) ? null : `${name}="${value}"`;
}

/**
 * For `$GITHUB_ENV` and `$GITHUB_OUTPUT`. A value of several lines stands between two lines with a word that is not in it,
 * so that no value can set another variable.
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#multiline-strings
 */
function githubLines([name, value]: Variables[number]): string {
  if (!/[\r\n]/.test(value)) return `${name}=${value}`;
  let end = "NECTAR_END";
  while (value.includes(end)) end += "_";
  return `${name}<<${end}\n${value}\n${end}`;
}
