/** Environment variables as text that another program reads: each format with its own quoting. Pure. */
import { quotedWord } from "../../app/hints.ts";
import { UsageError } from "../../errors.ts";

/** Pairs of name and value. A value may hold anything that a server sent. */
export type Variables = readonly (readonly [name: string, value: string])[];

const WRITERS = {
  dotenv: ([name, value]) => `${name}=${dotenvValue(name, value)}`,
  shell: ([name, value]) => ["export", `${name}=${quotedWord(value)}`].join(" "),
  powershell: ([name, value]) => `$env:${name} = '${value.replace(POWERSHELL_QUOTES, "$&$&")}'`,
  github: githubLines,
} as const satisfies Record<string, (variable: Variables[number]) => string>;

type TextFormat = keyof typeof WRITERS;

export const FORMATS = [...(Object.keys(WRITERS) as TextFormat[]), "json"] as const;
export type Format = (typeof FORMATS)[number];

/** All of these end a single-quoted string in PowerShell; doubled, each stands for itself. */
const POWERSHELL_QUOTES = /['\u2018-\u201b]/g;

/**
 * One variable after the other.
 *
 * @throws UsageError `not_representable` for a value that a dotenv file can't hold
 */
export function textOf(format: TextFormat, variables: Variables): string {
  return variables.map((one) => `${WRITERS[format](one)}\n`).join("");
}

/**
 * Only forms that mean the same to every reader of dotenv files and to a shell that sources one: our choice, as there is
 * no standard. A value in backticks, for instance, is a command for a shell.
 */
function dotenvValue(name: string, value: string): string {
  if (/^[\w./:,@+-]+$/.test(value)) return value;
  if (!value.includes("'")) return `'${value}'`;
  if (!/["\\$`]/.test(value)) return `"${value}"`;
  throw new UsageError(
    "not_representable",
    `the value of ${name} holds characters that a dotenv file can't`,
    { hint: "Use --format json or --format shell." },
  );
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
