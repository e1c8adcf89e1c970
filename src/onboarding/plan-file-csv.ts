/** Reads the text of a plan file in CSV: a line of columns, then a line for each site. */
import { CsvError, parse } from "csv-parse/sync";
import { nearest } from "../words/nearest.ts";
import { fold, shorten } from "./plan.ts";
import { PLAN_FILE_VERSION } from "./plan-file-schema.ts";
import { isPassword, type Mistake, type Path, type PlanText, pathText } from "./plan-file-text.ts";

/** Where the value of a column belongs in a company of a plan file. */
const COLUMNS = {
  company: { of: "company", key: "name" },
  company_external_id: { of: "company", key: "externalId" },
  site: { of: "site", key: "name" },
  site_address: { of: "site", key: "address" },
  site_external_id: { of: "site", key: "externalId" },
  country: { of: "connection", key: "country" },
  url: { of: "connection", key: "url" },
  username: { of: "connection", key: "username" },
  password_env: { of: "connection", key: "passwordEnv" },
} as const;
type Column = keyof typeof COLUMNS;
const COLUMN_NAMES = Object.keys(COLUMNS) as Column[];
const NAMES: readonly string[] = COLUMN_NAMES;
const REQUIRED: readonly Column[] = ["company", "site"];

/** The columns that are the same on every line of a company, or blank after the first. */
const OF_COMPANY = columnsOf("company", "connection");

type Values = Partial<Record<Column, string>>;

interface Line {
  /** The line on which it begins, from 1: a value in quotes may go on for several. */
  readonly line: number;
  readonly values: Values;
  /** It has too many values, so only those of its company that come first are read. */
  readonly isBroken: boolean;
}

interface Company {
  readonly first: Line;
  readonly sites: Line[];
}

export function readCsv(text: string): PlanText {
  const { rows, mistakes } = rowsOf(text);
  const [header, ...rest] = rows;
  if (header === undefined) return planText([], mistakes);
  const written = header.cells.map((cell) => cell.trim());
  mistakes.push(...columnMistakes(written, header.line));
  const columns = written.map((name) => meantBy(name, written));
  // Without these nothing is known of the lines.
  if (REQUIRED.some((name) => !columns.includes(name))) return planText([], mistakes);
  const lines = rest.flatMap(({ cells, line }): Line[] => {
    if (cells.length > columns.length) {
      mistakes.push({
        line,
        column: null,
        where: "",
        what: `it has ${cells.length} values, and the first line ${columns.length} columns; a value with a comma needs quotes`,
      });
    }
    const isBroken = cells.length > columns.length;
    const readable = isBroken ? firstOfCompany(columns) : cells.length;
    if (readable === 0) return [];
    const values: Values = {};
    for (const [index, cell] of cells.slice(0, readable).entries()) {
      const column = columns[index] ?? null;
      if (column !== null && cell.trim() !== "") values[column] = cell.trim();
    }
    return Object.keys(values).length === 0 && !isBroken ? [] : [{ line, values, isBroken }];
  });
  return planText(companiesOf(lines, mistakes), mistakes);
}

/** How many columns before any other say which company a line is of: a comma too many shifts only what comes after it. */
function firstOfCompany(columns: readonly (Column | null)[]): number {
  const isOfCompany = (column: Column | null) =>
    column !== null && COLUMNS[column].of === "company";
  const rest = columns.findIndex((column) => !isOfCompany(column));
  const first = columns.slice(0, rest < 0 ? columns.length : rest);
  return first.includes("company") ? first.length : 0;
}

/** The column that a name means, even if it is misspelt; null for none, or one that is there already. */
function meantBy(name: string, all: readonly string[]): Column | null {
  const known = (word: string) => COLUMN_NAMES.find((column) => column === word) ?? null;
  const near = nearest(name, NAMES);
  return known(name) ?? (near === null || all.includes(near) ? null : known(near));
}

interface Row {
  readonly cells: readonly string[];
  readonly line: number;
}

/** The rows up to the first mistake of syntax. */
function rowsOf(text: string): { readonly rows: readonly Row[]; readonly mistakes: Mistake[] } {
  const rows: Row[] = [];
  try {
    parse(text, {
      relax_column_count: true,
      skip_empty_lines: true,
      record_delimiter: ["\r\n", "\n", "\r"],
      on_record(cells: readonly string[], { lines }) {
        const more = cells.reduce((sum, cell) => sum + cell.split(/\r\n|\n|\r/).length - 1, 0);
        rows.push({ cells, line: lines - more });
        return null;
      },
    });
    return { rows, mistakes: [] };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    // Its message holds the value, which may be a secret.
    const isOpen = error.code === "CSV_QUOTE_NOT_CLOSED";
    const line = isOpen ? (rows.at(-1)?.line ?? 0) + 1 : Number(error["lines"]);
    const what = isOpen
      ? "a quote begins on this line or below and does not end"
      : 'a quote is not at the beginning or end of its value; a value with quotes is written "a ""quoted"" word"';
    return { rows, mistakes: [{ line, column: null, where: "", what }] };
  }
}

function columnMistakes(columns: readonly string[], line: number): readonly Mistake[] {
  const allowed = `the columns are ${NAMES.join(",")}`;
  const mistake = (where: string, what: string) => ({ line, column: null, where, what });
  if (columns.length === 1 && /[;\t]/.test(columns[0] ?? "")) {
    return [
      mistake("", "the columns are not separated by commas; save the file as CSV with commas"),
    ];
  }
  const wrong = columns.flatMap((name, index) => {
    if (columns.indexOf(name) < index) return [mistake(shorten(name), "is given twice")];
    if (NAMES.includes(name)) return [];
    if (name === "") return [mistake(`column ${index + 1}`, `has no name; ${allowed}`)];
    if (isPassword(name)) {
      return [
        mistake(
          shorten(name),
          "a password is never in the file; name the variable that holds it in password_env",
        ),
      ];
    }
    const meant = nearest(name, NAMES);
    return [
      mistake(
        shorten(name),
        `is not a column; ${meant === null ? allowed : `did you mean ${meant}?`}`,
      ),
    ];
  });
  const missing = REQUIRED.filter((name) => !columns.includes(name));
  return [...wrong, ...missing.map((name) => mistake(name, `is missing; ${allowed}`))];
}

/** Puts the lines of each company together, wherever they are in the file. */
function companiesOf(lines: readonly Line[], mistakes: Mistake[]): readonly Company[] {
  const companies: Company[] = [];
  const byId = new Map<string, Company>();
  const byName = new Map<string, Company>();
  const nameOfSeveral = new Set<string>();
  for (const line of lines) {
    const { company: name, company_external_id: id } = line.values;
    const named = name === undefined ? undefined : byName.get(fold(name));
    const known =
      id === undefined
        ? name === undefined
          ? companies.at(-1)
          : named
        : (byId.get(id) ??
          (named?.first.values.company_external_id === undefined ? named : undefined));
    if (id === undefined && name !== undefined && nameOfSeveral.has(fold(name))) {
      mistakes.push({
        ...{ line: line.line, column: null, where: "company_external_id" },
        what: "is missing; several companies above have this name",
      });
    }
    if (known !== undefined) {
      known.sites.push(line);
      for (const column of OF_COMPANY) {
        const value = line.values[column];
        if (value === undefined || value === known.first.values[column]) continue;
        if (known.first.isBroken) continue;
        mistakes.push({
          line: line.line,
          column: null,
          where: column,
          what: `is not the same as on line ${known.first.line}, where the company begins; leave it blank here`,
        });
      }
      continue;
    }
    const company = { first: line, sites: [line] };
    companies.push(company);
    if (id !== undefined) byId.set(id, company);
    if (named !== undefined) nameOfSeveral.add(fold(name ?? ""));
    if (name !== undefined) byName.set(fold(name), company);
  }
  return companies;
}

function planText(companies: readonly Company[], mistakes: readonly Mistake[]): PlanText {
  const lineOf = ([, index, , site]: Path): number => {
    const company = companies[Number(index)];
    return (company?.sites[Number(site)] ?? company?.first)?.line ?? 1;
  };
  // With a mistake in every line nothing is known of the companies, not even that there is none.
  const isUnknown = companies.length === 0 && mistakes.length > 0;
  return {
    value: isUnknown
      ? undefined
      : { version: PLAN_FILE_VERSION, companies: companies.map(companyOf) },
    mistakes,
    companyLine: (index) => lineOf(["companies", index]),
    find: (path) => ({ line: lineOf(path), where: columnAt(path) }),
  };
}

function companyOf({ first, sites }: Company): object {
  const connection = pick(first.values, "connection");
  return {
    ...pick(first.values, "company"),
    // What can't be read is a site all the same, and may be any login.
    sites: sites.map(({ values, isBroken, line }) =>
      isBroken ? { name: `line ${line}` } : pick(values, "site"),
    ),
    ...(first.isBroken ? { connection: ANY_LOGIN } : {}),
    ...(Object.keys(connection).length === 0 ? {} : { connection }),
  };
}

function pick(values: Values, of: Place): Record<string, string> {
  const entries = columnsOf(of).map((column) => [COLUMNS[column].key, values[column]]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

type Place = (typeof COLUMNS)[Column]["of"];

function columnsOf(...places: readonly Place[]): readonly Column[] {
  return COLUMN_NAMES.filter((name) => places.includes(COLUMNS[name].of));
}

/** Stands for a login that can't be read; the file is refused anyway. */
const ANY_LOGIN = { url: "https://utility.invalid", username: "unknown" };

/** The column for a path such as `companies[3].sites[0].name`. */
function columnAt(path: Path): string {
  const of = path.includes("sites")
    ? "site"
    : path.includes("connection")
      ? "connection"
      : "company";
  const key = path.at(-1);
  const column = columnsOf(of).find((name) => COLUMNS[name].key === key);
  return column ?? (of === "site" ? "site" : pathText(path));
}
