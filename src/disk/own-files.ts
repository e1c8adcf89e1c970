/**
 * The names of all that the tool keeps in its two folders: the only list. What has another name there is not the tool's,
 * and is neither read, repaired nor removed. Computes names; touches no file.
 */
import { relative, sep } from "node:path";

/** The variables that override the tool's folders. */
export type PlaceVariable = "NECTAR_CONFIG_DIR" | "NECTAR_STATE_DIR";

/** The last part of the tool's folders where no variable of its own names them. */
export const OWN_FOLDER = "nectar";
export const CONFIG_FILE = "config.json";
export const CREDENTIALS_FILE = "credentials.json";
export const LEDGER_FOLDER = "ledger";
/** A ledger is named by a hash. */
export const LEDGER_FILE = /^[0-9a-f]{32}\.json$/;
export const EMULATOR_FOLDER = "emulator";
export const COMPILE_CACHE = "compile-cache";

const EMULATOR_FILES = [
  "data.json",
  "key.json",
  "standing.json",
  "faults.json",
  "webhooks",
] as const;
export type EmulatorFile = (typeof EMULATOR_FILES)[number];

/** `secret`: a file that other users must not read. `cache`: a folder in which Node chooses the names. */
export type Kept = "folder" | "cache" | "file" | "secret";

interface Row {
  /** Below the tool's folder; "" is the folder itself. */
  readonly folder: string;
  readonly name: string | RegExp;
  readonly as: Kept;
}

const KEPT: Readonly<Record<PlaceVariable, readonly Row[]>> = {
  NECTAR_CONFIG_DIR: [
    { folder: "", name: CONFIG_FILE, as: "file" },
    { folder: "", name: CREDENTIALS_FILE, as: "secret" },
  ],
  NECTAR_STATE_DIR: [
    { folder: "", name: LEDGER_FOLDER, as: "folder" },
    { folder: LEDGER_FOLDER, name: LEDGER_FILE, as: "file" },
    { folder: "", name: EMULATOR_FOLDER, as: "folder" },
    ...EMULATOR_FILES.map((name) => ({ folder: EMULATOR_FOLDER, name, as: "secret" as const })),
    { folder: "", name: COMPILE_CACHE, as: "cache" },
  ],
};

/** What stands beside a file: its lock and the lock's holder, temporary files, and what our advice moved away. */
const BESIDE = /(?:\.(?:lock|holder|damaged|away|tmp-[0-9a-f]+))+$/;

/** The end of a temporary file's name: ours, and conf's. */
export const TEMPORARY = /\.tmp-[0-9a-f]+$/;

/**
 * What the tool keeps under a path, by its name alone.
 *
 * @param top the tool's folder that the path is in
 * @returns null for a name that the tool does not use
 */
export function keptAs(path: string, top: string, place: PlaceVariable): Kept | null {
  const parts = relative(top, path).split(sep);
  const name = parts.pop() ?? "";
  if (name === "") return "folder";
  const folder = parts.join("/");
  const plain = name.replace(BESIDE, "");
  const row = KEPT[place].find(
    (one) =>
      one.folder === folder &&
      (typeof one.name === "string" ? one.name === plain : one.name.test(plain)),
  );
  return row?.as ?? null;
}
