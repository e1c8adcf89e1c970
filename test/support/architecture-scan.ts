/** Splits TypeScript into code, strings and comments, as far as the architecture test needs it. No parser, no grammar. */

/** A source without its comments, each string cut out and numbered: `from "x"` reads `from "0"`. */
export interface Scanned {
  readonly code: string;
  readonly strings: readonly string[];
  /** Strings and whole templates, regular expressions left out. */
  readonly texts: readonly Text[];
}

export interface Text {
  /** Where it begins in the code. */
  readonly at: number;
  /** As it is written, with `VALUE` for each `${…}`. */
  readonly text: string;
}

/** Stands in a text for what is put in when the program runs. */
export const VALUE = "\ue000";

export interface Import {
  /** As it is written. For an import of a computed path the empty string. */
  readonly specifier: string;
  /** Whether nothing of it is left at run time. */
  readonly typesOnly: boolean;
}

/** After one of these a slash begins a regular expression, not a division. */
const BEFORE_REGEX =
  /(?:^|[=([{,;:!&|?+\-*%<>~^]|\b(?:return|typeof|case|in|of|do|else|void|await|yield))\s*$/;

/** Cuts comments out, and the content of strings and regular expressions; what `${…}` holds stays code. */
export function scan(source: string): Scanned {
  const strings: string[] = [];
  const texts: Text[] = [];
  let code = "";
  let at = 0;
  /** For each open `${`: how many braces are open in it. */
  const templates: number[] = [];
  /** For each of them: what its template holds so far. */
  const begun: { readonly at: number; text: string }[] = [];

  function cut(text: string): void {
    code += `"${strings.length}"`;
    strings.push(text);
  }

  /** Reads on in a template, from after a backtick or a closing brace; ends at `${` or the closing backtick. */
  function template(whole: { readonly at: number; text: string }): void {
    let text = "";
    while (at < source.length) {
      const char = source.charAt(at);
      if (char === "\\") {
        text += source.slice(at, at + 2);
        at += 2;
      } else if (char === "`") {
        at += 1;
        break;
      } else if (source.startsWith("${", at)) {
        at += 2;
        cut(text);
        code += " (";
        templates.push(0);
        begun.push({ at: whole.at, text: whole.text + text + VALUE });
        return;
      } else {
        text += char;
        at += 1;
      }
    }
    cut(text);
    texts.push({ at: whole.at, text: whole.text + text });
  }

  while (at < source.length) {
    const char = source.charAt(at);
    const open = templates.length - 1;
    if (source.startsWith("//", at)) {
      const end = source.indexOf("\n", at);
      at = end === -1 ? source.length : end;
    } else if (source.startsWith("/*", at)) {
      const end = source.indexOf("*/", at + 2);
      at = end === -1 ? source.length : end + 2;
      code += " ";
    } else if (char === '"' || char === "'") {
      const match = matchAt(
        char === '"' ? /"((?:\\[\s\S]|[^"\\])*)"/y : /'((?:\\[\s\S]|[^'\\])*)'/y,
      );
      texts.push({ at: code.length, text: match[1] ?? "" });
      cut(match[1] ?? "");
    } else if (char === "`") {
      at += 1;
      template({ at: code.length, text: "" });
    } else if (char === "/" && BEFORE_REGEX.test(code.slice(-20))) {
      cut(matchAt(/\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/y)[0]);
    } else if (char === "}" && templates[open] === 0) {
      templates.pop();
      at += 1;
      code += ") ";
      template(begun.pop() ?? { at: code.length, text: "" });
    } else {
      if (open >= 0 && char === "{") templates[open] = (templates[open] ?? 0) + 1;
      if (open >= 0 && char === "}") templates[open] = (templates[open] ?? 0) - 1;
      code += char;
      at += 1;
    }
  }
  return { code, strings, texts };

  function matchAt(pattern: RegExp): RegExpExecArray {
    pattern.lastIndex = at;
    const match = pattern.exec(source);
    if (match === null) throw new Error(`can't read on at: ${source.slice(at, at + 40)}`);
    at = pattern.lastIndex;
    return match;
  }
}

/** Every import and re-export, static or late, of values or types. */
export function importsOf({ code, strings }: Scanned): Import[] {
  const found: Import[] = [];
  const statement = /\b(?:import|export)\b([^;"()=]*?)\bfrom\s*"(\d+)"|\bimport\s*"(\d+)"/g;
  for (const [, clause, from, bare] of code.matchAll(statement)) {
    found.push({
      specifier: strings[Number(from ?? bare)] ?? "",
      typesOnly: clause !== undefined && isTypesOnly(clause.trim()),
    });
  }
  for (const [, before, argument] of code.matchAll(
    /(\btypeof\s+|[:<|&]\s*)?\bimport\s*\(([^)]*)\)/g,
  )) {
    const literal = /^\s*"(\d+)"\s*,?\s*$/.exec(argument ?? "")?.[1];
    found.push({
      specifier: literal === undefined ? "" : (strings[Number(literal)] ?? ""),
      typesOnly: before !== undefined && before !== "",
    });
  }
  return found;
}

function isTypesOnly(clause: string): boolean {
  if (/^type\b/.test(clause)) return true;
  const names = /^\{([\s\S]*)\}$/
    .exec(clause)?.[1]
    ?.split(",")
    .map((name) => name.trim());
  return names?.every((name) => name === "" || name.startsWith("type ")) ?? false;
}
