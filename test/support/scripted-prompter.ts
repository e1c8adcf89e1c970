/** A prompter whose answers are known beforehand. A question that nobody expected fails, and so does an answer that nobody asked for. */
import { GoBack } from "../../src/errors.ts";
import type {
  Check,
  ConfirmQuestion,
  NumberQuestion,
  Prompter,
  SecretQuestion,
  SelectQuestion,
  TextQuestion,
} from "../../src/terminal/questions.ts";

/** Takes the question's default, as Enter alone does. */
export const ENTER: unique symbol = Symbol("Enter");

/** Asks for the question before, as Escape does. */
export const BACK: unique symbol = Symbol("Back");

export interface ScriptedAnswer {
  /** The question's message: the whole of it, or a pattern. */
  readonly question: string | RegExp;
  /** What the person answers; an error is thrown, for a person who leaves. */
  readonly answer: string | number | boolean | typeof ENTER | typeof BACK | Error;
}

export interface ScriptedPrompter extends Prompter {
  /** The messages asked so far, in order. */
  readonly asked: readonly string[];
  /** Fails when an answer was not asked for. */
  finish(): void;
}

/** Makes a prompter that gives each answer once, to the first question that it matches; the order is the questions'. */
export function scriptedPrompter(answers: readonly ScriptedAnswer[]): ScriptedPrompter {
  const left = [...answers];
  const asked: string[] = [];

  const take = <T>(
    { message, canGoBack }: Pick<TextQuestion, "message" | "canGoBack">,
    start: T | undefined,
  ): string | number | boolean | T => {
    asked.push(message);
    const index = left.findIndex(({ question }) =>
      typeof question === "string" ? question === message : question.test(message),
    );
    const [found] = index < 0 ? [] : left.splice(index, 1);
    if (found === undefined) throw new Error(`unexpected question: ${message}`);
    if (found.answer instanceof Error) throw found.answer;
    if (found.answer === BACK) {
      throw canGoBack ? new GoBack() : new Error(`there is no way back from: ${message}`);
    }
    if (found.answer !== ENTER) return found.answer;
    if (start === undefined) throw new Error(`no default to take with Enter: ${message}`);
    return start;
  };
  const accepted = (message: string, value: string, check: Check | undefined): string => {
    const problem = check?.(value) ?? null;
    if (problem === null) return value;
    throw new Error(`the answer ${JSON.stringify(value)} to "${message}" is refused: ${problem}`);
  };
  const wrongKind = (message: string): Error =>
    new Error(`the answer to "${message}" is of another kind`);

  return {
    asked,
    async text(question: TextQuestion) {
      const start = question.default ?? (question.optional ? "" : undefined);
      const given = take(question, start);
      if (typeof given !== "string") throw wrongKind(question.message);
      const value = given.trim();
      if (value === "" && question.optional) return value;
      if (value === "") throw new Error(`an answer is needed: ${question.message}`);
      return accepted(question.message, value, question.validate);
    },
    async secret(question: SecretQuestion) {
      const value = take(question, undefined);
      if (typeof value !== "string") throw wrongKind(question.message);
      return accepted(question.message, value, question.validate);
    },
    async select<T extends string>(question: SelectQuestion<T>) {
      const given = take(question, question.default ?? question.choices[0]?.value);
      const choice = question.choices.find(({ value }) => value === given);
      if (choice !== undefined) return choice.value;
      throw new Error(`"${question.message}" has no choice ${JSON.stringify(given)}`);
    },
    async confirm(question: ConfirmQuestion) {
      const value = take(question, question.default);
      if (typeof value !== "boolean") throw wrongKind(question.message);
      return value;
    },
    async number(question: NumberQuestion) {
      const value = take(question, question.default);
      if (typeof value !== "number") throw wrongKind(question.message);
      if (Number.isInteger(value) && value >= question.min && value <= question.max) return value;
      throw new Error(`${value} is out of range: ${question.message}`);
    },
    finish() {
      if (left.length === 0) return;
      const questions = left.map(({ question }) => String(question)).join(", ");
      throw new Error(`never asked: ${questions}`);
    },
  };
}
