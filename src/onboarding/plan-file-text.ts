/** The text of a plan file as plain values, and where each is written. Pure. */

export type Path = readonly PropertyKey[];

/** A mistake, and where it is. */
export interface Mistake {
  /** From 1. */
  readonly line: number;
  /** From 1; left out where the line and `where` say enough. */
  readonly column?: number;
  /** The path of a value, or the column of a CSV file; empty for the file as a whole. */
  readonly where: string;
  readonly what: string;
}

export interface PlanText {
  /** In the shape of a plan file, but not checked. */
  readonly value: unknown;
  /** Mistakes of syntax, of keys that occur twice, and of columns. */
  readonly mistakes: readonly Mistake[];
  /** The line on which a company begins. */
  companyLine(index: number): number;
  /** Where a value is written, or would be. */
  find(path: Path): Pick<Mistake, "line" | "where">;
}

/** Whether a key or column seems to hold a password itself. */
export function isPassword(name: string): boolean {
  return /^pass(?:word|wd|phrase)?$|^secret$/i.test(name.replace(/[-_\s]/g, ""));
}

/** Such as `companies[3].sites[0].name`. */
export function pathText(path: Path): string {
  return path.reduce<string>((before, key) => {
    if (typeof key === "number") return `${before}[${key}]`;
    const word = String(key);
    if (!/^[\w$-]+$/.test(word)) return `${before}[${JSON.stringify(word)}]`;
    return before === "" ? word : `${before}.${word}`;
  }, "");
}
