/** The kinds of question, and how a typed answer to each is read, whichever way the question is shown. Pure. */
import { InterruptedError } from "../errors.ts";
import { printable } from "./sanitize.ts";

/** @returns what is wrong with an answer, in one sentence, or null if it is valid */
export type Check = (value: string) => string | null;

interface Question {
  readonly message: string;
  /** Whether Escape, or `<` as the answer, leads to the question before this one: it then throws `GoBack`. */
  readonly canGoBack?: boolean | undefined;
}

export interface TextQuestion extends Question {
  readonly default?: string | undefined;
  /** Shown in brackets after the message. */
  readonly hint?: string | undefined;
  readonly validate?: Check | undefined;
  readonly optional?: boolean | undefined;
}

export interface SecretQuestion extends Question {
  readonly validate?: Check | undefined;
}

export interface Choice<T extends string> {
  readonly value: T;
  readonly name: string;
  readonly description?: string | undefined;
}

export interface SelectQuestion<T extends string> extends Question {
  readonly choices: readonly Choice<T>[];
  readonly default?: T | undefined;
  /** What `n` and `no` mean where choices are numbered. */
  readonly no?: T | undefined;
}

export interface ConfirmQuestion extends Question {
  readonly default: boolean;
}

export interface NumberQuestion extends Question {
  readonly default: number;
  readonly min: number;
  readonly max: number;
}

/**
 * Each question throws InterruptedError when the user cancels it, the signal's reason when the signal aborts, and GoBack
 * where it allows that.
 */
export interface Prompter {
  /** One line. Our choice: surrounding spaces are trimmed. */
  text(question: TextQuestion): Promise<string>;
  /** One line, never shown. Not trimmed. */
  secret(question: SecretQuestion): Promise<string>;
  select<T extends string>(question: SelectQuestion<T>): Promise<T>;
  confirm(question: ConfirmQuestion): Promise<boolean>;
  /** A whole number. */
  number(question: NumberQuestion): Promise<number>;
}

/** Reads a typed answer, which is trimmed, and the default's text where nothing was typed. */
export interface Reader<T> {
  readonly default: string | undefined;
  readonly check: Check;
  /** How the answer is shown once it is given. */
  readonly show: (value: string) => string;
  /** Only for an answer that `check` accepts. */
  readonly value: (value: string) => T;
}

/** No answer can come any more: Ctrl-D, or the terminal is gone. It ends a run as Ctrl-C does. */
export function inputEnded(): InterruptedError {
  return new InterruptedError("sigint", {}, "the input ended before the question was answered");
}

/** Whether a typed answer asks for the question before. */
export function isBack({ canGoBack }: Question, typed: string): boolean {
  return canGoBack === true && typed.trim() === "<";
}

export function textReader(question: TextQuestion): Reader<string> {
  const { validate, optional } = question;
  return {
    default: question.default,
    check: (value) => {
      if (value === "") return optional ? null : "Enter a value.";
      return validate?.(value) ?? null;
    },
    show: (value) => printable(value),
    value: (value) => value,
  };
}

export function confirmReader(question: ConfirmQuestion): Reader<boolean> {
  const read = (value: string): boolean | null => {
    if (value === "") return question.default;
    const word = value.toLowerCase();
    if ("yes".startsWith(word)) return true;
    return "no".startsWith(word) ? false : null;
  };
  return {
    default: undefined,
    check: (value) => (read(value) === null ? "Answer y or n." : null),
    show: (value) => (read(value) ? "Yes" : "No"),
    value: (value) => read(value) ?? question.default,
  };
}

export function numberReader({ min, max, default: start }: NumberQuestion): Reader<number> {
  const read = (value: string): number => (/^[0-9]+$/.test(value) ? Number(value) : Number.NaN);
  return {
    default: String(start),
    check: (value) => {
      const number = read(value);
      return number >= min && number <= max ? null : `Enter a number from ${min} to ${max}.`;
    },
    show: (value) => value,
    value: read,
  };
}

/** Names compared in any letter case. */
export function matchesTerm({ name }: Choice<string>, term: string): boolean {
  return name.toLowerCase().includes(term.trim().toLowerCase());
}
