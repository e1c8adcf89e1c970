/** The global options, which may stand before or after the command, and their environment variables. */

interface GlobalOption {
  /** As commander writes it. */
  readonly flag: string;
  readonly help: string;
  /** The variables that do the same. */
  readonly env?: readonly string[];
  /** For shell completion; see `ValueBase`. */
  readonly suggests?: string;
}

export const GLOBAL_OPTIONS: readonly GlobalOption[] = [
  {
    flag: "--profile <NAME>",
    help: "the profile to use",
    env: ["NECTAR_PROFILE"],
    suggests: "profile",
  },
  {
    flag: "--local",
    help: "use the built-in emulator: no account, no network",
    env: ["NECTAR_LOCAL"],
  },
  { flag: "--api-url <URL>", help: "another base URL of the API", env: ["NECTAR_API_URL"] },
  { flag: "--json", help: "print one JSON document on stdout" },
  { flag: "-q, --quiet", help: "print only IDs, one per line" },
  { flag: "-y, --yes", help: "take the defaults, never ask" },
  { flag: "--no-input", help: "never ask", env: ["NECTAR_NO_INPUT", "CI"] },
  {
    flag: "--timeout <DURATION>",
    help: "deadline for the whole command, questions included, such as 30s or 5m (default: 120s, without questions)",
  },
  {
    flag: "--wait-lock <DURATION>",
    help: "wait up to this long for another run for the same company (default: do not wait)",
  },
  {
    flag: "--no-save",
    help: "store nothing on this machine: no profile, no ledger, no lock; with --local, no data",
  },
  {
    flag: "--accessible",
    help: "one line per question, numbered choices, nothing redrawn; always with TERM=dumb",
    env: ["NECTAR_ACCESSIBLE", "ACCESSIBLE"],
  },
  { flag: "--color", help: "colour even without a terminal" },
  { flag: "--no-color", help: "no colour", env: ["NO_COLOR", "FORCE_COLOR"] },
  {
    flag: "--debug",
    help: "method, path, status and time of each request on stderr",
    env: ["NECTAR_DEBUG"],
  },
];

/** The variables that no option stands for. */
export const VARIABLES: readonly { readonly name: string; readonly help: string }[] = [
  { name: "NECTAR_API_KEY", help: "the API key; takes precedence over a stored one" },
  { name: "NECTAR_CONFIG_DIR", help: "folder for profiles (config.json) and stored keys" },
  { name: "NECTAR_STATE_DIR", help: "folder for the ledger and the local emulator's data" },
];
