/** Reads the text of a plan file in CSV: a line of columns, then a line for each site. */
import { CsvError, parse } from "csv-parse/sync";
import { nearest } from "../words/nearest.ts";
import { fold } from "./plan.ts";
import { PLAN_FILE_VERSION } from "./plan-file-schema.ts";
import { isPassword, type Mistake, type Path, type PlanText, pathText } from "./plan-file-text.ts";

/** The columns, and where the value of each belongs in a company of a plan file. */
const COLUMNS = [
  { name: "company", of: "company", key: "name" },
  { name: "company_external_id", of: "company", key: "externalId" },
  { name: "site", of: "site", key: "name" },
  { name: "site_address", of: "site", key: "address" },
  { name: "site_external_id", of: "site", key: "externalId" },
  { name: "country", of: "connection", key: "country" },
  { name: "url", of: "connection", key: "url" },
  { name: "username", of: "connection", key: "username" },
  { name: "password_env", of: "connection", key: "passwordEnv" },
] as const;
type Column = (typeof COLUMNS)[number];
const NAMES: readonly string[] = COLUMNS.map(({ name }) => name);
const REQUIRED = ["company", "site"] as const;

type Values = Partial<Record<Column["name"], string>>;

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
  if (REQUIRED.some((name) => !columns.some((column) => column?.name === name))) {
    return planText([], mistakes);
  }
  const lines = rest.flatMap(({ cells, line }): Line[] => {
    const isBroken = cells.length > columns.length;
    if (isBroken) {
      const what = `it has ${cells.length} values, and the first line ${columns.length} columns; a value with a comma needs quotes`;
      mistakes.push({ line, where: "", what });
    }
    const readable = isBroken ? firstOfCompany(columns) : cells.length;
    const values: Values = {};
    for (const [index, cell] of cells.slice(0, readable).entries()) {
      const column = columns[index];
      if (column !== undefined && cell.trim() !== "") values[column.name] = cell.trim();
    }
    const isBlank = isBroken ? readable === 0 : Object.keys(values).length === 0;
    return isBlank ? [] : [{ line, values, isBroken }];
  });
  return planText(companiesOf(lines, mistakes), mistakes);
}

/** How many columns before any other say which company a line is of: a comma too many shifts only what comes after it. */
function firstOfCompany(columns: readonly (Column | undefined)[]): number {
  const rest = columns.findIndex((column) => column?.of !== "company");
  const first = columns.slice(0, rest < 0 ? columns.length : rest);
  return first.some((column) => column?.name === "company") ? first.length : 0;
}

/** The column that a name means, even if it is misspelt; undefined for none, or one that is there already. */
function meantBy(name: string, all: readonly string[]): Column | undefined {
  const near = NAMES.includes(name) ? name : nearest(name, NAMES);
  if (near !== name && all.includes(near ?? "")) return undefined;
  return COLUMNS.find((column) => column.name === near);
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
    return { rows, mistakes: [{ line, where: "", what }] };
  }
}

function columnMistakes(columns: readonly string[], line: number): readonly Mistake[] {
  const allowed = `the columns are ${NAMES.join(",")}`;
  if (columns.length === 1 && /[;\t]/.test(columns[0] ?? "")) {
    const what = "the columns are not separated by commas; save the file as CSV with commas";
    return [{ line, where: "", what }];
  }
  const problemOf = (name: string, index: number): string | null => {
    if (columns.indexOf(name) < index) return "is given twice";
    if (NAMES.includes(name)) return null;
    if (name === "") return `has no name; ${allowed}`;
    if (isPassword(name)) {
      return "a password is never in the file; name the variable that holds it in password_env";
    }
    const meant = nearest(name, NAMES);
    return `is not a column; ${meant === null ? allowed : `did you mean ${meant}?`}`;
  };
  const wrong = columns.flatMap((name, index) => {
    const what = problemOf(name, index);
    const where = name === "" && columns.indexOf(name) === index ? `column ${index + 1}` : name;
    return what === null ? [] : [{ line, where, what }];
  });
  const missing = REQUIRED.filter((name) => !columns.includes(name));
  return [...wrong, ...missing.map((where) => ({ line, where, what: `is missing; ${allowed}` }))];
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
    let known = name === undefined ? companies.at(-1) : named;
    if (id !== undefined) {
      const isOther = named?.first.values.company_external_id !== undefined;
      known = byId.get(id) ?? (isOther ? undefined : named);
    } else if (name !== undefined && nameOfSeveral.has(fold(name))) {
      const what = "is missing; several companies above have this name";
      mistakes.push({ line: line.line, where: "company_external_id", what });
    }
    if (known !== undefined) {
      known.sites.push(line);
      for (const { of, name: where } of known.first.isBroken ? [] : COLUMNS) {
        const value = line.values[where];
        if (of === "site" || value === undefined || value === known.first.values[where]) continue;
        const what = `is not the same as on line ${known.first.line}, where the company begins; leave it blank here`;
        mistakes.push({ line: line.line, where, what });
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

type Place = Column["of"];

function columnsOf(place: Place): readonly Column[] {
  return COLUMNS.filter(({ of }) => of === place);
}

function pick(values: Values, of: Place): Record<string, string> {
  return Object.fromEntries(
    columnsOf(of).flatMap(({ name, key }) => {
      const value = values[name];
      return value === undefined ? [] : [[key, value]];
    }),
  );
}

/** Stands for a login that can't be read; the file is refused anyway. */
const ANY_LOGIN = { url: "https://utility.invalid", username: "unknown" };

/** The column for a path such as `companies[3].sites[0].name`. */
function columnAt(path: Path): string {
  const inside = path.includes("connection") ? "connection" : "company";
  const of = path.includes("sites") ? "site" : inside;
  const column = columnsOf(of).find(({ key }) => key === path.at(-1));
  return column?.name ?? (of === "site" ? "site" : pathText(path));
}
