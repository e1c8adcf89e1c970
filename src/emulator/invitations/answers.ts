/** What people type into the forms of the page, and what is wrong with it, in a sentence for each field. Pure. */
import { MAX_SANDBOX_SITES } from "../../api/resources/connection.ts";
import { parseUrl } from "../statuses/login.ts";

/** What a form sent: texts as they were typed. */
export interface Answers {
  readonly form: string;
  readonly email: string;
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly sites: readonly string[];
  /** Somebody wants to go back to the provider. */
  readonly back: boolean;
}

export type FieldName = "email" | "url" | "username" | "password" | "sites";

const LONGEST_URL = 2048;
const LONGEST_NAME = 255;
const LONGEST_PASSWORD = 1024;

/**
 * What is wrong with a login, by field.
 *
 * @param chosen the sites' IDs; null where none are to be chosen
 * @param offered the IDs of the sites that can be chosen
 */
export function loginProblems(
  { username, password }: Pick<Answers, "username" | "password">,
  chosen: readonly string[] | null,
  offered: readonly string[],
): [FieldName, string][] {
  const problems: [FieldName, string][] = [];
  if (username.trim() === "") problems.push(["username", "Enter the user name."]);
  else if (username.length > LONGEST_NAME) {
    problems.push(["username", `The user name can have at most ${LONGEST_NAME} characters.`]);
  }
  if (password === "") problems.push(["password", "Enter the password."]);
  else if (password.length > LONGEST_PASSWORD) {
    problems.push(["password", `The password can have at most ${LONGEST_PASSWORD} characters.`]);
  }
  if (chosen === null) return problems;
  if (chosen.length === 0) problems.push(["sites", "Choose at least one site."]);
  else if (chosen.length > MAX_SANDBOX_SITES) {
    problems.push([
      "sites",
      `Choose at most ${MAX_SANDBOX_SITES} sites; ${chosen.length} are chosen.`,
    ]);
  } else if (chosen.some((id) => !offered.includes(id))) {
    problems.push(["sites", "Choose sites of this list."]);
  }
  return problems;
}

/** Our choice: a bare host such as `utility.example` is taken for https. */
export function withScheme(text: string): string {
  return text === "" || /^[a-z][a-z0-9+.-]*:/i.test(text) ? text : `https://${text}`;
}

/** What is wrong with a URL that has its scheme; null when nothing is. */
export function urlProblem(text: string): string | null {
  if (text === "") return "Enter the address of the utility's website.";
  const url = text.length > LONGEST_URL ? null : parseUrl(text);
  if (url === null) return "Enter a web address such as https://utility.example.";
  return url.username === "" && url.password === ""
    ? null
    : "Leave the user name and the password out of the address; the next step asks for them.";
}
