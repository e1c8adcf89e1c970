/** What of the API the emulator has, from the OpenAPI file and the emulator's own routes; told in a page for its users. */
import { MISSING } from "../../src/emulator/routes/missing.ts";
import { bareApp } from "../support/bare-app.ts";
import { type Contract, fieldsOf, type Operation } from "./openapi.ts";

/** The routes of the newest version, below its prefix. */
export function routesOfEmulator(): readonly { readonly method: string; readonly path: string }[] {
  return bareApp()
    .routes.filter(({ method, path }) => method !== "ALL" && path.startsWith("/v2.2/"))
    .map(({ method, path }) => ({ method, path: path.slice("/v2.2".length) }));
}

/** The operations of the file that the emulator serves. */
export function servedBy(contract: Contract): readonly Operation[] {
  const served = new Set(
    routesOfEmulator().map(({ method, path }) => contract.operation(method, path)),
  );
  return contract.operations.filter((operation) => served.has(operation));
}

/** @returns the page, in Markdown */
export function supportedPage(contract: Contract): string {
  const served = servedBy(contract);
  const tags = new Set(contract.operations.map(tagOf));
  const sections = [...tags].map((tag) => {
    const rows = contract.operations
      .filter((operation) => tagOf(operation) === tag)
      .map((operation) => rowOf(operation, served.includes(operation)));
    return `## ${tag}\n\n${table(["Request", "What it does", "Emulator", "Vendor's pages"], rows)}`;
  });
  const unlocated = contract
    .unlocated()
    .map(({ name, known, unknown }) => [name, known, unknown].map(String));
  return `# What of the Nectar API the local emulator has

Written by \`npm run docs\` from \`test/contract/nectar-openapi.yaml\` and the emulator's routes; don't edit it by hand.

The API is described as far as Nectar's public pages could be read. "Documented" is what they say in words or in a schema, "example" is seen in a sample only, and "inferred" is our reading of them. Every request is answered under \`/v2.2\`, \`/v2.1\` and \`/v2\`. A request marked 501 is answered with that status and a \`detail\` that says why.

${sections.join("\n\n")}

## Documented without a path

Nectar's pages speak of these and do not say where they are, so the emulator can't have them.

${table(["Operation", "Known", "Unknown"], unlocated)}
`;
}

function rowOf(operation: Operation, isServed: boolean): readonly string[] {
  const { method, path, guidePath, definition } = operation;
  const paths = [path, ...(guidePath === undefined ? [] : [guidePath])];
  const missing = MISSING.find((one) => one.method === method && one.path === routeOf(path));
  const notes = definition["deprecated"] === true ? ["deprecated"] : [];
  return [
    paths.map((one) => `\`${method} ${one}\``).join("<br>"),
    String(definition["summary"]),
    isServed ? "yes" : `501: ${missing?.why}`,
    [evidenceOf(operation), ...notes].join(", "),
  ];
}

/** The path as the emulator's routes write it. */
function routeOf(path: string): string {
  return path.replaceAll(/\{\w+\}/g, ":id");
}

/** Of the operation, and of its successful response where that is another one. */
function evidenceOf({ definition }: Operation): string {
  const evidence = String(definition["x-evidence"]);
  const success = Object.entries(fieldsOf(definition["responses"])).find(
    ([status]) => status < "3",
  );
  const told = fieldsOf(success?.[1])["x-evidence"];
  if (told === undefined || told === evidence) return evidence;
  return `${evidence}; the response is ${String(told)}`;
}

function tagOf({ definition }: Operation): string {
  return String(definition["tags"]);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
