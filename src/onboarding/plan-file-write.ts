/** Writes a plan file in YAML, with comments that hold the IDs. Pure. */
import { Document, isMap, isSeq, Scalar, visit } from "yaml";
import { type Exported, type ExportedCompany, leftOutLine, planValue } from "./plan-export.ts";

/** What must be written as an escape sequence, as text from a server may hold anything. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/u;

/**
 * The text of a plan file.
 *
 * @param head the comment at its beginning
 */
export function writePlanFile(companies: readonly Exported[], head: string): string {
  const document = new Document(planValue(companies));
  document.commentBefore = comment([head]);
  const list = document.get("companies");
  if (!isSeq(list)) throw new Error("a plan file has companies");
  let waiting: string[] = [];
  let index = 0;
  for (const company of companies) {
    if ("why" in company) {
      waiting.push(leftOutLine(company));
      continue;
    }
    const node = list.items[index];
    index += 1;
    if (isMap(node)) addComments(node, company, waiting);
    waiting = [];
  }
  if (waiting.length > 0) document.comment = comment(waiting);
  visit(document, {
    Scalar(_, node) {
      // Plain text may lose these, and a word that older parsers take for a value.
      const { value } = node;
      if (typeof value === "string" && (UNPRINTABLE.test(value) || AMBIGUOUS.test(value))) {
        node.type = Scalar.QUOTE_DOUBLE;
      }
    },
  });
  const text = document.toString({ lineWidth: 0, blockQuote: false, doubleQuotedAsJSON: true });
  return escaped(text, /(?!\n)[\p{C}\p{Zl}\p{Zp}]/gu);
}

/** YAML 1.1 takes these for a boolean. */
const AMBIGUOUS = /^(?:y|n|yes|no|on|off)$/i;

function addComments(
  node: { commentBefore?: string | null; get(key: string): unknown },
  { id, connectionId, remarks, sites }: ExportedCompany,
  before: readonly string[],
): void {
  const ids = [`company ${id}`, ...(connectionId === null ? [] : [`connection ${connectionId}`])];
  node.commentBefore = comment([...before, ids.join(", "), ...remarks]);
  const list = node.get("sites");
  if (!isSeq(list)) return;
  sites.forEach((site, index) => {
    const item = list.items[index];
    if (isMap(item)) item.commentBefore = comment([`site ${site.id}`]);
  });
}

function comment(lines: readonly string[]): string {
  return lines.map((line) => ` ${escaped(line, new RegExp(UNPRINTABLE, "gu"))}`).join("\n");
}

/** Writes each character as JSON and YAML escape it. */
function escaped(text: string, characters: RegExp): string {
  return text.replace(characters, (character) =>
    character
      .split("")
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
      .join(""),
  );
}
